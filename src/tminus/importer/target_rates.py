"""How often, and for how long, where it stands before a number or behind it: `Günlük 300 yeni üye`, `500 orders daily`."""

from __future__ import annotations

import re

from tminus.importer.metric_names import metric_name
from tminus.importer.numbers import Amount
from tminus.importer.target_tails import Tail, duration_at
from tminus.importer.words_numbers import ADVERBS

_RATE_BEFORE = {
    word: f"/{time}"
    for time, words in (
        ("day", "günlük günde daily täglich dagelijks dziennie diariamente quotidiennement"),
        ("week", "haftalık haftada weekly wöchentlich wekelijks tygodniowo"),
        ("month", "aylık ayda monthly monatlich maandelijks miesięcznie"),
    )
    for word in words.split()
}
_RATE_BEHIND = {"1d": "/day", "7d": "/week", "30d": "/month"}
_LASTS = re.compile(
    r"(?:(?<!\w)(?:for|für|pendant|durant|durante|gedurende|przez|por)\s)?(?<![\w.,])(?P<number>\d{1,4})\s?(?P<unit>[^\W\d_]{1,12})"
    r"\s(?:lang|long|boyunca|straight|in a row|am Stück|hintereinander|de suite|seguidos|seguidas|consecutivi)(?!\w)"
    r"|(?<!\w)(?:for|für|pendant|durant|durante|gedurende|przez)\s(?P<number2>\d{1,4})\s?(?P<unit2>[^\W\d_]{1,12})(?!\w)",
    re.IGNORECASE,
).search


def read_rate(amount: Amount, own: str, tail: Tail, after: str) -> tuple[str, str]:
    """The unit of a plain count that is told per time, and the name before it without that time. Takes it from `tail`."""
    if amount.unit:
        return amount.unit, own
    if rate := _RATE_BEFORE.get(own.lower(), ""):
        return rate, ""  # `Günlük 300 yeni üye`
    if tail.over in _RATE_BEHIND and len(tail.rest) < 4 and _ends_in_rate(after):
        rate, tail.over = _RATE_BEHIND[tail.over], ""  # `Zamówienia: 2 000 dziennie`
        return rate, own
    return "", own


def _ends_in_rate(after: str) -> bool:
    """`dziennie`, `orders daily`, and neither `daily active users` nor `over 7 days`."""
    words = re.split(r"[,;(]|\s[-–—]\s", after.strip(" .,;)"), maxsplit=1)[0].split()
    return bool(words) and words[-1].lower() in ADVERBS


def lasting_before(own: str, tail: Tail) -> str:
    """The name without a time that stands before the number: `die Fehlerquote 10 Minuten lang über 3 %`."""
    found = _LASTS(own)
    said = [(found[name] or found[name + "2"]).lower() for name in ("number", "unit")] if found else []
    duration = duration_at(said, 0)[0] if said else ""
    if found is None or not duration:
        return own
    tail.lasting = tail.lasting or duration
    return metric_name(f"{own[: found.start()]} {own[found.end() :]}")
