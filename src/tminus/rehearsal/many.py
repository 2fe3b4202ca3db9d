"""Many launches: every scenario with many seeds, on several processes, and what they say together."""

from __future__ import annotations

import gc
import math
import multiprocessing
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import chain, groupby

from tminus.guards.bounds import lower_bound, upper_bound
from tminus.rehearsal.outcome import End, Outcome, outcome_of
from tminus.rehearsal.playing import play_script
from tminus.rehearsal.script import Script

DAY = 86400.0
HEALTHY = "healthy"  # the scenario of the library in which nothing goes wrong
_SIDE = 0.975  # each side of a 95 % interval
_CHUNK = 4


@dataclass(frozen=True, slots=True)
class Summary:
    """What many launches of one scenario say. Quantiles are (10 %, 50 %, 90 %); times in days, `noticed` in seconds.

    `rolled_back` and `shipped` are numbers of launches, the bounds exact 95 % intervals of their chance. `holds` is the mean
    of days in holds by gate, largest first.
    """

    scenario: str
    title: str
    good: bool
    says: tuple[str, ...]
    launches: int
    shipped: int
    rolled_back: int
    stuck: int
    back_bounds: tuple[float, float]
    ship_bounds: tuple[float, float]
    everybody: tuple[float, float, float] | None
    completed: tuple[float, float, float] | None
    noticed: tuple[float, float, float] | None
    hurt: tuple[float, float, float]
    touched: tuple[float, float, float]
    held_days: float
    holds: tuple[tuple[str, float], ...]
    pages: float
    night_pages: float
    causes: tuple[tuple[str, int], ...]
    why: str
    days: tuple[float, ...]  # from the start until everybody had it, each launch that shipped, sorted


def play_all(
    scripts: Sequence[Script], seeds: Sequence[int], processes: int, command: str = "tminus rehearse PLAN"
) -> Iterator[Outcome]:
    """Every script with every seed, in this order. Raises `RuleBroken` as soon as a launch breaks a rule."""
    jobs = [(number, seed) for number in range(len(scripts)) for seed in seeds]
    if processes < 2 or len(jobs) < 2 * _CHUNK:
        yield from (_one(scripts, command, job) for job in jobs)
        return
    # A fresh process each: a fork would take along whatever threads and locks the caller has.
    with multiprocessing.get_context("spawn").Pool(processes, _prepare, (list(scripts), command)) as pool:
        yield from pool.imap(_prepared, jobs, chunksize=_CHUNK)


def _one(scripts: Sequence[Script], command: str, job: tuple[int, int]) -> Outcome:
    return outcome_of(play_script(scripts[job[0]], job[1], command))


_READY: list[partial[Outcome]] = []


def _prepare(scripts: list[Script], command: str) -> None:
    _READY[:] = [partial(_one, scripts, command)]
    # A launch makes many small values and hardly a cycle: looking for cycles as often as usual costs a twentieth of it.
    gc.freeze()
    gc.set_threshold(100_000, 20, 20)


def _prepared(job: tuple[int, int]) -> Outcome:
    return _READY[0](job)


def summaries(scripts: Sequence[Script], outcomes: Sequence[Outcome]) -> list[Summary]:
    """One summary a scenario, in the order of the scripts."""
    by_name = {name: list(found) for name, found in groupby(outcomes, key=lambda one: one.scenario)}
    return [summarize(script, by_name[script.name]) for script in scripts if script.name in by_name]


def summarize(script: Script, launches: Sequence[Outcome]) -> Summary:
    """What the launches of one scenario say together; there is at least one."""
    ended = {end: sum(one.end is end for one in launches) for end in End}
    total = len(launches)
    causes = sorted({one.cause for one in launches if one.cause})
    gates = sorted({gate for one in launches for gate in one.holds})
    holds = [(gate, sum(one.holds.get(gate, 0.0) for one in launches) / total / DAY) for gate in gates]
    return Summary(
        scenario=script.name,
        title=script.scenario.title,
        good=script.scenario.healthy,
        says=script.says,
        launches=total,
        shipped=ended[End.SHIPPED],
        rolled_back=ended[End.ROLLED_BACK],
        stuck=ended[End.STUCK],
        back_bounds=bounds(ended[End.ROLLED_BACK], total),
        ship_bounds=bounds(ended[End.SHIPPED], total),
        everybody=quantiles([one.everybody / DAY for one in launches if one.everybody is not None]),
        completed=quantiles([one.completed / DAY for one in launches if one.completed is not None]),
        noticed=quantiles([one.noticed for one in launches if one.noticed is not None]),
        hurt=quantiles([one.hurt for one in launches]) or (0.0, 0.0, 0.0),
        touched=quantiles([one.touched for one in launches]) or (0.0, 0.0, 0.0),
        held_days=sum(one.held for one in launches) / total / DAY,
        holds=tuple(sorted(holds, key=lambda pair: (-pair[1], pair[0]))),
        pages=sum(one.pages for one in launches) / total,
        night_pages=sum(one.night_pages for one in launches) / total,
        causes=tuple((cause, sum(one.cause == cause for one in launches)) for cause in causes),
        why=next((one.why for one in launches if one.why), ""),
        days=tuple(sorted(one.everybody / DAY for one in launches if one.everybody is not None)),
    )


def bounds(hits: int, total: int) -> tuple[float, float]:
    """The exact (Clopper-Pearson) 95 % interval of a chance of which `hits` of `total` were seen."""
    return lower_bound(hits, total, _SIDE), upper_bound(hits, total, _SIDE)


def quantiles(values: Sequence[float]) -> tuple[float, float, float] | None:
    """The values that at least 10, 50 and 90 % do not exceed; None of nothing."""
    if not values:
        return None
    ordered = sorted(values)
    low, middle, high = (ordered[max(math.ceil(share * len(ordered)) - 1, 0)] for share in (0.1, 0.5, 0.9))
    return low, middle, high


def chance_within(summary: Summary, days: float) -> float:
    """The share of the launches in which everybody had it after so many days."""
    return sum(one <= days for one in summary.days) / summary.launches


def milestones(found: Sequence[Summary]) -> list[float]:
    """Days that are worth a column: whole weeks around the time that launches took, at most six of them."""
    days = [*chain.from_iterable(one.days for one in found)]
    if not days:
        return []
    first, last = math.ceil(min(days) / 7), math.ceil(max(days) / 7)
    step = max(1, math.ceil((last - first + 1) / 6))
    return [7.0 * week for week in range(first, last + step, step)][:6]
