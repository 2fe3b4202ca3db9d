"""A target in the plan's own grammar: `error_rate < 0.1%`, `zero critical_bugs`, `average_bet_size $25..50`."""

from __future__ import annotations

import re
from decimal import Decimal

from tminus.importer.draft import Target
from tminus.importer.metric_names import LONGEST_ID, fit_id, metric_id

_TIMES = {"ms": "ms", "s": "s", "min": "min", "h": "h", "d": "d", "w": "w"}
_SIGNS = ("$", "€", "£", "¥")
_RATES = ("/s", "/min", "/hour", "/day", "/week", "/month")
_DURATION = re.compile(r"\d{1,9}(?:\.\d{1,9})?(?:ms|s|m|h|d|w)")


def criterion_text(target: Target) -> str:
    """The criterion that `tminus.plan.criterion.parse_criterion` reads back to the same number and comparator."""
    name = criterion_metric(target)
    tail = _windows(target)
    if target.comparator == "zero":
        return f"zero {name}{tail}"
    aggregate = f" {target.aggregate}" if target.aggregate else ""
    return f"{name}{aggregate} {_condition(target)}{tail}"


def criterion_metric(target: Target) -> str:
    """The identifier of a target's metric; a unit that the grammar lacks becomes a part of it: `bundle_size_kb`."""
    name = metric_id(target.metric)
    suffix = _suffix(target.unit)
    if not suffix or name.endswith(suffix):
        return name
    return fit_id(name[: LONGEST_ID - len(suffix)].rstrip("_")) + suffix


def plan_unit(target: Target) -> str:
    """What to write as the `unit` of the target's metric; "" for plain counts, and where only a change is known."""
    if target.comparator == "zero" or target.relative or target.unit == "pp":
        return ""
    return "ms" if target.unit == "µs" else target.unit


def _suffix(unit: str) -> str:
    score = unit.startswith("/") and unit[1:].isdigit()
    if (
        not unit
        or unit in ("%", "pp", "µs")
        or unit in _TIMES
        or unit in _SIGNS
        or unit == "CHF"
        or unit in _RATES
        or score
    ):
        return ""
    if unit.startswith("/"):
        return f"_per_{metric_id(unit[1:])}"
    return "_" + {"₹": "inr", "₺": "try", "R$": "brl", "°C": "celsius", "°F": "fahrenheit"}.get(
        unit, metric_id(unit.replace("/", " per "))
    )


def _condition(target: Target) -> str:
    if target.relative:
        return _change(target)
    if target.comparator == "within":
        high = target.number if target.high is None else target.high
        low = min(target.number, high)
        return _between(low, max(target.number, high), target.unit)
    return f"{target.comparator} {_value(target.number, target.unit)}"


def _between(low: float, high: float, unit: str) -> str:
    """`$25..50` and `8..12ms`: the unit once, where people write it."""
    if unit in _SIGNS:
        return f"{unit}{digits(low)}..{digits(high)}"
    return f"{_value(low, unit) if unit in ('CHF', 'µs') else digits(low)}..{_value(high, unit)}"


def _change(target: Target) -> str:
    sign = "-" if target.number < 0 else "+"
    unit = "pp" if target.unit == "pp" else "%"
    implied = "<=" if sign == "-" else ">="
    comparator = "" if target.comparator == implied else f"{target.comparator} "
    return f"{comparator}{sign}{digits(abs(target.number))}{unit} vs baseline"


def _value(number: float, unit: str) -> str:
    written = digits(number)
    if unit in _SIGNS:
        return f"{unit}{written}"
    if unit == "CHF":
        return f"{written} CHF"
    if unit == "µs":
        return f"{digits(number / 1000)}ms"
    if unit in _TIMES or unit in _RATES or unit == "%" or (unit.startswith("/") and unit[1:].isdigit()):
        return f"{written}{unit}"
    return f"{written}%" if unit == "pp" else written


def digits(number: float) -> str:
    """A number in plain digits, never with an exponent: `0.1`, `25000`."""
    text = format(Decimal(f"{number:.15g}"), "f")
    return text.rstrip("0").rstrip(".") if "." in text else text


def _windows(target: Target) -> str:
    over = f" over {target.over}" if _DURATION.fullmatch(target.over) else ""
    return over + (f" for {target.lasting}" if _DURATION.fullmatch(target.lasting) else "")
