"""How many and where, in the same words everywhere: `15 % of users in Europe and Canada`."""

from __future__ import annotations

from collections.abc import Sequence

from tminus.plan.model import Plan
from tminus.plan.quantity import format_percent

_MOST_NAMED = 3


def region_names(plan: Plan, regions: Sequence[str]) -> list[str]:
    """The regions by their titles."""
    return [known.title or name if (known := plan.regions.get(name)) else name for name in regions]


def place_words(plan: Plan, regions: Sequence[str]) -> str:
    """`in Europe and Canada`, `in 5 regions`; empty for everywhere."""
    names = region_names(plan, regions)
    if not names:
        return ""
    if len(names) > _MOST_NAMED:
        return f"in {len(names)} regions"
    return f"in {', '.join(names[:-1])} and {names[-1]}" if len(names) > 1 else f"in {names[0]}"


def reach_words(plan: Plan, share: float, regions: Sequence[str], cohorts: Sequence[str] = ()) -> str:
    """`15 % of users`, `15 % of users in Europe and staff`, `staff` where nobody else has it."""
    some = " ".join(filter(None, (f"{format_percent(share)} of users", place_words(plan, regions))))
    return " and ".join(filter(None, (some if share > 0 or not cohorts else "", ", ".join(cohorts))))
