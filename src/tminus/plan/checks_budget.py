"""Checks of a budget: what is stated for a group or for the whole is the sum of its lines."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from math import isclose

from tminus.plan.around import Budget, BudgetLine
from tminus.plan.findings import Findings
from tminus.plan.model import Plan
from tminus.plan.money import Cost
from tminus.plan.places import Path


@dataclass(frozen=True, slots=True)
class _Sum:
    """From `low` to `high`. `open_end`: it may be more; `partial`: a line has no price yet; one currency or several."""

    low: float = 0.0
    high: float = 0.0
    open_end: bool = False
    partial: bool = False
    priced: bool = False
    currencies: frozenset[str] = frozenset()

    def __add__(self, other: _Sum) -> _Sum:
        return _Sum(
            self.low + other.low,
            self.high + other.high,
            self.open_end or other.open_end,
            self.partial or other.partial,
            self.priced or other.priced,
            self.currencies | other.currencies,
        )


def check_budget(plan: Plan, found: Findings) -> None:
    """Every stated sum against its parts, where the parts can be added."""
    budget = plan.budget
    if budget is None:
        return
    sums: dict[str, _Sum] = {}
    for line in budget.lines:
        sums[line.group] = sums.get(line.group, _Sum()) + _of_line(line, budget)
    for group, stated in budget.groups.items():
        if group in sums:
            _check_sum(("budget", "groups", group), f"the lines of `{group}`", sums[group], stated, found)
    if budget.total is not None:
        stated_groups = [_of_cost(cost) for cost in budget.groups.values()]
        others = [one for group, one in sums.items() if group not in budget.groups]
        what = "the groups" if stated_groups and not others else "the lines"
        _check_sum(("budget", "total"), what, _total(stated_groups + others), budget.total, found)


def _total(parts: Iterable[_Sum]) -> _Sum:
    return sum(parts, _Sum())


def _of_cost(cost: Cost, times: float = 1.0) -> _Sum:
    currencies = frozenset({cost.currency} - {""})
    return _Sum(cost.low * times, cost.high * times, cost.open_end, False, True, currencies)


def _of_line(line: BudgetLine, budget: Budget) -> _Sum:
    """A line as often as it comes; a yearly line in a monthly budget counts a twelfth, and the other way round."""
    if line.cost is None:
        return _Sum(partial=True)
    times = line.times
    if line.per and budget.per and line.per != budget.per:
        times *= 12 if line.per == "month" else 1 / 12
    return _of_cost(line.cost, times)


def _check_sum(path: Path, what: str, summed: _Sum, stated: Cost, found: Findings) -> None:
    if not summed.priced or len(summed.currencies | ({stated.currency} - {""})) > 1 or _fits(summed, stated):
        return
    given = _amount(summed, stated.currency)
    least = "at least " if summed.partial else ""
    message = f"it says {stated}, and {what} give {least}{given}"
    found.warning(path, "budget-sum", message, f"write {given}, or mend a line")


def _fits(summed: _Sum, stated: Cost) -> bool:
    """Equal to the cent; what has no price yet or no upper end may make up for what is missing. One number that lies
    between the ends of a range is an estimate of it."""
    if stated.low == stated.high and summed.low <= stated.low <= summed.high:
        return True
    low = _equal(summed.low, stated.low) or (summed.partial and stated.low > summed.low)
    high = _equal(summed.high, stated.high) or ((summed.partial or summed.open_end) and stated.high > summed.high)
    return low and (high or (stated.open_end and stated.high < summed.high))


def _equal(one: float, other: float) -> bool:
    return isclose(one, other, rel_tol=1e-9, abs_tol=0.005)


def _amount(summed: _Sum, currency: str) -> str:
    ends = [f"{end:,.2f}" if round(end, 2) % 1 else f"{end:,.0f}" for end in (summed.low, summed.high)]
    words = ends[0] if ends[0] == ends[1] else "..".join(ends)
    plus = "+" if summed.open_end else ""
    return f"{words} {currency}{plus}" if len(currency) > 1 else f"{currency}{words}{plus}"
