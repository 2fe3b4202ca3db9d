"""Durations and quantities as people write them in a plan: `2m`, `1w..2w`, `99.9%`, `500ms`, `50/day`, `$25`, `4.5/5`.

Inside T-minus every value is a float in the base unit of its dimension: seconds, a fraction for `%`, events per
second for rates, plain numbers otherwise. The text a person wrote is kept beside it, and shown.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from enum import StrEnum


class Dimension(StrEnum):
    """What kind of thing a number measures; two values compare only within one dimension."""

    RATIO = "ratio"  # 1.0 is 100 %
    TIME = "time"  # seconds
    RATE = "rate"  # per second
    COUNT = "count"
    MONEY = "money"
    SCORE = "score"  # 4.5 of 5 is 4.5


@dataclass(frozen=True, slots=True)
class Duration:
    """A span of time in seconds, with the words the plan used for it."""

    seconds: float
    text: str

    def __str__(self) -> str:
        return self.text


@dataclass(frozen=True, slots=True)
class Span:
    """A duration that may be a range (`1w..2w`): at least `shortest`, at most `longest`."""

    shortest: Duration
    longest: Duration

    def __str__(self) -> str:
        if self.shortest == self.longest:
            return self.shortest.text
        return f"{self.shortest.text}..{self.longest.text}"


@dataclass(frozen=True, slots=True)
class Quantity:
    """A number with its dimension, in base units; `scale` is 5 for `4.5/5`, `currency` is `$` for `$25`."""

    value: float
    dimension: Dimension
    text: str
    scale: float | None = None
    currency: str = ""

    def __str__(self) -> str:
        return self.text


_MINUTE, _HOUR, _DAY, _WEEK = 60.0, 3600.0, 86400.0, 604800.0
_UNITS = {
    **dict.fromkeys(("ms", "millisecond", "milliseconds"), 0.001),
    **dict.fromkeys(("s", "sec", "secs", "second", "seconds"), 1.0),
    **dict.fromkeys(("m", "min", "mins", "minute", "minutes"), _MINUTE),
    **dict.fromkeys(("h", "hr", "hrs", "hour", "hours"), _HOUR),
    **dict.fromkeys(("d", "day", "days"), _DAY),
    **dict.fromkeys(("w", "wk", "week", "weeks"), _WEEK),
}
_RATE_UNITS = _UNITS | {"month": 30 * _DAY}
_NUMBER = r"[+-]?(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d+)?"
_PART = re.compile(r"\s*(\d{1,3}(?:,\d{3})+|\d+(?:\.\d+)?)\s*([A-Za-z]+)")
_PERCENT = re.compile(rf"({_NUMBER})\s*%")
_RATE = re.compile(rf"({_NUMBER})\s*([kKM]?)\s*(?:/|\s*per\s+)\s*([A-Za-z]+)")
_SCORE = re.compile(rf"({_NUMBER})\s*(?:/|\s+of\s+)\s*(\d+(?:\.\d+)?)")
_MONEY = re.compile(rf"(-?)([$€£¥])\s*({_NUMBER})\s*([kKM]?)|({_NUMBER})\s*([kKM]?)\s*(USD|EUR|GBP|JPY|CHF)")
_COUNT = re.compile(rf"({_NUMBER})\s*([kKM]?)")
_FACTORS = {"": 1.0, "k": 1e3, "K": 1e3, "M": 1e6}
_LONGEST = 100 * 366 * _DAY  # a century: beyond it a number is a slip of the pen, and dates overflow


def parse_duration(text: str) -> Duration:
    """Read `2m`, `1h30m`, `250ms`, `2 weeks`. Raises ValueError with one line on anything else."""
    stripped = text.strip()
    seconds, position = 0.0, 0
    while position < len(stripped):
        part = _PART.match(stripped, position)
        if part is None:
            raise ValueError(_not_a_duration(stripped))
        seconds += _number(part.group(1)) * _unit_seconds(part.group(2), stripped)
        position = part.end()
    if not stripped:
        raise ValueError("a duration is missing: write one such as 90s, 10m, 2h, 1d or 1w")
    if seconds > _LONGEST:
        raise ValueError(f"{_short(stripped)} is longer than a century")
    return Duration(seconds, stripped)


def parse_span(text: str) -> Span:
    """Read `2w` or `1w..2w`. Raises ValueError where the end comes before the start."""
    first, dots, last = text.strip().partition("..")
    shortest = parse_duration(first)
    longest = parse_duration(last) if dots else shortest
    if longest.seconds < shortest.seconds:
        raise ValueError(f"{_short(text)} ends before it starts: write {longest.text}..{shortest.text}")
    return Span(shortest, longest)


def parse_quantity(text: str) -> Quantity:
    """Read `99.9%`, `500ms`, `50/day`, `$25`, `4.5/5`, `1,000` or `10k`. Raises ValueError with one line otherwise."""
    stripped = text.strip()
    for read in (_percent, _score, _rate, _money, _count, _time):
        found = read(stripped)
        if found is not None:
            if not math.isfinite(found.value):
                raise ValueError(f"{_short(stripped)} is too large")
            return found
    raise ValueError(f"{_short(stripped)} is no value: write one such as 0.1%, 500ms, 50/day, $25, 4.5/5 or 1,000")


def _percent(text: str) -> Quantity | None:
    found = _PERCENT.fullmatch(text)
    # Divided, not multiplied by 0.01: 0.1 % must be the float that 0.001 is.
    return Quantity(_number(found.group(1)) / 100, Dimension.RATIO, text) if found else None


def _score(text: str) -> Quantity | None:
    found = _SCORE.fullmatch(text)
    if found is None:
        return None
    value, scale = _number(found.group(1)), float(found.group(2))
    if not (0 <= value <= scale and scale > 0):
        raise ValueError(f"{_short(text)} is a score outside its scale of 0 to {scale:g}")
    return Quantity(value, Dimension.SCORE, text, scale=scale)


def _rate(text: str) -> Quantity | None:
    found = _RATE.fullmatch(text)
    if found is None:
        return None
    seconds = _RATE_UNITS.get(found.group(3))
    if seconds is None:
        raise ValueError(f"{_short(text)} has no known unit of time: write /s, /min, /h, /day, /week or /month")
    return Quantity(_number(found.group(1)) * _FACTORS[found.group(2)] / seconds, Dimension.RATE, text)


def _money(text: str) -> Quantity | None:
    found = _MONEY.fullmatch(text)
    if found is None:
        return None
    sign, symbol, amount, factor, plain_amount, plain_factor, code = found.groups()
    value = _number(amount or plain_amount) * _FACTORS[factor or plain_factor or ""]
    return Quantity(-value if sign else value, Dimension.MONEY, text, currency=symbol or code)


def _count(text: str) -> Quantity | None:
    found = _COUNT.fullmatch(text)
    return Quantity(_number(found.group(1)) * _FACTORS[found.group(2)], Dimension.COUNT, text) if found else None


def _time(text: str) -> Quantity | None:
    return Quantity(parse_duration(text).seconds, Dimension.TIME, text) if _PART.match(text) else None


def _number(text: str) -> float:
    return float(text.replace(",", ""))


def _unit_seconds(unit: str, text: str) -> float:
    seconds = _UNITS.get(unit)
    if seconds is None and unit.lower() in ("mo", "month", "months", "y", "year", "years"):
        raise ValueError(f"{_short(text)}: months and years differ in length; write days or weeks, such as 30d")
    if seconds is None:
        raise ValueError(f"{_short(text)}: {_short(unit)} is no unit of time; write ms, s, m, h, d or w")
    return seconds


def _not_a_duration(text: str) -> str:
    if re.fullmatch(r"\d+(?:\.\d+)?", text):
        return f"{_short(text)} has no unit: write {text[:12]}s, {text[:12]}m, {text[:12]}h or {text[:12]}d"
    if re.match(r"-\s*\d", text):
        return f"{_short(text)} is negative: a duration is above zero"
    return f"{_short(text)} is no duration: write one such as 90s, 10m, 2h, 1d or 1w"


def _short(text: str) -> str:
    """A piece of somebody's text that cannot flood a line."""
    return text if len(text) <= 60 else text[:57] + "..."


