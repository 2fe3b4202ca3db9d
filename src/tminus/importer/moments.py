"""Dates, weekdays and times of day: `January 12, 2026`, `12. Januar 2026`, `Friday 9:00 AM EST`."""

from __future__ import annotations

import re
from datetime import date
from functools import lru_cache

from tminus.importer.numbers import plain
from tminus.importer.words_numbers import MONTHS, WEEKDAYS
from tminus.plan.weektime import ABBREVIATIONS

_ISO = re.compile(r"(?<!\d)(\d{4})([-/.])(\d{1,2})\2(\d{1,2})(?!\d)")
_ISO_TIME = re.compile(r"[T ](\d{2}):(\d{2})(?::\d{2}(?:\.\d{1,6})?)?\s?(Z|UTC|[+-]\d{2}:?\d{2})?")
_DOTTED = re.compile(r"(?<![\d.])(\d{1,2})\.\s?(\d{1,2})\.\s?(\d{4})(?!\d)")
_SLASHED = re.compile(r"(?<![\d/])(\d{1,2})([/-])(\d{1,2})\2(\d{4})(?![\d/])")
_DAY_FIRST = re.compile(
    r"\b(\d{1,2})(?:\.|st|nd|rd|th|er|º)?\s(?:de\s|of\s|-)?([^\W\d_]{3,12})\.?,?\s(?:de\s|del\s|do\s)?(\d{4})\b"
)
_MONTH_FIRST = re.compile(r"\b([^\W\d_]{3,12})\.?\s(\d{1,2})(?:st|nd|rd|th)?,?\s(\d{4})\b")
_CLOCK = re.compile(
    r"(?<![\d.:,])(\d{1,2})(?:[:.](\d{2})(?!\d)|h(\d{2})\b)?(?::\d{2})?\s?(a\.?m\.?\b|p\.?m\.?\b|uhr\b|o'clock\b)?",
    re.IGNORECASE,
)
_ZONE = re.compile(r"\s?\(?([A-Z][A-Za-z]{1,14}/[A-Z][A-Za-z_]{2,20}|[A-Z]{3,4})\b")
_NAMED_TIMES = {
    "midnight": (0, 0),
    "noon": (12, 0),
    "mitternacht": (0, 0),
    "mittag": (12, 0),
    "minuit": (0, 0),
    "midi": (12, 0),
}
_EDGES = " .,:;()[]{}\"'*"


def read_date(text: str) -> str:
    """The first date as `2026-01-12`, with `T09:00` where a time is given; "" for none, and for `01/12/2026`."""
    return _date_in(plain(text))


@lru_cache(maxsize=1024)
def _date_in(text: str) -> str:
    if not any(letter.isdigit() for letter in text):
        return ""
    iso = _ISO.search(text)
    if iso:
        said = _date(int(iso[1]), int(iso[3]), int(iso[4]))
        return said and said + _time_behind(text, iso.end())
    for read in (_dotted, _slashed, _day_first, _month_first):
        found, end = read(text)
        if found:
            return found + _time_behind(text, end)
    return ""


def _date(year: int, month: int, day: int) -> str:
    try:
        return date(year, month, day).isoformat() if 1970 <= year <= 2200 else ""
    except ValueError:
        return ""


def _time_behind(text: str, end: int) -> str:
    found = _ISO_TIME.match(text, end)
    if found is None or int(found[1]) > 23 or int(found[2]) > 59:
        return ""
    zone = found[3] or ""
    if len(zone) == 5 and zone[0] in "+-":
        zone = f"{zone[:3]}:{zone[3:]}"
    return f"T{found[1]}:{found[2]}{'Z' if zone == 'UTC' else zone}"


def _dotted(text: str) -> tuple[str, int]:
    found = _DOTTED.search(text)
    return (_date(int(found[3]), int(found[2]), int(found[1])), found.end()) if found else ("", 0)


