"""What came of one rehearsed launch, in numbers: small enough to keep thousands of them and to send between processes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from zoneinfo import ZoneInfo

from tminus.core import events as e
from tminus.core.outline import Outline
from tminus.core.state import Status
from tminus.rehearsal.playing import Played

NIGHT_FROM, NIGHT_UNTIL = 22, 7  # hours of the plan's zone
_LOUD = ("critical", "high")
_KINDS = {
    "sign-off": "people",
    "box": "boxes",
    "criterion": "targets that are not met",
    "inconclusive": "too little data",
    "evidence": "too little evidence",
    "unmeasured": "nothing measured",
    "silence": "no data from the new version",
    "action": "actions that failed",
    "killed": "a kill switch",
}


class End(StrEnum):
    """How a launch ended."""

    SHIPPED = "shipped"
    ROLLED_BACK = "rolled back"
    STUCK = "stuck"


@dataclass(frozen=True, slots=True)
class Outcome:
    """One launch. Times are seconds since its start; None for what did not happen.

    `noticed` is how long the release had been bad when it was rolled back. `holds` is seconds by gate and reason. `why`
    says what rolled it back, or what it waits for.
    """

    scenario: str
    seed: int
    end: End
    seconds: float
    everybody: float | None
    completed: float | None
    hurt: float
    touched: float
    noticed: float | None
    cause: str
    why: str
    holds: Mapping[str, float]
    held: float
    pages: int
    night_pages: int


def outcome_of(played: Played) -> Outcome:
    """The numbers of one launch."""
    went = played.went
    start, state = went.records[0].at, went.state
    ends = {Status.COMPLETED: End.SHIPPED, Status.ROLLED_BACK: End.ROLLED_BACK}
    end = ends.get(state.status, End.STUCK)
    back = next((one for one in went.records if isinstance(one.event, e.RollbackStarted)), None)
    wrong, noticed = played.wrong_at, None
    if back is not None and wrong is not None and back.at >= wrong:
        noticed = back.at - wrong
    holds = list(_holds(went.records, went.outline, start + went.seconds))
    by_gate: dict[str, float] = {}
    for gate, seconds, _ in holds:
        by_gate[gate] = by_gate.get(gate, 0.0) + seconds
    pages = [one.at for one in went.records if is_page(one.event)]
    zone = ZoneInfo(played.script.plan.timezone)
    return Outcome(
        scenario=played.script.name,
        seed=played.seed,
        end=end,
        seconds=went.seconds,
        everybody=_everybody(went.records, start) if end is End.SHIPPED else None,
        completed=(state.ended_at - start) if end is End.SHIPPED and state.ended_at else None,
        hurt=played.hurt,
        touched=played.touched,
        noticed=noticed,
        cause=str(state.rollback.cause["kind"]) if state.rollback else "",
        why=_why(played, end),
        holds=by_gate,
        held=sum(seconds for _, seconds, first in holds if first),
        pages=len(pages),
        night_pages=sum(is_night(at, zone) for at in pages),
    )


def is_night(at: float, zone: ZoneInfo) -> bool:
    """Whether people sleep then."""
    hour = datetime.fromtimestamp(at, zone).hour
    return hour >= NIGHT_FROM or hour < NIGHT_UNTIL


def is_page(event: e.Event) -> bool:
    """Whether an event is a message that wakes somebody."""
    return isinstance(event, e.ActionRequested) and event.kind == "notify" and event.spec.get("severity") in _LOUD


def _everybody(records: Sequence[e.Recorded], start: float) -> float | None:
    """When everybody had it: at the first stage of all users everywhere, else at the end of the last stage."""
    for one in records:
        if isinstance(one.event, e.StageStarted) and one.event.share >= 1 and not one.event.regions:
            return one.at - start
    stages = [one.at - start for one in records if isinstance(one.event, e.StagePromoted)]
    return stages[-1] if stages else records[-1].at - start


def _why(played: Played, end: End) -> str:
    state = played.went.state
    if end is End.ROLLED_BACK and state.rollback is not None:
        return state.rollback.cause["text"]
    if end is not End.STUCK:
        return ""
    return "; ".join(reason["text"] for reason in state.hold[:2]) or "it was not over in time"


def _holds(records: Sequence[e.Recorded], outline: Outline, end: float) -> Iterator[tuple[str, float, bool]]:
    """(gate and reason, seconds, whether it is the first reason) of every stretch in which the same things held.

    A stretch that several reasons held counts for each of them: taking one away would not have ended it.
    """
    since, reasons, phase, stage = 0.0, frozenset[str](), "", ""
    for one in records:
        match one.event:
            case e.HoldStarted() | e.HoldEnded() | e.RollbackStarted() | e.LaunchCompleted() | e.LaunchAborted():
                yield from _stretch(reasons, one.at - since)
                since, held = one.at, getattr(one.event, "reasons", ())
                place = _place(outline, phase, stage)
                reasons = frozenset(f"{place}: {_KINDS.get(reason['kind'], reason['kind'])}" for reason in held)
            case e.PhaseStarted(phase=phase):
                stage = ""
            case e.StageStarted(stage=stage):
                pass
            case e.StagePromoted():
                stage = ""
    yield from _stretch(reasons, end - since)


def _stretch(reasons: frozenset[str], seconds: float) -> Iterator[tuple[str, float, bool]]:
    for number, reason in enumerate(sorted(reasons)):
        if seconds > 0:
            yield reason, seconds, number == 0


def _place(outline: Outline, phase: str, stage: str) -> str:
    known = outline.phases.get(phase)
    title = (known.title or known.id) if known else "before the first phase"
    if stage in outline.stages:
        return f"{title}, {outline.stages[stage].stage.title or stage}"
    return title
