"""One rehearsed launch as people read it: every decision with its reason, signatures counted, what nobody asks for left out."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from tminus.core import events as e
from tminus.core.outline import Outline
from tminus.core.story import PERSON, story
from tminus.plan.quantity import format_duration
from tminus.rehearsal.outcome import is_night, is_page

_SHORT = 60.0  # seconds: a hold that is over sooner is not worth a line
_MOST_NAMED = 5
_SIGNATURES = (e.TaskSigned, e.GateSigned)
_LEFT_OUT = (e.GuardCheckpointed, e.TaskProven, e.ActionStarted)


@dataclass(frozen=True, slots=True)
class Line:
    """One line: when (Unix seconds), its mark, its words, and what is beneath it."""

    at: float
    mark: str
    text: str
    beneath: tuple[str, ...] = ()


def tell(records: Sequence[e.Recorded], outline: Outline) -> Iterator[Line]:
    """The lines of a launch in their order."""
    zone = ZoneInfo(outline.plan.timezone)
    signed: Counter[str] = Counter()
    signed_at, held, holding = 0.0, frozenset[str](), False
    for one in records:
        event = one.event
        if isinstance(event, _SIGNATURES):
            signed[event.role] += 1
            signed_at = one.at
            continue
        if isinstance(event, _LEFT_OUT) or _is_small(event, holding, held, zone, one.at):
            continue
        if isinstance(event, e.ActionRequested) and not is_night(one.at, zone) and not _rolls_back(event.key):
            continue
        if signed:
            yield Line(signed_at, PERSON, _signatures(signed))
            signed.clear()
        if isinstance(event, e.HoldStarted):
            held, holding = frozenset(reason["kind"] for reason in event.reasons), True
        elif isinstance(event, e.HoldEnded | e.RollbackStarted):
            held, holding = frozenset(), False
        yield _line(one, outline, zone)
    if signed:
        yield Line(signed_at, PERSON, _signatures(signed))


def _is_small(event: e.Event, holding: bool, held: frozenset[str], zone: ZoneInfo, at: float) -> bool:
    match event:
        case e.FlagSet(change=change):
            return not change  # what a step or the rollback sets has a line of its own
        case e.HoldStarted(reasons=reasons):
            return holding and frozenset(reason["kind"] for reason in reasons) == held
        case e.HoldEnded(seconds=seconds):
            return seconds < _SHORT
        case e.ActionRequested():
            return not is_page(event)
        case e.ActionSucceeded(key=key):
            return not key.startswith(("rollback:", "step:")) or ":overdue:" in key or ":failed:" in key
    return False


def _rolls_back(key: str) -> bool:
    return key.startswith(("rollback:", "alert:"))


def _line(one: e.Recorded, outline: Outline, zone: ZoneInfo) -> Line:
    mark, text = story(one.event, outline, one.actor)
    match one.event:
        case e.HoldStarted(reasons=reasons):
            named = tuple(reason["text"] for reason in reasons[:_MOST_NAMED])
            more = (f"and {len(reasons) - _MOST_NAMED} more",) if len(reasons) > _MOST_NAMED else ()
            return Line(one.at, mark, "Holding for" if len(reasons) > 1 else f"Holding: {named[0]}",
                        (*named, *more) if len(reasons) > 1 else ())  # fmt: skip
        case e.RollbackStarted(evidence=evidence):
            return Line(one.at, mark, text, tuple(_evidence(evidence)))
        case e.ActionRequested(spec=spec):
            night = " at night" if is_night(one.at, zone) else ""
            return Line(one.at, mark, f"Page{night} to {spec.get('role')}: {spec.get('body')}")
    return Line(one.at, mark, text)


def _evidence(evidence: dict[str, object]) -> Iterator[str]:
    guards = evidence.get("guards")
    for metric, guard in guards.items() if isinstance(guards, dict) else ():
        (bad, total), (control_bad, control) = guard["canary"], guard["control"]
        yield (f"{metric}: {bad:,} of {total:,} in the new version, {control_bad:,} of {control:,} in the old one")
    trigger = evidence.get("trigger")
    if isinstance(trigger, dict) and trigger.get("since") is not None and trigger.get("window_seconds"):
        yield f"{trigger['criterion']}: over windows of {format_duration(trigger['window_seconds'])}"


def _signatures(signed: Counter[str]) -> str:
    who = ", ".join(f"{role} {count}" if count > 1 else role for role, count in sorted(signed.items()))
    total = sum(signed.values())
    return f"{total} {'signature' if total == 1 else 'signatures'}: {who}"
