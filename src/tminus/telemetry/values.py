"""Sums of the values that events carry. NULL stands for an event without one, and adds nothing.

Values are added by Kahan's summation (DuckDB's `fsum`): amounts with cents over millions of rows stay exact to the cent.
"""

from __future__ import annotations

from tminus.plan.selector import Matcher, Selector
from tminus.telemetry.database import Database
from tminus.telemetry.model import VALUE_LABEL, Reading, Total


def valued(selector: Selector, member: str) -> Selector:
    """Those of the events whose value is this member of their data. Another member's number is never taken for it."""
    return Selector(selector.name, (*selector.matchers, Matcher(VALUE_LABEL, "=", member)))


def read_sum(database: Database, ids: list[int], start: float, end: float) -> Total:
    """The sum of the values of these series in (start, end]. Raises StoreError."""
    sql = f"SELECT fsum(value), max(stamp) FROM events WHERE {_within(ids)}"
    [(total, newest)] = database.rows(sql, [start, end])
    return Total(float(total or 0.0), newest)


def read_mean(database: Database, ids: list[int], among: list[int] | None, start: float, end: float) -> Reading:
    """The mean per subject over (start, end]: what the subjects' values add up to, by how many subjects there are.

    `among` are the series that make a subject one of them; where it is None, a value does. Events of nobody count neither
    as values nor as subjects. `rows` of the answer is the number of subjects. Raises StoreError.
    """
    chosen = f"{_within(ids)} AND value IS NOT NULL" if among is None else _within(among)
    sql = f"""
        WITH subjects AS (SELECT DISTINCT subject FROM events WHERE {chosen} AND subject <> 0)
        SELECT (SELECT count(*) FROM subjects),
               (SELECT fsum(value) FROM events WHERE {_within(ids)} AND subject IN (FROM subjects)),
               (SELECT max(stamp) FROM events WHERE {chosen})"""
    [(subjects, total, newest)] = database.rows(sql, [start, end] * 3)
    return Reading((total or 0.0) / subjects if subjects else None, int(subjects), newest)


def _within(ids: list[int]) -> str:
    listed = f"series IN ({', '.join(map(str, ids))})" if ids else "false"
    return f"{listed} AND stamp > ? AND stamp <= ?"
