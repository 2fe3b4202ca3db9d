"""Checks of targets against one another: gates that nothing can pass, and sayings that differ."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import combinations
from typing import Any

from tminus.plan import places
from tminus.plan.around import Kpi
from tminus.plan.criterion import Comparator, Criterion
from tminus.plan.findings import Findings
from tminus.plan.model import MetricKind, Plan
from tminus.plan.places import Path

_Placed = tuple[Path, Criterion]
_QUALIFIERS = ("system", "overall", "service", "platform", "production")
MOST_ALIKE = 200  # more of one kind than any person writes; every pair of 100,000 would take hours


def check_targets(plan: Plan, found: Findings) -> None:
    """Each target by itself, each gate, and all that the plan says of one metric."""
    for path, criterion in places.criteria(plan):
        _check_possible(plan, path, criterion, found)
    for gate in _gates(plan):
        _check_gate(plan, gate, found)
    _check_sayings(plan, found)


def _gates(plan: Plan) -> Iterator[list[_Placed]]:
    """The criteria that must hold together: at the end of each phase, and of each stage."""
    for path, phase in places.phases(plan):
        if phase.exit:
            yield _compared((*path, "exit"), phase.exit)
    for path, stage in places.stages(plan):
        if stage.exit:
            yield _compared((*path, "exit"), stage.exit)


def _compared(path: Path, criteria: Iterable[Criterion]) -> list[_Placed]:
    """Those that hold a metric against a number; claims about an experiment have no target to differ."""
    return [((*path, number), one) for number, one in enumerate(criteria) if one.claim is None]


def _alike(plan: Plan, placed: Iterable[_Placed], *, loosely: bool = False) -> Iterator[tuple[_Placed, _Placed]]:
    """Pairs that ask the same over the same window, in the order of the plan; `loosely` as people name things."""
    groups: dict[tuple[Any, ...], list[_Placed]] = {}
    for path, one in placed:
        subject = _subject(plan, one) if loosely else one.metric
        groups.setdefault((subject, *_asked(one), window_of(plan, one)), []).append((path, one))
    for group in groups.values():
        yield from combinations(group[:MOST_ALIKE], 2)


def _asked(one: Criterion) -> tuple[Any, ...]:
    """Whose number of which kind in what unit."""
    return (one.aggregate, one.arm, one.change, one.target.dimension, one.target.scale, one.target.currency)


def _subject(plan: Plan, criterion: Criterion) -> str:
    """The metric. While nothing measures it there are only words, and `system_uptime` is `uptime`."""
    metric = plan.metrics.get(criterion.metric)
    if metric is None or metric.kind is not None:
        return criterion.metric
    first, _, rest = criterion.metric.replace("-", "_").partition("_")
    plain = plan.metrics.get(rest)
    return rest if first in _QUALIFIERS and rest and (plain is None or plain.kind is None) else criterion.metric


def _asks_the_same(plan: Plan, one: Criterion, other: Criterion) -> bool:
    """The same number of the same people in the same unit, so that two targets can be held against each other."""
    return _subject(plan, one) == _subject(plan, other) and _asked(one) == _asked(other)


def window_of(plan: Plan, criterion: Criterion) -> float | None:
    """Seconds of the window that a criterion looks at, its metric's where it names none."""
    metric = plan.metrics.get(criterion.metric)
    window = criterion.window or (metric.window if metric else None)
    return window.seconds if window else None


def _bounds(criterion: Criterion) -> tuple[float, float]:
    """The lowest and the highest value that a criterion lets pass."""
    value = criterion.target.value
    if criterion.comparator is Comparator.WITHIN:
        return value, criterion.upper.value if criterion.upper else value
    if criterion.comparator is Comparator.EQUAL:
        return value, value
    return (float("-inf"), value) if criterion.comparator.wants_low else (value, float("inf"))


def _lets_pass(criterion: Criterion, value: float) -> bool:
    low, high = _bounds(criterion)
    strict = criterion.comparator in (Comparator.MORE, Comparator.LESS)
    return low < value < high if strict else low <= value <= high