def format_duration(seconds: float) -> str:
    """Say a duration in its two largest units: `310 ms`, `1.5 s`, `4 h 10 min`, `6 d 2 h`, `2 w`."""
    if seconds < 0:
        return f"-{format_duration(-seconds)}"
    if 0 < seconds < 0.9995:
        return f"{_digits(seconds * 1000)} ms"
    if seconds < 59.95:
        return f"{_digits(seconds)} s"
    steps = ((_WEEK, "w", _DAY, "d"), (_DAY, "d", _HOUR, "h"), (_HOUR, "h", _MINUTE, "min"), (_MINUTE, "min", 1.0, "s"))
    for large, name, small, small_name in steps:
        whole = round(seconds / small) * small
        if whole >= large:
            count, rest = divmod(round(whole / small), round(large / small))
            return f"{count} {name}" + (f" {rest} {small_name}" if rest else "")
    return f"{_digits(seconds)} s"


def format_quantity(value: float, dimension: Dimension, *, currency: str = "", scale: float | None = None) -> str:
    """Say a value of base units as people read it: `0.12 %`, `310 ms`, `50/day`, `$25`, `4.5/5`, `1,234`."""
    if not math.isfinite(value):
        return str(value)
    match dimension:
        case Dimension.RATIO:
            return f"{_digits(value * 100)} %"
        case Dimension.TIME:
            return format_duration(value)
        case Dimension.RATE:
            return _format_rate(value)
        case Dimension.MONEY:
            amount = _digits(abs(value)) if currency else _digits(value)
            symbol = len(currency) == 1
            sign = "-" if value < 0 and currency else ""
            return f"{sign}{currency}{amount}" if symbol else f"{sign}{amount} {currency}".rstrip()
        case Dimension.SCORE:
            return f"{_digits(value)}/{scale:g}" if scale else _digits(value)
        case Dimension.COUNT:
            return _digits(value)


