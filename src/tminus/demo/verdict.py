"""What the demonstration showed, as one JSON object, and whether it went as it should."""

from __future__ import annotations

from typing import Any

from tminus.app.launchpad import Launchpad
from tminus.core.events import Recorded, RollbackStarted, RolloutRestarted, StageStarted
from tminus.core.state import Status


def verdict(launchpad: Launchpad, report: dict[str, Any], facts: dict[str, Any], seconds: float) -> dict[str, Any]:
    """The whole result; `ok` only when act 1 was rolled back by itself and act 2 reached everybody."""
    records = launchpad.log.read(launchpad.launch)
    desk = launchpad.desk
    status = desk.ledger.state.status if desk else Status.NEW
    first, second = _acts(records)
    caught = [one for one in first if isinstance(one.event, RollbackStarted)]
    by_itself = bool(caught) and getattr(caught[0].event, "cause", {}).get("kind") in ("guard", "trigger")
    fell_again = any(isinstance(one.event, RollbackStarted) for one in second)
    shipped = status is Status.COMPLETED and not fell_again
    return {
        "ok": by_itself and shipped,
        "verdict": _words(by_itself, shipped, fell_again)
        + (f": {desk.view().sentence}" if desk and not shipped else ""),
        "seconds": round(seconds, 1),
        "pace": desk.ledger.state.pace if desk else None,
        "act_1": {"stages": _stages(first), **facts.get("act_1", {})},
        "act_2": {"stages": _stages(second), "reached_everybody": shipped},
        "users": {
            "distinct": report.get("distinct_users"),
            "requests": report.get("requests"),
            "failed": report.get("failed"),
            "unreachable": report.get("unreachable"),
            "p50_ms": report.get("p50_ms"),
            "p95_ms": report.get("p95_ms"),
        },
        "log": {"launch": launchpad.launch, "events": launchpad.log.verify(launchpad.launch), "chain": "whole"},
    }


def _acts(records: list[Recorded]) -> tuple[list[Recorded], list[Recorded]]:
    cut = next((n for n, one in enumerate(records) if isinstance(one.event, RolloutRestarted)), len(records))
    return records[:cut], records[cut:]


def _stages(records: list[Recorded]) -> list[dict[str, Any]]:
    return [
        {"stage": one.event.stage, "share": one.event.share, "at": round(one.at, 3)}
        for one in records
        if isinstance(one.event, StageStarted)
    ]


def _words(by_itself: bool, shipped: bool, fell_again: bool) -> str:
    if not by_itself:
        return "act 1: the bad release was not rolled back by itself"
    if fell_again:
        return "act 2: the mended release was rolled back"
    return "both acts went as they should" if shipped else "act 2: the mended release did not reach everybody"
