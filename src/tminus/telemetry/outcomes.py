"""How the users of an experiment fared: one row of sums per arm, read anew each time from the events as they are.

A user belongs to the arm of the first event that shows an arm, whatever comes later. From that event on, or from the
first `base` event after it, the user's `outcome` events are counted, or their values added up, within the time allowed. Users
whose time is not over yet are left out: they have had less time than the others.
"""

from __future__ import annotations

from dataclasses import dataclass

from tminus.telemetry.database import Database
from tminus.telemetry.model import Kind, Series

BEFORE_SECONDS = 7 * 86400.0  # what a user did in this time before the experiment is the covariate


@dataclass(frozen=True, slots=True)
class ArmSums:
    """Of an arm: users, those with an outcome, and over the users the sums of how many outcomes each had (y; or what
    their values add up to), and of the same in the time before the experiment (x)."""

    users: int
    hits: int
    total: float
    squares: float
    before: float
    before_squares: float
    product: float


@dataclass(frozen=True, slots=True)
class ArmOutcomes:
    """By arm; `met` users showed an arm at all, `both` of them more than one. `newest` dates the newest event of any."""

    arms: dict[str, ArmSums]
    met: int
    both: int
    newest: float | None


@dataclass(frozen=True, slots=True)
class OutcomeSeries:
    """Which series show an arm (by the value of `label`), begin a user's time (none: what showed the arm), and are the
    outcome."""

    met: tuple[Series, ...]
    base: tuple[Series, ...] | None
    outcome: tuple[Series, ...]
    summed: bool = False  # the values of the outcome events count, and not how many they are


def read_outcomes(
    database: Database,
    series: OutcomeSeries,
    *,
    label: str,
    since: float,
    until: float,
    within_seconds: float | None,
) -> ArmOutcomes:
    """The sums of all events in [since, until]. Raises StoreError."""
    names = _Arms(series.met, label)
    if not names.ids:
        return ArmOutcomes({}, 0, 0, None)
    unit = f"""
        WITH unit AS (
            SELECT subject, arg_min(arm, (stamp, seq)) AS arm, min(stamp) AS began, max(stamp) AS newest,
                   count(DISTINCT arm) AS arms
            FROM (SELECT subject, stamp, seq, {names.case} AS arm FROM events
                  WHERE {_among(names.ids)} AND {_dated(since, until)} AND subject <> 0)
            GROUP BY subject)"""
    [(met, both, newest)] = database.rows(f"{unit} SELECT count(*), count(*) FILTER (arms > 1), max(newest) FROM unit")
    begun, did = _begun(series, until, within_seconds), _did(series, since, until, within_seconds)
    rows = database.rows(f"{unit}, {begun}, {did} {_SUMS}")
    arms = {names.listed[arm]: ArmSums(int(n), int(h), *map(float, sums)) for arm, n, h, *sums in rows}
    return ArmOutcomes(arms, int(met), int(both), newest)


class _Arms:
    """The arms of series, as SQL over their ids; the numbers are all our own, and stand in the text."""

    def __init__(self, series: tuple[Series, ...], label: str) -> None:
        by_arm: dict[str, set[int]] = {}
        for one in series:
            if one.kind is Kind.EVENT:
                by_arm.setdefault(dict(one.labels).get(label, ""), set()).add(one.id)
        self.listed = sorted(by_arm)
        self.ids = {number for ids in by_arm.values() for number in ids}
        cases = (f"WHEN {_among(by_arm[name])} THEN {position}" for position, name in enumerate(self.listed))
        self.case = f"CASE {' '.join(cases)} END"


def _begun(series: OutcomeSeries, until: float, within_seconds: float | None) -> str:
    """The users whose time has begun, and is over."""
    ripe = until if within_seconds is None else until - within_seconds
    if series.base is None:
        return f"begun AS (SELECT subject, arm, began FROM unit WHERE began <= {_number(ripe)})"
    return f"""begun AS (
            SELECT unit.subject, unit.arm, min(events.stamp) AS began
            FROM unit JOIN events ON events.subject = unit.subject AND events.stamp >= unit.began
            WHERE {_among(_ids(series.base))} AND events.stamp <= {_number(until)}
            GROUP BY unit.subject, unit.arm HAVING min(events.stamp) <= {_number(ripe)})"""


def _did(series: OutcomeSeries, since: float, until: float, within_seconds: float | None) -> str:
    in_time = "" if within_seconds is None else f"AND events.stamp <= begun.began + {_number(within_seconds)}"
    after, before = f"FILTER (events.stamp >= begun.began {in_time})", f"FILTER (events.stamp < {_number(since)})"
    added = "coalesce(fsum(events.value) {}, 0)" if series.summed else "count(*) {}"
    return f"""did AS (
            SELECT begun.subject, count(*) {after} AS hits, {added.format(after)} AS y, {added.format(before)} AS x
            FROM begun JOIN events ON events.subject = begun.subject
            WHERE {_among(_ids(series.outcome))} AND {_dated(since - BEFORE_SECONDS, until)}
            GROUP BY begun.subject)"""


_SUMS = """
    SELECT arm, count(*), count(*) FILTER (hits > 0), coalesce(sum(y), 0), coalesce(sum(y * y), 0), coalesce(sum(x), 0),
           coalesce(sum(x * x), 0), coalesce(sum(x * y), 0)
    FROM begun LEFT JOIN did ON did.subject = begun.subject GROUP BY arm"""


def _ids(series: tuple[Series, ...]) -> set[int]:
    return {one.id for one in series if one.kind is Kind.EVENT}


def _among(ids: set[int]) -> str:
    return f"series IN ({', '.join(map(str, sorted(ids)))})" if ids else "false"


def _dated(since: float, until: float) -> str:
    return f"stamp >= {_number(since)} AND stamp <= {_number(until)}"


def _number(value: float) -> str:
    """A float for SQL to the last bit; a bare literal would be a decimal first."""
    return f"'{value!r}'::DOUBLE"
