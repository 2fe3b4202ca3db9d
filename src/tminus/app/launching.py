"""Beginning a launch: what the plan needs from outside, and whether this is a new launch or an unfinished one."""

from __future__ import annotations

import secrets
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from pydantic import ValidationError

from tminus.app.ledgers import launch_plan, plan_data
from tminus.core.events import KeptFlag, LaunchStarted
from tminus.core.evolve import fold
from tminus.core.exposure import flag_definition
from tminus.core.leaving import crowded, left_served
from tminus.core.outline import Outline
from tminus.core.state import State
from tminus.engine.ledger import start_launch
from tminus.errors import UsageError
from tminus.flags import Move, moved
from tminus.plan import Plan, paced
from tminus.plan.fields import slug_of
from tminus.plan.layers import shifts
from tminus.plan.model import CallAction
from tminus.ports import Clock, EventLog


def missing_variables(plan: Plan, environment: Mapping[str, str]) -> tuple[list[str], list[str]]:
    """(variables without which the plan cannot run, variables without which somebody is not reached), not set now."""
    needed = sorted({name for name in _needed(plan) if name not in environment})
    reaches = {role.reach.removeprefix("env:") for role in plan.roles.values() if role.reach}
    return needed, sorted(name for name in reaches if name not in environment)


def _needed(plan: Plan) -> Iterator[str]:
    for phase in plan.phases:
        if phase.environment in plan.environments:
            yield from plan.environments[phase.environment].requires
    for source in plan.sources.values():
        if source.prometheus.startswith("env:"):
            yield source.prometheus.removeprefix("env:")
    for action in (*plan.rollback.do, *(step for phase in plan.phases for step in phase.steps)):
        if isinstance(action, CallAction) and action.token:
            yield action.token.removeprefix("env:")


@dataclass(frozen=True)
class _Left:
    """What the newest launch here left: its plan, its state, and its flags that a new plan does not name."""

    outline: Outline | None
    state: State
    kept: dict[str, KeptFlag]


def _left(log: EventLog, plan: Plan) -> _Left:
    newest = next(iter(log.launches()), None)
    if newest is None:
        return _Left(None, State(), {})
    outline, state = _outline_of(log, newest.launch), fold(log.read(newest.launch))
    return _Left(outline, state, left_served(outline, state, plan.flags))


def _outline_of(log: EventLog, launch: str) -> Outline | None:
    try:
        return Outline(launch_plan(log, launch))
    except ValidationError:  # a plan of an older T-minus that this one cannot serve either
        return None


def moves_of_a_start(log: EventLog, plan: Plan) -> tuple[Move, ...]:
    """Whose variants a new launch of `plan` changes at once, against what the newest launch here left served.

    A new launch serves every flag of its plan as before its rollout. A launch that shipped left everybody with the new
    variant, so to launch the same flag again takes it from all of them until its stages bring it back. Flags that the plan
    does not name stay as they are.
    """
    return _moves(_left(log, plan), plan)


def _moves(left: _Left, plan: Plan) -> tuple[Move, ...]:
    if left.outline is None:
        return ()
    before = flag_definition(left.outline, left.state)
    killed = {key: flag for key, flag in left.state.flags.items() if key in left.kept}
    after = flag_definition(Outline(plan), State(kept=left.kept, flags=killed))
    changed = {key: flag for key, flag in after["flags"].items() if flag != before["flags"].get(key)}
    return moved(before, after | {"flags": changed})


def _refuse_moves(left: _Left, plan: Plan) -> None:
    moves = _moves(left, plan)
    if moves and left.outline is not None:
        shares = {key: left.state.share_of(key) for key in left.state.flags}
        # The dice that those who come back into an experiment meet; the moves are about the beginning alone.
        later = shifts(left.outline.plan, shares, plan)
        raise UsageError(
            "; ".join((*(move.words for move in moves), *later)),
            hint="a new launch begins with the default for everybody; --allow-moves starts it all the same",
            code="moves-users",
        )


def _refuse_crowds(left: _Left, plan: Plan) -> None:
    crowds = crowded(left.kept, plan)
    if crowds:
        raise UsageError(
            "; ".join(crowds),
            hint="say `from:` under the experiment, where the layer is free, or end the kept one with tminus flags drop",
            code="layer-taken",
        )


def _accepted(log: EventLog, plan: Plan, *, allow_moves: bool) -> _Left:
    """What was left, once nothing of it speaks against a launch of `plan`: with the kill switches as they are by then."""
    left = _left(log, plan)
    _refuse_crowds(left, plan)
    if not allow_moves:
        _refuse_moves(left, plan)
    # Asking thousands of users takes a while, in which somebody may switch off what shipped.
    changed = log.head(left.state.launch) != left.state.seq
    return _accepted(log, plan, allow_moves=allow_moves) if changed else left


def begin_or_continue(
    log: EventLog,
    plan: Plan,
    name: str,
    pace: float,
    clock: Clock,
    actor: str = "operator",
    *,
    allow_moves: bool = False,
) -> str:
    """The launch to drive: the unfinished one of this very plan, or a new one.

    Raises `UsageError` when another launch is unfinished, because two at a time would fight over flags and traffic, and,
    unless `allow_moves`, when users would change variant with the very start of a new one; and when an experiment would
    share users with one that is kept in its layer.
    """
    paced(plan, pace)  # refuses what cannot be, before it stands in the log for ever
    data = plan_data(plan)
    launches = log.launches()
    newest = launches[0] if launches else None
    if newest is not None and isinstance(newest.event, LaunchStarted):
        unfinished = not fold(log.read(newest.launch)).status.ended
        if unfinished and newest.event.plan == data and name in ("", newest.launch):
            return newest.launch
        if unfinished:
            raise UsageError(
                f"the launch {newest.launch} is not finished, and its plan is another one",
                hint="let it finish, or end it with tminus abort, which gives everybody the default; "
                "--data keeps a second one apart",
            )
    left = _accepted(log, plan, allow_moves=allow_moves)
    launch = name or _new_name(plan.title, {first.launch for first in launches})
    start_launch(
        log,
        launch,
        LaunchStarted(title=plan.title, plan=data, pace=pace, identity=secrets.token_hex(4), kept=left.kept),
        actor,
        clock.now(),
    )
    return launch


def _new_name(title: str, taken: set[str]) -> str:
    number = 1
    while f"{slug_of(title)}-{number}" in taken:
        number += 1
    return f"{slug_of(title)}-{number}"
