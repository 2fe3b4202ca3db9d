"""Names and labels interned as integers, with a bound on how many.

One label with user ids in it would otherwise make a series a user, and fill memory and disk. Rows of series beyond the
bound are dropped and counted, so that what was known before keeps working.
"""

from __future__ import annotations

from collections.abc import Iterable

from tminus.plan.selector import Selector
from tminus.telemetry.model import Kind, Labels, Series

_CACHED_SELECTORS = 1000


class SeriesIndex:
    """All series. One thread (the writer) adds and removes; any thread may ask."""

    def __init__(self, known: Iterable[Series], limit: int) -> None:
        self._limit = limit
        self._by_key: dict[tuple[str, Kind, Labels], Series] = {}
        self._by_name: dict[str, tuple[Series, ...]] = {}
        self._matched: dict[Selector, tuple[Series, ...]] = {}
        self._next_id = 1
        self.staged: dict[tuple[str, Kind, Labels], Series] = {}
        self._add(known)

    def __len__(self) -> int:
        return len(self._by_key)

    @property
    def crowded(self) -> bool:
        """Whether so many series are known that forgetting those without rows is worth a scan."""
        return len(self._by_key) * 2 > self._limit

    def intern(self, name: str, kind: Kind, labels: Labels) -> int | None:
        """The id of a series, a new one if need be; None when the bound is reached."""
        key = (name, kind, labels)
        known = self._by_key.get(key) or self.staged.get(key)
        if known is not None:
            return known.id
        if len(self._by_key) + len(self.staged) >= self._limit:
            return None
        self.staged[key] = Series(self._next_id + len(self.staged), name, kind, labels)
        return self.staged[key].id

    def commit(self) -> None:
        """The staged series are on disk: from now on questions see them."""
        staged, self.staged = self.staged, {}
        self._add(staged.values())

    def rollback(self) -> None:
        """The staged series are not on disk."""
        self.staged = {}

    def keep(self, ids: set[int]) -> None:
        """Forget all series but these: the rows of the others have been deleted."""
        kept = [series for series in self._by_key.values() if series.id in ids]
        self._by_key, self._by_name = {}, {}
        self._add(kept)

    def matching(self, selector: Selector) -> tuple[Series, ...]:
        """The series that a selector means. Remembered until a series comes or goes."""
        matched = self._matched
        found = matched.get(selector)
        if found is None:
            candidates = self._by_name.get(selector.name, ())
            found = tuple(series for series in candidates if selector.matches(series.name, dict(series.labels)))
            if len(matched) < _CACHED_SELECTORS:
                matched[selector] = found
        return found

    def listing(self, prefix: str = "") -> list[Series]:
        """All series whose name starts with `prefix`, by name and labels."""
        return sorted(
            (series for name, group in list(self._by_name.items()) if name.startswith(prefix) for series in group),
            key=lambda series: (series.name, series.labels),
        )

    def _add(self, added: Iterable[Series]) -> None:
        grown: dict[str, list[Series]] = {}
        for series in added:
            self._by_key[series.name, series.kind, series.labels] = series
            grown.setdefault(series.name, []).append(series)
            self._next_id = max(self._next_id, series.id + 1)
        for name, more in grown.items():
            self._by_name[name] = (*self._by_name.get(name, ()), *more)
        # A new dict, not clear(): a reader that is matching right now keeps writing into the old one.
        self._matched = {}
