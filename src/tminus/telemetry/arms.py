"""The guard's input: units and units with an error, by arm, each counted once however often one asks.

A unit is a (subject, window of event time of `dedup_seconds`) within an arm; an event without a subject is a unit of its
own. Let F(s) be the number of units with a `total` row among the rows that arrived up to s, and G(s) the number of
those that also have a `bad` row by then. A call gives F(top) - F(after) and G(top) - G(after). So the sums over
consecutive calls telescope: nothing is lost and nothing counted twice, wherever the cuts lie and however often the
process dies in between, as long as the cursor that a call returned is what the next call gets. The order in which a
unit's rows arrive does not matter either.

Late events count in the call in which they arrive, under the window of their own time; those older than the store's
retention are refused at the door, because the rows that would tell whether their unit was counted are gone.

Counters and histograms have no subject: their increments are summed, rounded to whole numbers per call. A row may match
both selectors. Series without the label form the arm "".
"""

from __future__ import annotations

from collections import Counter

import numpy as np

from tminus.telemetry.database import Database
from tminus.telemetry.model import Kind, Series


def count_arms(
    database: Database,
    total: tuple[Series, ...],
    bad: tuple[Series, ...],
    *,
    label: str,
    after: int,
    top: int,
    dedup_seconds: float,
    since: float = 0.0,
) -> dict[str, tuple[int, int]]:
    """New (units, units with an error) per arm among the rows with `after` < seq <= `top`. Raises StoreError.

    Events dated before `since` do not exist for this question: neither are they counted, nor do they make a unit old.
    """
    if after >= top:
        return {}
    events, counters, histograms = (
        _Roles(total, bad, label, (kind,)) for kind in (Kind.EVENT, Kind.COUNTER, Kind.HISTOGRAM)
    )
    found = _event_arms(database, events, after, top, dedup_seconds, since) if events.any else []
    found += _point_arms(database, counters, "value", after, top) if counters.any else []
    found += _point_arms(database, histograms, "samples", after, top) if histograms.any else []
    units, errors = Counter[str](), Counter[str]()
    for arm, n, e in found:
        units[arm] += n
        errors[arm] += e
    return {arm: (units[arm], errors[arm]) for arm in sorted(units)}


class _Roles:
    """What each series of some kinds is to this question, as SQL: its arm, and whether its rows make units or errors.

    Numbers are written into the text, they are all our own: for each parameter DuckDB spends longer than on a scan of
    the last minute, and joining a table of roles costs more than asking for the series.
    """

    def __init__(self, total: tuple[Series, ...], bad: tuple[Series, ...], label: str, kinds: tuple[Kind, ...]) -> None:
        by_arm: dict[str, set[int]] = {}
        for series in (*total, *bad):
            if series.kind in kinds:
                by_arm.setdefault(dict(series.labels).get(label, ""), set()).add(series.id)
        self.names = sorted(by_arm)
        self.any = bool(by_arm)
        self.member = _among({number for ids in by_arm.values() for number in ids})
        self.is_total = _among({series.id for series in total})
        self.is_bad = _among({series.id for series in bad})
        cases = (f"WHEN {_among(by_arm[name])} THEN {position}" for position, name in enumerate(self.names))
        self.arm = f"CASE {' '.join(cases)} END"


def _among(ids: set[int]) -> str:
    return f"series IN ({', '.join(map(str, sorted(ids)))})" if ids else "false"


def _number(value: float) -> str:
    """A float for SQL to the last bit; a bare literal would be a decimal first."""
    return f"'{value!r}'::DOUBLE"


def _event_arms(
    database: Database, roles: _Roles, after: int, top: int, dedup_seconds: float, since: float
) -> list[tuple[str, int, int]]:
    window = f"floor(stamp / {_number(dedup_seconds)})"
    dated = f"stamp >= {_number(since)}"
    fresh = f"SELECT DISTINCT {window} FROM events WHERE seq > {after} AND seq <= {top} AND {dated} AND {roles.member}"
    touched = sorted(number for (number,) in database.rows(fresh))
    if not touched:
        return []
    # All rows of the windows that something new fell into. Units without anything new come out with both of their
    # firsts at or before `after` and count for nothing. The range, quick to search, is a little wide for the sake of
    # rounding; windows in it without news change nothing but the cost, so they are left out only when there are some.
    low, high = touched[0] * dedup_seconds - 1, (touched[-1] + 1) * dedup_seconds + 1
    sparse = touched[-1] - touched[0] >= len(touched)
    rows = database.rows(
        f"""
        WITH unit AS (
            SELECT {roles.arm} AS arm,
                   min(seq) FILTER ({roles.is_total}) AS first_total, min(seq) FILTER ({roles.is_bad}) AS first_bad
            FROM events
            WHERE stamp >= {_number(low)} AND stamp <= {_number(high)} AND seq <= {top} AND {dated} AND {roles.member}
            {f"AND {window} IN (SELECT wanted FROM wanted)" if sparse else ""}
            GROUP BY arm, {window}, subject, CASE subject WHEN 0 THEN seq END)
        SELECT arm, count(*) FILTER (first_total > {after}),
               count(*) FILTER (first_bad IS NOT NULL AND greatest(first_total, first_bad) > {after})
        FROM unit WHERE first_total IS NOT NULL GROUP BY arm""",
        wanted=np.array(touched) if sparse else None,
    )
    return [(roles.names[arm], n, e) for arm, n, e in rows]


def _point_arms(database: Database, roles: _Roles, value: str, after: int, top: int) -> list[tuple[str, int, int]]:
    rows = database.rows(
        f"""
        SELECT {roles.arm} AS arm, coalesce(sum({value}) FILTER ({roles.is_total}), 0),
               coalesce(sum({value}) FILTER ({roles.is_bad}), 0)
        FROM points WHERE seq > {after} AND seq <= {top} AND {roles.member} GROUP BY arm"""
    )
    return [(roles.names[arm], round(n), round(e)) for arm, n, e in rows]