def _check_possible(plan: Plan, path: Path, criterion: Criterion, found: Findings) -> None:
    """No value can be more than 100 % of something, or less than nothing. A gauge or a query may be anything."""
    metric = plan.metrics.get(criterion.metric)
    if metric is None or metric.kind is None or criterion.change is not None or criterion.claim is not None:
        return
    low, high = _bounds(criterion)
    share = metric.kind in (MetricKind.RATIO, MetricKind.SHARE)
    counted = share or metric.kind in (MetricKind.COUNT, MetricKind.RATE, MetricKind.UNIQUE)
    too_high = share and (low > 1 or (low == 1 and criterion.comparator is Comparator.MORE))
    too_low = counted and (high < 0 or (high == 0 and criterion.comparator is Comparator.LESS))
    if not (too_high or too_low):
        return
    if path[0] in ("rollback", "alerts"):
        what = "trigger never fires" if path[0] == "rollback" else "alert is never told"
        hint = "write a threshold that the metric can reach"
        found.warning(path, "never-fires", f"`{criterion.text}` can never be: this {what}", hint)
    elif path[0] in ("kpis", "milestones"):
        found.warning(
            path, "impossible", f"`{criterion.text}` can never hold", "write a value that the metric can have"
        )
    else:
        message = f"`{criterion.text}` can never hold, and what comes after is never reached"
        found.error(path, "impossible", message, "write a value that the metric can have")


def _check_gate(plan: Plan, gate: Sequence[_Placed], found: Findings) -> None:
    for (_, one), (path, other) in _alike(plan, gate):
        low, high = max(_bounds(one)[0], _bounds(other)[0]), min(_bounds(one)[1], _bounds(other)[1])
        if low > high or (low == high and not (_lets_pass(one, low) and _lets_pass(other, low))):
            message = f"`{one.text}` and `{other.text}` never hold together, and what comes after is never reached"
            found.error(path, "impossible", message, "keep the one that is meant")


def _check_sayings(plan: Plan, found: Findings) -> None:
    """One metric with two targets: looser in a phase than for the whole, or looser the later it comes."""
    kpis: list[tuple[Path, Kpi]] = [
        (("kpis", number, "that"), kpi) for number, kpi in enumerate(plan.kpis) if kpi.that.claim is None
    ]
    exits = [(path, one) for gate in _gates(plan) for path, one in gate]
    by = {path: kpi.by for path, kpi in kpis}
    for (place, one), (path, other) in _alike(plan, [(path, kpi.that) for path, kpi in kpis], loosely=True):
        # A target for month 1 and another for month 6 are a way, and no contradiction.
        in_turn = by[place] and by[path] and by[place] != by[path]
        if not in_turn and _differ(plan, one, other):
            _two_targets(path, other, place, one, found)
    for path, exit_ in exits[: 10 * MOST_ALIKE]:
        for place, kpi in kpis[:MOST_ALIKE]:
            if _contradicts(plan, exits, path, exit_, kpi.that):
                _two_targets(path, exit_, place, kpi.that, found)
                break
    for (before, early), (after, late) in _alike(plan, exits, loosely=True):
        if before[1] != after[1] and _differ(plan, early, late) and _looser(late, early):
            _two_targets(after, late, before, early, found)


def _contradicts(plan: Plan, exits: Sequence[_Placed], path: Path, exit_: Criterion, kpi: Criterion) -> bool:
    """Whether an exit says another thing than a KPI; a KPI without `over` is meant of all the time."""
    comparable = kpi.window is None or kpi.window.seconds == window_of(plan, exit_)
    if not comparable or not _differ(plan, exit_, kpi):
        return False
    if _looser(exit_, kpi):
        return not _reached(plan, exits, path, kpi)
    # A gate that measures more strictly than the goal is caution. Where a person signs, nobody knows for which of the two.
    metric = plan.metrics.get(exit_.metric)
    return metric is not None and metric.kind is None


def _reached(plan: Plan, exits: Sequence[_Placed], path: Path, kpi: Criterion) -> bool:
    """Whether a later phase asks for all that the whole is to have: then an earlier one may ask for less."""
    after = int(path[1])
    later = (one for place, one in exits if int(place[1]) > after and _asks_the_same(plan, one, kpi))
    return any(one.comparator.wants_low == kpi.comparator.wants_low and not _looser(one, kpi) for one in later)


def _two_targets(path: Path, here: Criterion, place: Path, there: Criterion, found: Findings) -> None:
    message = f"`{here.text}` here, and `{there.text}` in {found.address(place)}"
    found.warning(path, "two-targets", message, "keep the one that is meant, or name them apart with `over`")


def _differ(plan: Plan, one: Criterion, other: Criterion) -> bool:
    if not _asks_the_same(plan, one, other) or one.comparator.wants_low != other.comparator.wants_low:
        return False
    either = (one.comparator, other.comparator)
    if Comparator.WITHIN in either or Comparator.EQUAL in either:
        return False
    return one.target.value != other.target.value


def _looser(one: Criterion, other: Criterion) -> bool:
    """Whether `one` lets pass what `other` does not; both look the same way."""
    if one.comparator.wants_low:
        return one.target.value > other.target.value
    return one.target.value < other.target.value