def format_percent(share: float) -> str:
    """Say a share of users as people read it: `15 %`, `0.5 %`, `33.3 %`."""
    return format_quantity(share, Dimension.RATIO)


def percent_text(share: float) -> str:
    """A share (0..1) as a plan writes it: `12.5%`."""
    return f"{share * 100:.6g}%"


def _format_rate(per_second: float) -> str:
    """`50/day` and not `2.08/h`: the shortest time that gives a whole number, else the shortest that gives 1 or more."""
    units = ((1.0, "s"), (_MINUTE, "min"), (_HOUR, "h"), (_DAY, "day"), (_WEEK, "week"))
    counts = [(per_second * seconds, name) for seconds, name in units]
    enough = [(count, name) for count, name in counts if abs(count) >= 0.9995] or counts[-1:]
    whole = [(count, name) for count, name in enough if abs(count - round(count)) < 1e-6]
    count, name = counts[0] if per_second == 0 else (whole or enough)[0]
    return f"{_digits(count)}/{name}"


def _digits(value: float) -> str:
    """Three significant digits, whole numbers in full; between 99 and 100 (an uptime) three decimals."""
    size = abs(value)
    if size == 0:
        return "0"
    if size >= 100 or value == round(value):
        return f"{value:,.0f}"
    decimals = 3 if size >= 99 else 2 - math.floor(math.log10(size))
    text = f"{value:.{min(max(decimals, 0), 15)}f}"
    return (text.rstrip("0").rstrip(".") if "." in text else text) or "0"
