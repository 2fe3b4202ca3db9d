"""The guards' input from events and counters: units and hits by series, each counted once however often one asks.

Every number here is F(top) - F(after), where F(s) depends on nothing but the rows that arrived up to s. So the sums over
consecutive calls telescope: nothing is lost and nothing counted twice, wherever the cuts lie and however often the
process dies in between, as long as the cursor that a call returned is what the next call gets.

A unit is a (subject, window of event time of `unit_seconds`) within an arm, a hit the same with `hit_seconds`; an event
without a subject is one of its own. Either is counted for the series of the row of it that arrived first. A hit whose
row is not the first of a unit brings a unit of its own: F counts the rows that are the first of a unit, of a hit, or of
both. Hits then never outnumber units, and the share of the arms stays independent of which arm a hit falls on. (Were a
success that comes as an event of its own held against the attempts of one second, the chance ups and downs of so few
attempts would look like a share that moves, and a bet against a moving share is not fair.)

Late events count in the call in which they arrive, under the window of their own time; those older than the store's
retention are refused at the door, because the rows that would tell whether their unit was counted are gone.

Counters and histograms have no subject: their increments are summed. A fraction is rounded row by row, up or down
according to the row's arrival number: on average exact, and the same in every call.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable

from tminus.telemetry.database import Database
from tminus.telemetry.model import Kind, Series, Split, Tally

# Numbers that fall evenly between 0 and 1, short of 1 so that whole numbers stay whole: the fractions of n² times the
# golden ratio. Not of n, since the rows of one series come at even distances, some of which would hardly move those.
DITHER = "((seq % 1000003) * (seq % 1000003) * 0.6180339887498949) % 1 * 0.999999"


def count_units(
    database: Database,
    total: tuple[Series, ...],
    hits: tuple[Series, ...],
    *,
    split: Split,
    after: int,
    top: int,
    unit_seconds: float,
    hit_seconds: float,
    since: float = 0.0,
) -> list[Tally]:
    """New units and hits by series among the rows with `after` < seq <= `top`. Raises StoreError.

    Infinite seconds count a subject once and for all. Rows dated before `since` do not exist for this question.
    """
    if after >= top:
        return []
    known = {series.id: series for series in (*total, *hits) if split.arm(series.labels) is not None}
    units, struck = Counter[int](), Counter[int]()
    for series, new_units, new_hits in [
        *_from_events(database, _Span(after, top, since), split, total, hits, unit_seconds, hit_seconds),
        *_from_points(database, _Span(after, top, since), Kind.COUNTER, total, hits, known),
        *_from_points(database, _Span(after, top, since), Kind.HISTOGRAM, total, hits, known),
    ]:
        units[series] += new_units
        struck[series] += new_hits
    return [
        Tally(split.arm(known[series].labels) or 0, known[series].labels, units[series], (struck[series],))
        for series in sorted(units)
    ]


class _Span:
    """The rows of one call, as SQL. Numbers are written into the text, they are all our own: for each parameter DuckDB
    spends longer than on a scan of the last minute."""

    def __init__(self, after: int, top: int, since: float) -> None:
        self.after, self.top = after, top
        self.known = f"seq <= {top} AND stamp >= {number(since)}"
        self.fresh = f"seq > {after} AND {self.known}"
        self.since = since


def among(ids: Iterable[int]) -> str:
    """The condition that a row belongs to one of these series."""
    listed = ", ".join(map(str, sorted(set(ids))))
    return f"series IN ({listed})" if listed else "false"


def number(value: float) -> str:
    """A float for SQL to the last bit; a bare literal would be a decimal first."""
    return f"'{value!r}'::DOUBLE"


def arm_of(series: Iterable[Series], split: Split) -> str:
    """The arm of a row, as SQL; NULL for a series of neither arm."""
    by_arm: dict[int, list[int]] = {}
    for one in series:
        if (arm := split.arm(one.labels)) is not None:
            by_arm.setdefault(arm, []).append(one.id)
    cases = " ".join(f"WHEN {among(ids)} THEN {arm}" for arm, ids in sorted(by_arm.items()))
    return f"CASE {cases} END" if cases else "NULL"


def of_arms(series: Iterable[Series], split: Split, kind: Kind) -> list[Series]:
    """Those of one kind that belong to an arm."""
    return [one for one in series if one.kind is kind and split.arm(one.labels) is not None]


def _from_events(
    database: Database,
    span: _Span,
    split: Split,
    total: tuple[Series, ...],
    hits: tuple[Series, ...],
    unit_seconds: float,
    hit_seconds: float,
) -> list[tuple[int, int, int]]:
    units = _firsts(database, span, split, of_arms(total, split, Kind.EVENT), unit_seconds)
    struck = _firsts(database, span, split, of_arms(hits, split, Kind.EVENT), hit_seconds)
    if units is None and struck is None:
        return []
    nothing = "SELECT 0 AS first, 0 AS series WHERE false"
    return database.rows(
        f"""
        WITH unit AS ({units or nothing}), hit AS ({struck or nothing})
        SELECT coalesce(unit.series, hit.series) AS series, count(*), count(hit.first)
        FROM unit FULL JOIN hit ON unit.first = hit.first GROUP BY 1"""
    )


def _firsts(database: Database, span: _Span, split: Split, series: list[Series], seconds: float) -> str | None:
    """The question for the rows that are the first of their subject and window; None when nothing arrived."""
    if not series:
        return None
    member = among(one.id for one in series)
    [(oldest, newest)] = database.rows(f"SELECT min(stamp), max(stamp) FROM events WHERE {span.fresh} AND {member}")
    if oldest is None:
        return None
    if math.isinf(seconds):
        window, dated = "true", "true"
    else:
        # All rows of the windows that something new fell into; the range, quick to search, is a little wide for rounding.
        window = f"floor(stamp / {number(seconds)})"
        low, high = (oldest // seconds) * seconds - 1, (newest // seconds + 1) * seconds + 1
        dated = f"stamp >= {number(low)} AND stamp <= {number(high)}"
    return f"""
        SELECT min(seq) AS first, arg_min(series, seq) AS series FROM events
        WHERE {span.known} AND {dated} AND {member} AND (seq > {span.after} OR subject IN
              (SELECT subject FROM events WHERE {span.fresh} AND {member} AND subject <> 0))
        GROUP BY {arm_of(series, split)}, {window}, subject, CASE subject WHEN 0 THEN seq END
        HAVING min(seq) > {span.after}"""


def _from_points(
    database: Database,
    span: _Span,
    kind: Kind,
    total: tuple[Series, ...],
    hits: tuple[Series, ...],
    known: dict[int, Series],
) -> list[tuple[int, int, int]]:
    ids = [number for number, series in known.items() if series.kind is kind]
    if not ids:
        return []
    value = f"floor(value + {DITHER})" if kind is Kind.COUNTER else "samples"
    struck = {series.id for series in hits}
    rows = database.rows(
        f"SELECT series, sum({value})::BIGINT FROM points WHERE {span.fresh} AND {among(ids)} GROUP BY series"
    )
    return [(series, count, count if series in struck else 0) for series, count in rows]
