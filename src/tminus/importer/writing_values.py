"""What a plan's values may be: words of the page are let through where the plan language reads them, and named ids."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from datetime import datetime
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo

from tminus.importer.draft import Cost
from tminus.plan.criterion import Criterion, parse_criterion
from tminus.plan.fields import read_local_time, slug_of
from tminus.plan.money import parse_cost
from tminus.plan.quantity import parse_duration, parse_span
from tminus.plan.weektime import parse_weektime

_LETTERS = str.maketrans({"ß": "ss", "ø": "o", "Ø": "O", "ł": "l", "Ł": "L", "đ": "d", "ı": "i", "æ": "ae", "œ": "oe"})
_OFFSET = re.compile(r"[A-Za-z]")
_CAMEL = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")
_YEAR = re.compile(r"\d{4}-")
_SEVERITIES = {
    "critical": "critical", "high": "high", "medium": "medium", "low": "low", "info": "low", "warning": "medium",
    "sev1": "critical", "sev2": "high", "sev3": "medium", "sev4": "low", "p0": "critical", "p1": "high", "p2": "medium",
    "p3": "low", "p4": "low",
}  # fmt: skip
ROUTINE_TIMES = ("hour", "day", "week", "month", "quarter", "year")


def slug(words: str, limit: int = 40) -> str:
    """An id from words in any script that has Latin letters beneath its marks; empty where nothing is left."""
    words = words[:400]
    if words[:1].islower():
        words = _CAMEL.sub(" ", words)
    plain = unicodedata.normalize("NFKD", words.translate(_LETTERS))
    return slug_of("".join(c for c in plain if not unicodedata.combining(c)).replace("'", ""), limit)


class Names:
    """Things by id in the order in which they come up: the same words give the same id, other words another one."""

    def __init__(self, stem: str) -> None:
        self.stem = stem
        self.entries: dict[str, Any] = {}
        self._ids: dict[str, str] = {}
        self._counts: dict[str, int] = {}

    def id_of(self, words: str, entry: Callable[[], Any] | None = None) -> str:
        """The id for these words; an entry `{title: words}` is made where they are new."""
        folded = " ".join(words.casefold().split())
        known = self._ids.get(folded)
        if known is None:
            stem = slug(words)
            same = self._ids.get(f"\0{stem}") if stem else None
            known = same or self.free(stem or self.stem)
            self._ids[folded] = self._ids[f"\0{stem}"] = known
            if same is None:
                self.entries[known] = entry() if entry else {"title": words}
        return known

    def free(self, stem: str) -> str:
        """An id that is not taken, beginning with `stem`."""
        name = stem
        while name in self.entries:
            # Counted on, not anew from 2: a page may give ten thousand things one name.
            self._counts[stem] = number = self._counts.get(stem, 1) + 1
            name = f"{stem}-{number}"
        return name

    def add(self, stem: str, entry: Any) -> str:
        """Put an entry under a new id even where its words are known already."""
        name = self.free(slug(stem) or self.stem)
        self.entries[name] = entry
        return name


def _readable(parse: Callable[[str], Any], text: str) -> Any:
    try:
        return parse(text)
    except (ValueError, OverflowError):
        return None


@lru_cache(maxsize=4096)
def duration(text: str) -> str:
    """The text where it is a length of time above zero, else empty."""
    found = _readable(parse_duration, text) if text else None
    return text.strip() if found is not None and found.seconds > 0 else ""


@lru_cache(maxsize=4096)
def span(text: str) -> str:
    """The text where it is a length of time or a range of them (`1w..2w`), else empty."""
    found = _readable(parse_span, text) if text else None
    return text.strip() if found is not None and found.shortest.seconds > 0 else ""


def moment(text: str) -> str:
    """The text where it is a local date and time, else empty."""
    return text.strip() if text and isinstance(_readable(read_local_time, text.strip()), datetime) else ""


@lru_cache(maxsize=4096)
def start(text: str) -> str:
    """The text where it is a date, an offset such as +3d, or a weekday and time; else empty."""
    words = text.strip()
    if words.startswith("+"):
        return words if _OFFSET.search(words) and _readable(parse_duration, words[1:]) is not None else ""
    return moment(words) if _YEAR.match(words) else weektime(words)


def weektime(text: str) -> str:
    """The text where it is a weekday and a time of day or one of them, else empty."""
    return text.strip() if text.strip() and _readable(parse_weektime, text) is not None else ""


def timezone(text: str) -> str:
    """The text where it is a name of the IANA database, else empty."""
    try:
        return text if text and ZoneInfo(text) else ""
    except (KeyError, ValueError, OSError):
        return ""


@lru_cache(maxsize=8192)
def criterion(text: str) -> Criterion | None:
    """What a criterion says; None where the plan language cannot read it."""
    found = _readable(parse_criterion, text) if text else None
    times = [one for one in (found.window, found.hold_for) if one is not None] if found else []
    return None if any(one.seconds <= 0 for one in times) else found


def severity(text: str) -> str:
    """The plan's word for how loud an alert is, or how much a task matters; empty where it is none."""
    return _SEVERITIES.get(text.strip().casefold().replace("-", "").replace(" ", ""), "")


def minutes(number: float) -> str:
    """Minutes as a duration: `15m`, `90s`."""
    return f"{number:.15g}m" if number * 10 % 1 == 0 and "e" not in f"{number:.15g}" else f"{number * 60:.0f}s"


def number_text(number: float) -> str:
    """A number in full, without an exponent."""
    return f"{number:.15g}" if "e" not in f"{number:.15g}" else f"{number:.6f}".rstrip("0").rstrip(".")


def cost(of: Cost) -> str:
    """A budget line's price as a plan writes it: `$25..200+`; empty where there is none or the currency is unknown."""
    if of.low is None:
        return ""
    text = _amount(of.low, of.currency)
    if of.low == 0 and of.high in (None, 0.0):
        return "free"
    if of.high is not None and of.high != of.low:
        # The currency once: `$25..200`, and `25..200 CHF` where it stands behind.
        symbol = len(of.currency) == 1
        text = f"{text if symbol else number_text(of.low)}..{_amount(of.high, '' if symbol else of.currency)}"
    text += "+" if of.open_end else ""
    return text if _readable(parse_cost, text) is not None else ""


def _amount(number: float, currency: str) -> str:
    amount = number_text(number)
    return f"{currency}{amount}" if len(currency) == 1 else f"{amount} {currency}".rstrip()