def _slashed(text: str) -> tuple[str, int]:
    """Day and month by slashes: read only where one of them cannot be a month."""
    found = _SLASHED.search(text)
    if found is None:
        return "", 0
    first, second, year = int(found[1]), int(found[3]), int(found[4])
    if first > 12 or first == second:
        return _date(year, second, first), found.end()
    return (_date(year, first, second), found.end()) if second > 12 else ("", 0)


def _day_first(text: str) -> tuple[str, int]:
    for found in _DAY_FIRST.finditer(text):
        month = MONTHS.get(found[2].lower())
        if month:
            return _date(int(found[3]), month, int(found[1])), found.end()
    return "", 0


def _month_first(text: str) -> tuple[str, int]:
    for found in _MONTH_FIRST.finditer(text):
        month = MONTHS.get(found[1].lower())
        if month:
            return _date(int(found[3]), month, int(found[2])), found.end()
    return "", 0


_YEARLESS = re.compile(
    r"(?:([^\W\d_]{3,12})\.? )?(\d{1,2})(?:\.|st|nd|rd|th)?(?: ([^\W\d_]{3,12})\.?)? ?(?:-|–|—|to|bis|until|till) ?"
    r"(?:([^\W\d_]{3,12})\.? )?(\d{1,2})(?:\.|st|nd|rd|th)?(?: ([^\W\d_]{3,12})\.?)?"
)


def days_between(text: str) -> int:
    """The days of `Sep 1 – Sep 19` or `1.-19. September`, the first and the last counted; 0 where it is no such range.

    No year is given, so February has 28 days unless its 29th is named; a range that ends before it begins goes over
    the end of a year.
    """
    found = _YEARLESS.fullmatch(" ".join(text[:60].split()))
    if found is None:
        return 0
    said = [MONTHS.get(word.lower(), 0) if word else None for word in (found[1] or found[3], found[4] or found[6])]
    low, high = said[0] or said[1], said[1] or said[0]
    if 0 in said or not low or not high:
        return 0
    year = 2004 if (2, 29) in ((low, int(found[2])), (high, int(found[5]))) else 2001
    try:
        begin, end = date(year, low, int(found[2])), date(year, high, int(found[5]))
    except ValueError:
        return 0
    days = (end - begin).days + 1
    return days if days > 0 else (days + 365 if low != high else 0)


def read_weektime(text: str) -> str:
    """A weekday and a time of day as plans write them: `Monday 00:00 UTC`, `Friday`, `09:00 EST`; "" for neither."""
    return _weektime(plain(text))


@lru_cache(maxsize=1024)
def _weektime(text: str) -> str:
    day = next((name for word in text.split()[:60] if (name := _weekday(word))), "")
    return " ".join(part for part in (day, _clock(text)) if part)


def _weekday(word: str) -> str:
    bare = word.strip(_EDGES)
    name = WEEKDAYS.get(bare.lower(), "")
    if not name:
        name = next((WEEKDAYS[part] for part in bare.lower().split("-")[:1] if part in WEEKDAYS and len(part) > 3), "")
    # Short ones are words of their own in other languages: `mon`, `sun`.
    return name if len(bare) > 4 or bare[:1].isupper() else ""


def _clock(text: str) -> str:
    for found in _CLOCK.finditer(text):
        hour, minute, half = int(found[1]), int(found[2] or found[3] or 0), (found[4] or "").replace(".", "").lower()
        dotted = found[2] is not None and text[found.start(2) - 1] == "."
        if not (found[2] or found[3] or half) or (dotted and not half):
            continue
        if half in ("am", "pm"):
            if not 1 <= hour <= 12:
                continue
            hour = hour % 12 + (12 if half == "pm" else 0)
        if hour > 23 or minute > 59:
            continue
        return f"{hour:02}:{minute:02}{_zone(text, found.end())}"
    for word in text.split()[:60]:
        named = _NAMED_TIMES.get(word.strip(_EDGES).lower())
        if named:
            return f"{named[0]:02}:{named[1]:02}"
    return ""


def _zone(text: str, end: int) -> str:
    found = _ZONE.match(text, end)
    name = found[1] if found else ""
    return f" {name}" if "/" in name or name in ABBREVIATIONS else ""
