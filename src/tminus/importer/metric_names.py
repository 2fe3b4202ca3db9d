"""What a metric is called: by people (`Error rate`) and in a plan (`error_rate`)."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

from tminus.importer.words_numbers import word_set
from tminus.importer.words_targets import (
    CONDITIONALS,
    FILLERS,
    LESS_IS_BETTER,
    LESS_IS_BETTER_ENDS,
    LOOSE_VERBS,
    LOUD,
    MORE_IS_BETTER,
    TARGET_WORDS,
    TRAILING,
    VERBS,
)

LONGEST_ID = 48
_NOT_IN_NAMES = re.compile(r"\([^()]*\)|\[[^\[\]]*\]|[\"`*“”„«»(){}\[\]]|\s/\s(?=\s)")
_CAMEL = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")
_BRANDS = frozenset({"TypeScript", "JavaScript", "iOS", "macOS", "GitHub", "GitLab", "PostgreSQL", "GraphQL", "OpenAI"})
_EDGES = " \t-–—:;,.·|/=+~→>!?✅❌⚠•×'’"
_RESERVED = word_set(
    "zero no none never canary control over for vs in within between mean max min median sum count avg"
    " average maximum minimum is at below under less fewer above exceeds more greater equals"
)
_SINGULAR = {"rates": "rate", "times": "time", "scores": "score", "latencies": "latency", "ratios": "ratio"}
_LETTERS = str.maketrans(
    {"ß": "ss", "ø": "o", "Ø": "O", "ł": "l", "Ł": "L", "ı": "i", "æ": "ae", "Æ": "Ae", "œ": "oe", "đ": "d"}
)
_UMLAUTS = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "Ä": "Ae", "Ö": "Oe", "Ü": "Ue"})


@lru_cache(maxsize=4096)
def metric_name(phrase: str) -> str:
    """`Monitor error rates` -> `Error rates`; `errorRate` -> `Error rate`; empty where nothing but fillers is left."""
    words = [word for part in _NOT_IN_NAMES.sub(" ", phrase).split() if (word := part.strip(_EDGES))]
    if len(words) == 1 and words[0] not in _BRANDS:
        words = _CAMEL.sub(" ", words[0].replace("_", " ")).split()
    words = _without_edges(words)
    return _sentence_case(words)


def _without_edges(words: list[str]) -> list[str]:
    lower = [word.lower() for word in words]
    # `Roll back if the error rate ...`: what is measured stands behind the `if`.
    first = max((place + 1 for place, word in enumerate(lower) if word in CONDITIONALS), default=0)
    first = first if first < len(words) else 0
    last = len(words)
    while first < last and _is_front(lower[first], last - first):
        first += 1
    while last > first and (
        lower[last - 1] in TRAILING or lower[last - 1] in FILLERS or lower[last - 1] in TARGET_WORDS
    ):
        last -= 1
    while first < last and _is_front(lower[first], last - first):
        first += 1
    return words[first:last]


def _is_front(word: str, left: int) -> bool:
    if word in FILLERS or word in TARGET_WORDS or word in VERBS:
        return True
    return (word in LOUD and left > 1) or (left == 1 and word in LOOSE_VERBS)


def _sentence_case(words: list[str]) -> str:
    if not words:
        return ""
    shouted = all(word.isupper() for word in words) and any(len(word) > 4 and word.isalpha() for word in words)
    cased = [word.lower() if shouted else _cased(word, len(words)) for word in words]
    first = cased[0]
    return " ".join([first if first in _BRANDS else first[:1].upper() + first[1:], *cased[1:]])


def _cased(word: str, count: int) -> str:
    """Small letters, except for abbreviations and names (`API`, `DAU/MAU`, `TypeScript`)."""
    if word[1:].islower() or word.islower():
        return word.lower()
    if word.isupper() or "/" in word or any(letter.isdigit() for letter in word):
        return word
    if word in _BRANDS or (word[:-1].isupper() and word.endswith("s")):
        return word
    parts = word.split("-")
    if len(parts) > 1:
        return "-".join(part if len(part) > 1 and part.isupper() else part.lower() for part in parts)
    return word if sum(letter.isupper() for letter in word) > 1 else word.lower()


@lru_cache(maxsize=4096)
def metric_id(metric: str) -> str:
    """The identifier that criteria use: `Error rates` -> `error_rate`, `Çökme oranı` -> `cokme_orani`. Never empty."""
    return fit_id(_words_of(metric))


def fit_id(name: str) -> str:
    """A name cut to LONGEST_ID at a word's end, that is none of the grammar's own words."""
    if len(name) > LONGEST_ID:
        cut = name[: LONGEST_ID + 1].rfind("_")
        name = name[:cut] if cut > 12 else name[:LONGEST_ID]
    name = name.strip("_")
    if not name:
        return "metric"
    if not name[0].isalpha():
        name = f"m_{name}"[:LONGEST_ID].strip("_")
    if name in _RESERVED or re.fullmatch(r"p\d{1,3}", name):
        return f"{name}_value"
    return name


def _words_of(metric: str) -> str:
    text = metric
    if not text.isascii():
        # German writes ä as ae; languages with other accents beside ö and ü, Turkish above all, write o and u.
        german = not any(letter in "ışğçñéèêàõãłęąóíŞĞÇİ" for letter in text)
        text = text.translate(_UMLAUTS) if german else text
        text = unicodedata.normalize("NFKD", text.translate(_LETTERS)).encode("ascii", "ignore").decode()
    words = re.findall(r"[a-z0-9]+", text.lower().replace("'", ""))
    return "_".join(_SINGULAR.get(word, word) for word in words)


@lru_cache(maxsize=1024)
def less_is_better(metric: str) -> bool:
    """True for error rates, latencies, churn, costs and the like, in the languages of the lexicon."""
    words = metric.lower().replace("-", " ").split()
    text = metric.lower()
    if any(good in text for good in _GOOD):
        return False
    return any(
        word.rstrip("s") in _BAD_WORDS or word.startswith(_BAD) or word.endswith(LESS_IS_BETTER_ENDS) for word in words
    )


_GOOD = tuple(word.replace("_", " ") for word in MORE_IS_BETTER)
_BAD = tuple(word for word in LESS_IS_BETTER if len(word) > 4)
_BAD_WORDS = frozenset(
    word.rstrip("s") for word in LESS_IS_BETTER if len(word) <= 4
)  # `cac` is not the beginning of cache
