"""Subjects who did one thing, and whether another thing is seen of them near it in time, arm by arm."""

from __future__ import annotations

from collections.abc import Sequence

from tminus.telemetry.arms import among, arm_of, number, of_arms
from tminus.telemetry.database import Database
from tminus.telemetry.model import Kind, Pursued, Series, Split


def find_pursued(
    database: Database,
    first: Sequence[Series],
    then: Sequence[Series],
    *,
    split: Split,
    start: float,
    end: float,
    around: tuple[float, float],
) -> list[Pursued]:
    """By subject and arm; a subject with several rows of the first kind is looked at from the oldest. Raises StoreError."""
    firsts, thens = of_arms(first, split, Kind.EVENT), of_arms(then, split, Kind.EVENT)
    if not firsts:
        return []
    before, after = around
    # The bounds on stamp alone let the database skip all but the rows of these minutes.
    rows = database.rows(
        f"""
        WITH began AS (SELECT subject, {arm_of(firsts, split)} AS arm, min(stamp) AS stamp FROM events
                       WHERE {among(one.id for one in firsts)} AND subject <> 0
                       AND stamp > {number(start)} AND stamp <= {number(end)} GROUP BY 1, 2),
             came AS (SELECT subject, {arm_of(thens, split)} AS arm, stamp FROM events
                      WHERE {among(one.id for one in thens)} AND subject IN (SELECT subject FROM began)
                      AND stamp > {number(start - before)} AND stamp <= {number(end + after)})
        SELECT began.subject, began.arm, count(came.stamp) > 0 FROM began LEFT JOIN came
        ON came.subject = began.subject AND came.arm = began.arm
        AND came.stamp BETWEEN began.stamp - {number(before)} AND began.stamp + {number(after)}
        GROUP BY began.subject, began.arm ORDER BY min(began.stamp), began.subject"""
    )
    return [Pursued(subject, arm, found) for subject, arm, found in rows]
