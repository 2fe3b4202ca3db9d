"""Quantities told in words, put in digits: `half an hour`, `eine Viertelstunde`, `9 in 10 people`, `4 Stunden lang`."""

from __future__ import annotations

import re

from tminus.importer.numbers import LOOKED_AT

_HALF_HOUR = (
    r"half an hour|half-hour|(?:einer?\s)?halben?\sstunde|(?:une\s)?demi-heure|(?:una\s)?media hora|(?:uma\s)?meia[- ]hora"
    r"|(?:una\s)?mezz['’]?\s?ora|een half uur|yarım saat|pół godziny"
)
_QUARTER_HOUR = (
    r"(?:a\s)?quarter of an hour|(?:einer?\s)?viertelstunde|un quart d['’]heure|un cuarto de hora|um quarto de hora"
    r"|un quarto d['’]ora|een kwartier|çeyrek saat|kwadrans"
)
_SPANS = re.compile(rf"(?<!\w)(?:(?P<half>{_HALF_HOUR})|(?P<quarter>{_QUARTER_HOUR}))(?!\w)", re.IGNORECASE)
_SPAN_HINT = re.compile("half|halb|demi|media h|meia|mezz|yarım|pół |quart|kwart|kwadr|çeyrek|viertel", re.IGNORECASE).search
# `for an hour`, `within a day`: one of it. `twice a day` has no such word before it.
_ONE = re.compile(r"(?<!\w)(for|over|within|than|in|lasts?)\s(?:an?|one)\s(hour|minute|day|week|second)(?!\w)", re.IGNORECASE)
_OUT_OF = re.compile(
    r"(?<![\w.,/])(\d{1,3})\s(?:in|out of|of|von|sur|de cada|em cada|su|op de|na)\s(?:every\s)?(10|20|100)(?=\s[^\W\d_]{3})"
)


def with_digits(text: str) -> str:
    """The part of a line that is looked at, its spans and shares in digits: `for 30 minutes`, `90% of people`."""
    if len(text) > LOOKED_AT:
        text = text[:LOOKED_AT]
    if _SPAN_HINT(text):
        text = _SPANS.sub(lambda found: "30 minutes" if found["half"] else "15 minutes", text)
    if " a" in text or " one " in text:
        text = _ONE.sub(r"\1 1 \2", text)
    return _OUT_OF.sub(_share, text) if "0 " in text else text


def _share(found: re.Match[str]) -> str:
    """`9 in 10 people` is 90 % of them; `15 of 10` and `1 in 100` are none that is aimed at."""
    part, whole = int(found[1]), int(found[2])
    return f"{part * 100 // whole}% of" if whole / 2 <= part < whole and part * 100 % whole == 0 else found[0]
