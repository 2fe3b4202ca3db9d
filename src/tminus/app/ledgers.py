"""Opening a launch's log with the plan that its first event carries. Light: commands in a terminal start with this."""

from __future__ import annotations

from typing import Any

from tminus.core.events import LaunchStarted
from tminus.core.outline import Outline
from tminus.engine.ledger import Ledger
from tminus.errors import UsageError
from tminus.plan import Plan, paced
from tminus.ports import Clock, EventLog


def open_ledger(log: EventLog, launch: str, clock: Clock) -> Ledger:
    """A launch's ledger, with the plan that its first event carries. Raises `UsageError` when there is none."""
    return Ledger(log, launch, Outline(launch_plan(log, launch)), clock)


def launch_plan(log: EventLog, launch: str) -> Plan:
    """The plan a launch runs by, with its pace applied."""
    first = log.read(launch, 0, 1)
    if not first or not isinstance(first[0].event, LaunchStarted):
        raise UsageError(f"there is no launch {launch}", hint="tminus status lists the launches")
    return paced(Plan.model_validate(first[0].event.plan), first[0].event.pace)


def plan_data(plan: Plan) -> dict[str, Any]:
    """A plan as its first event keeps it: complete, and readable by `Plan.model_validate`."""
    return plan.model_dump(mode="json", by_alias=True, exclude_defaults=True) | {"tminus": plan.tminus}
