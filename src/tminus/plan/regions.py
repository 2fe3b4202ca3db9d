"""Regions as sets of countries: what a stage's regions come to once groups of groups are written out."""

from __future__ import annotations

from collections.abc import Iterable

from tminus.plan.model import Plan


def countries_of(plan: Plan, names: Iterable[str]) -> frozenset[str] | None:
    """The countries of these regions together; None for everywhere. Unknown names add nothing, circles end."""
    left, seen, countries = list(names), set[str](), set[str]()
    if not left:
        return None
    while left:
        name = left.pop()
        region = plan.regions.get(name)
        if name in seen or region is None:
            continue
        seen.add(name)
        if region.everywhere:
            return None
        countries.update(region.countries)
        left.extend(region.regions)
    return frozenset(countries)
