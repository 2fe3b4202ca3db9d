"""Numbers as people write them: `1,000`, `1.000`, `0,1 %`, `10k`, `$25-50`, `8-12`, `200+ new users/day`, `½`."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache, lru_cache

from tminus.importer.words_numbers import (
    BYTES,
    CURRENCIES,
    EACH,
    FACTORS,
    PERCENT,
    PERCENT_PAIRS,
    POINT_PAIRS,
    POINTS,
    RATES,
    STARS,
    TIME_UNITS,
)

LOOKED_AT = 500  # characters of a line that are read: what comes after them is prose, or hostile
_MOST = 12  # numbers of a line that are read

DIGITS = r"(?:\d{1,3}(?:[,.'’ ]\d{3})+(?![\d%])(?:[.,]\d{1,9})?|\d{1,15}(?:[.,]\d{1,9})?|[½¼¾])"
_AMOUNT = re.compile(
    rf"""
    (?<![\w/\#@.,])(?<!\d:)
    (?:(?P<sign>(?<![-+\d]) [+\-−±]|(?<![^\s(:])–(?=\d) ) )?
    (?P<money>(?:US|R)?[$€£¥₹₺]\s?|(?:USD|EUR|GBP|CHF|TRY|PLN|JPY|BRL|INR|CAD|AUD)\s)?
    (?P<percent>%\s?)?
    (?<![^\W\d_]-)(?<!\d-)(?P<number>{DIGITS})
    (?P<first>%|ms|min|[kKMshd](?![^\W_]))?
    (?:\s?(?:-|–|—|−|\.{{2,3}}|…|\s(?:to|bis|à|a|tot|do|até|hasta|ila)\s)\s?(?P<money2>[$€£¥₹₺]\s?)?(?P<high>{DIGITS})
    |\s?(?P<mid>%|€|£|\$|₺|zł|EUR|CHF|PLN|USD|TL|ms|min|s|h)\s?(?:-|–|—|−|\s(?:to|bis|à|a|tot|do|até|hasta|ila)\s)\s?(?P<high2>{DIGITS})(?=\s?(?P=mid)))?
    (?![\d½]|[.,:]\d|-\d|/\d{{1,3}}/\d)
    """,
    re.VERBOSE,
)
_WORD = re.compile(r"(\s?)(%\s?points?\b|[%‰$€£₺₹]|°[CF]\b|[^\W\d_]+(?:/[^\W\d_]+)?)")
_SCORE = re.compile(r"\s?(?:/|\s(?:out of|von|sur|su|de|van de|üzerinden)\s)\s?(\d{1,3})(?![\d/]|[.,]\d)")
PER = re.compile(rf"(?:/|\b(?:{'|'.join(sorted(EACH))})\s)\s?([^\W\d_]+)")
# `4.4 of 5`: only behind a fraction, for `3 of 5 stores` is no score.
_SCORE_OF = re.compile(r"\s(?:of|em|na|op|z|van|di|de|sobre|üzerinden)\s(5|10)(?![\d/%]|[.,]\d|\s?%)")
_TIMES = re.compile(r"\s?[x×](?!\w)")
_SUFFIX = re.compile(r"['’][^\W\d_]{1,5}")  # Turkish: 200 ms'den, %1'in
_HALVES = {"½": 0.5, "¼": 0.25, "¾": 0.75}
_SPACES = str.maketrans(
    {
        "\u00a0": " ",
        "\u202f": " ",
        "\u2009": " ",
        "\t": " ",
        "＜": "<",
        "＞": ">",
        "％": "%",
        "\u2007": " ",
        "\u2008": " ",
        "\u200a": " ",
        "\u2010": "-",
        "\u2011": "-",
        "\ufe63": "-",
        "\u200b": None,
        "\ufeff": None,
    }
)


@dataclass(frozen=True, slots=True)
class Amount:
    """A number at `start..end` of a text, with what it counts. `value` and `high` are in `unit`."""

    start: int
    end: int
    value: float
    high: float | None
    unit: str  # %, pp, ms, s, min, h, d, w, $, €, /day, /5, MB, x, "" for a plain count
    sign: str = ""  # + or -
    plus: bool = False  # `200+`
    per: str = ""  # `day`, where `unit` cannot say it: `$10K per month`
    doubt: str = ""
    adjective: bool = False  # `7-day`


def plain(text: str) -> str:
    """The part of a line that is looked at, with one kind of space and of comparison signs."""
    text = text[:LOOKED_AT]
    return text if text.isascii() and "\t" not in text and "&" not in text else _plain(text)


def _plain(text: str) -> str:
    if "&" in text:
        text = text.replace("&lt;", "<").replace("&gt;", ">").replace("&le;", "≤").replace("&ge;", "≥")
    return text.translate(_SPACES)


def read_number(text: str, unit: str = "") -> tuple[float, str]:
    """The value of one written number, and a doubt about it. `unit` decides whether `1.000` is one or a thousand."""
    if text in _HALVES:
        return _HALVES[text], ""
    text = text.replace(" ", "").replace("'", "").replace("’", "")
    if not ("," in text or "." in text):
        return float(text), ""
    comma, dot = text.rfind(","), text.rfind(".")
    if comma >= 0 and dot >= 0:
        grouping = "," if comma < dot else "."
        return float(text.replace(grouping, "").replace(",", ".")), ""
    mark = "," if comma >= 0 else "."
    groups = text.split(mark)
    if len(groups) > 2:
        return float("".join(groups)), ""
    return _one_mark(groups[0], groups[1], mark, unit)


def _one_mark(whole: str, rest: str, mark: str, unit: str) -> tuple[float, str]:
    """`1,000` is a thousand, `99.999 %` is not, and `1.000` depends."""
    if len(rest) != 3 or whole.startswith("0") or unit == "%" or unit.startswith("/5") or len(whole) > 3:
        return float(f"{whole}.{rest}"), ""
    if mark == "." and unit in ("s", "min", "h", "d"):
        return float(f"{whole}.{rest}"), ""
    thousand = float(whole + rest)
    return thousand, "" if mark == "," else f"{whole}.{rest} is read as {thousand:,.0f}"


def find_amounts(text: str) -> list[Amount]:
    """The numbers of a text, in its order; those that are a part of a name, a date or a version are none."""
    return list(_found(text[:LOOKED_AT]))


@lru_cache(maxsize=2048)
def _found(text: str) -> tuple[Amount, ...]:
    found: list[Amount] = []
    for match in _AMOUNT.finditer(text):
        found.append(_amount(text, match))
        if len(found) == _MOST:
            break
    return tuple(found)


@cache
def _currency(mark: str) -> str:
    return CURRENCIES.get(mark, CURRENCIES.get(mark.lower(), ""))


def _amount(text: str, match: re.Match[str]) -> Amount:
    sign, money, percent, number, first, money2, high, _, repeated = match.groups()
    high = high or repeated  # `3.500 € bis 5.000 €`
    end = match.end()
    factor = FACTORS.get(first, 1.0) if first is not None else 1.0
    unit = "%" if percent is not None else first if first is not None and first not in FACTORS else ""
    low_factor, factor = factor, 1.0 if high else factor
    plus = text.startswith("+", end)
    end += plus
    if money or money2:
        unit = _currency((money or money2).strip())
        factor, end = (factor, end) if factor != 1.0 else _factor(text, end)
    if not unit and factor == 1.0:
        factor, end = _factor(text, end)
        plus, end = _plus(text, end, plus)
    adjective = False
    if not unit or high:
        unit, end, adjective = _unit(text, end, unit)
    plus, end = _plus(text, end, plus)
    suffix = _SUFFIX.match(text, end)
    unit, per, end = _per(text, suffix.end() if suffix else end, unit)
    if unit in _LONG:
        scale, unit = _LONG[unit]
        factor *= scale
        low_factor = scale if high else low_factor
    value, doubt = read_number(number, unit)
    upper = None if high is None else read_number(high, unit)[0] * factor
    value *= low_factor if high is not None and low_factor != 1.0 else factor
    sign = "" if sign is None or sign == "±" else "+" if sign == "+" else "-"
    return Amount(match.start(), end, value, upper, unit, sign, plus, per, doubt, adjective)


def _plus(text: str, end: int, plus: bool) -> tuple[bool, int]:
    """Whether a number is open upwards (`80%+`), and where it ends then."""
    return (True, end + 1) if not plus and text.startswith("+", end) else (plus, end)


_LONG = {"mo": (30.0, "d"), "q": (90.0, "d"), "y": (365.0, "d"), "sprint": (2.0, "w"), "‰": (0.1, "%")}


def _factor(text: str, end: int) -> tuple[float, int]:
    """`10k`, `2M`, `3 million`: the factor, and where it ends."""
    word = _WORD.match(text, end)
    if word is None:
        return 1.0, end
    name = word.group(2)
    if name in FACTORS and (not word.group(1) or len(name) > 1):
        return FACTORS[name], word.end()
    return 1.0, end


def _unit(text: str, end: int, unit: str) -> tuple[str, int, bool]:
    """The unit that follows a number at `end`, where it ends, and whether it makes an adjective (`7-day`)."""
    word = _WORD.match(text, end)
    if word is None:
        if text.startswith("-", end):
            word = _WORD.match(text, end + 1)
            name = word.group(2).lower() if word else ""
            if word and name in TIME_UNITS:
                return TIME_UNITS[name], word.end(), True
        if not unit:
            score = _score(text, end)
            if score:
                return f"/{int(score.group(1))}", score.end(), False
            times = _TIMES.match(text, end)
            if times:
                return "x", times.end(), False
        return unit, end, False
    written = word.group(2)
    stop = word.end()
    if "/" in written and written.lower() not in RATES and written.partition("/")[0].lower() not in BYTES:
        written = written.partition("/")[0]
        stop = word.start(2) + len(written)
    name = written.lower()
    if name == "%" and unit in ("", "%"):
        return "%", stop, False
    if name in POINTS or name.startswith("% point"):
        return "pp", stop, False
    known = _named_unit(name, written, bool(word.group(1)))
    if known:
        return known, stop + text.startswith(".", stop) * (len(name) <= 4), False
    following = _WORD.match(text, word.end())
    pair = f"{name} {following.group(2).lower()}" if following else ""
    if following and pair in PERCENT_PAIRS:
        return "%", following.end(), False
    if following and pair in POINT_PAIRS:
        return "pp", following.end(), False
    score = _score(text, end)
    if score and not unit:
        return f"/{int(score.group(1))}", score.end(), False
    if name in ("x", "×") and not unit:
        return "x", stop, False
    return unit, end, False


def _score(text: str, end: int) -> re.Match[str] | None:
    """`4.4/5`, `4,4 von 5`, `4.4 of 5` behind the first number, that ends at `end`."""
    return _SCORE.match(text, end) or (_SCORE_OF.match(text, end) if text[max(end - 2, 0) : end - 1] in ".," else None)


def _named_unit(name: str, written: str, spaced: bool) -> str:
    """The unit of one word; a single letter after a space is one only where it is the usual abbreviation."""
    if name in PERCENT:
        return "%"
    if name in BYTES and written != "mo":
        return BYTES[name]
    if name in TIME_UNITS:
        short = len(name) == 1
        if short and (written != name or (spaced and name not in "shd")):
            return ""
        return TIME_UNITS[name]
    if name == "m" and written == "m" and not spaced:
        return "min"
    if name[0] in "°‰":
        return written
    if name == "µs" or name == "μs":
        return "µs"
    if name in STARS:
        return "/5"
    if name in RATES:
        return RATES[name]
    if name in CURRENCIES:
        return CURRENCIES[name]
    head, _, tail = name.partition("/")
    if tail in TIME_UNITS and head:
        return _named_unit(head, head, spaced) if head in BYTES else ""
    return ""


_RATE_WORDS = {"s": "s", "min": "min", "h": "hour", "d": "day", "w": "week", "mo": "month", "q": "quarter", "y": "year"}


def _per(text: str, end: int, unit: str) -> tuple[str, str, int]:
    """`/day`, `new users/day`, `requests per second`: the unit, the time it is per, and where that ends."""
    found = PER.search(text, end, end + 48)
    if found is None:
        return unit, "", end
    time = TIME_UNITS.get(found.group(1).lower(), "")
    between = text[end : found.start()].split()
    if time not in _RATE_WORDS or len(between) > 3 or not all(word.replace("-", "").isalpha() for word in between):
        return unit, "", end
    if unit == "":
        # What is counted stays to be read as a part of the metric; the rate is taken off behind it.
        return f"/{_RATE_WORDS[time]}", "", end if between else found.end()
    if between:
        return unit, "", end
    return unit, _RATE_WORDS[time], found.end()
