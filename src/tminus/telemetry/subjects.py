"""The guards' input by user: of those who did one thing, who did another in time.

Counted by arrival like all that feeds guards (arms.py): a subject belongs to an arm from its first row there that is
dated at or after `since`. Subjects are forgotten with the rows, after the retention.

A subject must not be judged before it has had its time. Its age is counted from the arrival of its first
`of` row, by the store's own clock as noted in the table of arrivals: not by the times in the events, which senders set,
and not by the clock of whoever asks, since the answer for a cursor must never change. A subject is ripe once `within`
and GRACE_SECONDS have passed. It has done it when a `did` of its own is dated at most `within` after that first `of`
and has arrived by then; what arrives later counts for nobody. So ripe(s) and done(s) depend on s alone and telescope.
"""

from __future__ import annotations

from collections.abc import Sequence

from tminus.telemetry.arms import among, arm_of, number, of_arms
from tminus.telemetry.database import Database
from tminus.telemetry.model import Kind, Series, Split, Tally

GRACE_SECONDS = 30.0  # for the way of the last event in time


def newest_noted(database: Database, seq: int) -> int:
    """The newest arrival number up to `seq` whose time was noted: how far shares can be counted. 0 when there is none."""
    return int(database.rows(f"SELECT coalesce(max(seq), 0) FROM arrivals WHERE seq <= {seq}")[0][0])


def count_ripe(
    database: Database,
    of: Sequence[Series],
    did: Sequence[Series],
    *,
    split: Split,
    within_seconds: float,
    after: int,
    top: int,
    since: float = 0.0,
) -> list[Tally]:
    """Subjects who became ripe in (`after`, `top`] by the series of their first `of`; hits are those who did. Raises
    StoreError."""
    members = {one.id: one for one in of_arms(of, split, Kind.EVENT)}
    if after >= top or not members:
        return []
    patience = within_seconds + GRACE_SECONDS
    low, high = (_ripe_up_to(database, seq, patience) for seq in (after, top))
    if low >= high:
        return []
    known = f"{among(members)} AND stamp >= {number(since)} AND subject <> 0"
    arm = arm_of(members.values(), split)
    done = among(one.id for one in did if one.kind is Kind.EVENT)
    rows = database.rows(
        f"""
        WITH fresh AS (SELECT DISTINCT subject FROM events WHERE seq > {low} AND seq <= {high} AND {known}),
             ripe AS (SELECT subject, min(seq) AS first, arg_min(stamp, seq) AS began, arg_min(series, seq) AS series
                      FROM events WHERE seq <= {high} AND {known} AND subject IN (SELECT subject FROM fresh)
                      GROUP BY subject, {arm} HAVING min(seq) > {low}),
             born AS (SELECT ripe.*, arrivals.stamp AS at FROM ripe ASOF JOIN arrivals ON ripe.first <= arrivals.seq),
             dated AS (SELECT born.*, arrivals.seq AS deadline FROM born
                       ASOF JOIN arrivals ON born.at + {number(patience)} > arrivals.stamp),
             act AS (SELECT subject, stamp, seq FROM events WHERE {done} AND seq <= {top} AND stamp >= {number(since)}
                     AND subject IN (SELECT subject FROM ripe)),
             doer AS (SELECT DISTINCT dated.first FROM dated JOIN act ON act.subject = dated.subject
                      AND act.seq <= dated.deadline AND act.stamp >= dated.began
                      AND act.stamp <= dated.began + {number(within_seconds)})
        SELECT dated.series, count(*), count(doer.first) FROM dated LEFT JOIN doer ON doer.first = dated.first
        GROUP BY dated.series ORDER BY dated.series"""
    )
    return [
        Tally(split.arm(members[series].labels) or 0, members[series].labels, users, (hits,))
        for series, users, hits in rows
    ]


def _ripe_up_to(database: Database, seq: int, patience: float) -> int:
    """The newest arrival number that is ripe at `seq`."""
    ripe = f"""
        SELECT coalesce(max(seq), 0) FROM arrivals
        WHERE stamp <= (SELECT max(stamp) FROM arrivals WHERE seq <= {seq}) - {number(patience)}"""
    return int(database.rows(ripe)[0][0])
