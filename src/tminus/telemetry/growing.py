"""What counters grew by, by the arrival of the reports: a counter that was quiet for hours and then grows is news of now.

The increment of a gap is dated in its middle (cumulative.py), which is right for rates, and wrong for "was it counted since".
"""

from __future__ import annotations

from collections.abc import Sequence

from tminus.telemetry.arms import among
from tminus.telemetry.database import Database
from tminus.telemetry.model import Growth, Kind, Series


def count_growth(database: Database, series: Sequence[Series], after: int) -> list[Growth]:
    """The increments with arrival numbers above `after`, by counter. Raises StoreError."""
    known = {one.id: one for one in series if one.kind is Kind.COUNTER}
    if not known:
        return []
    rows = database.rows(
        f"""
        WITH grown AS (SELECT series, sum(value) AS added, max(seq) AS newest FROM points
                       WHERE seq > {after} AND value > 0 AND {among(known)} GROUP BY series)
        SELECT series, added, coalesce(arrivals.stamp, (SELECT max(stamp) FROM arrivals), 0)
        FROM grown ASOF LEFT JOIN arrivals ON grown.newest <= arrivals.seq ORDER BY series"""
    )
    return [Growth(known[number].labels, added, at) for number, added, at in rows]


def watched_since(database: Database) -> float:
    """When the file was first opened, in Unix seconds. Raises StoreError."""
    return float(database.rows("SELECT coalesce(max(watching_since), 0) FROM state")[0][0])
