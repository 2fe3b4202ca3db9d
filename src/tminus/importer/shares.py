"""Shares and numbers of people: `5 -> 15 -> 50 -> 100 %`, `(50-100 users)`, `5000+ users`."""

from __future__ import annotations

import math
import re
from functools import lru_cache

from tminus.importer.numbers import find_amounts, plain
from tminus.importer.words_numbers import PEOPLE, PERCENT, PERCENT_PAIRS
from tminus.importer.words_targets import ORDINALS

_SHARE = re.compile(r"(?<![\w.,])(%\s?)?(\d{1,3}(?:[.,]\d{1,3})?)(?![\d:]|[.,]\d)(\s?%|\s(?=[^\W\d_]))?")
_GLUE = re.compile(
    r"\s*(?:[-=]{0,2}>|→|⇒|➜|»|/|[-–—]|,|;|\.{2,3}|\b(?:to|then|dann|bis|puis|luego|después|poi|dan|sonra|depois|potem|and|und|et|y|e|a|à)\b"
    r"|\s){1,4}\s*"
)
_WORD = re.compile(r"\s?([^\W\d_]+)(?:\s([^\W\d_]+))?")
_WORD_BEFORE = re.compile(r"([^\W\d_.]+)\s?$")
_EDGES = ".,;:()[]"


def read_share(text: str) -> float | None:
    """The first percentage of a text as a fraction; None where it has none up to 100 %."""
    shares = read_shares(text)
    return shares[0] if shares else None


def read_shares(text: str) -> list[float]:
    """Every percentage up to 100 % as a fraction, in order; in a row such as `5 -> 15 -> 50 %` the last may say it for all."""
    return list(_shares(plain(text)))


@lru_cache(maxsize=1024)
def _shares(text: str) -> tuple[float, ...]:
    if "%" not in text and not _says_percent(text):
        return ()
    shares: list[float] = []
    waiting: list[float] = []
    end = -1
    for found in _SHARE.finditer(text):
        number = float(found[2].replace(",", "."))
        if waiting and not (end >= 0 and _GLUE.fullmatch(text, end, found.start())):
            waiting = []
        percent = bool(found[1]) or (found[3] is not None and "%" in found[3])
        stop = found.end() if percent or found[3] is None else found.end(2)
        if not percent and found[3] is not None:
            percent, stop = _percent_word(text, stop)
        end = stop
        if number > 100 or (not percent and _numbers_something(text, found.start())):
            waiting, end = [], -1
        elif percent:
            shares += [*waiting, number / 100]
            waiting = []
        else:
            waiting.append(number / 100)
    return tuple(shares)


def _says_percent(text: str) -> bool:
    return "ercent" in text or "rozent" in text or "rocent" in text or "cent" in text


def _percent_word(text: str, at: int) -> tuple[bool, int]:
    word = _WORD.match(text, at)
    if word is None:
        return False, at
    if word[1].lower() in PERCENT:
        return True, word.end(1)
    return f"{word[1]} {word[2]}".lower() in PERCENT_PAIRS, word.end() if word[2] else at


def _numbers_something(text: str, start: int) -> bool:
    word = _WORD_BEFORE.search(text[max(0, start - 16) : start])
    return bool(word) and word[1].lower() in ORDINALS if word else False


def read_people(text: str) -> tuple[float, float] | None:
    """How many people: `(50-100 users)` is (50, 100), `5000+ users` (5000, inf), `50 testers` (50, 50); None if not said."""
    text = plain(text)
    for amount in find_amounts(text):
        if amount.unit or amount.sign == "-":
            continue
        following = [word.strip(_EDGES).lower() for word in text[amount.end : amount.end + 60].split()[:4]]
        if not any(word in PEOPLE for word in following) or text[amount.end : amount.end + 1].isalpha():
            continue
        before = text[: amount.start].rstrip().lower()
        if amount.high is not None:
            return min(amount.value, amount.high), max(amount.value, amount.high)
        if amount.plus or before.endswith((">", "≥", "at least", "mindestens", "au moins", "more than", "over", ">=")):
            return amount.value, math.inf
        if before.endswith(("<", "≤", "up to", "bis zu", "at most", "max", "max.", "jusqu'à", "hasta", "<=")):
            return 0.0, amount.value
        return amount.value, amount.value
    return None
