"""What a table lists, by the names of its columns and by what stands in its cells, whatever its heading says.

Each sign weighs something; the topic with the most wins if it reaches `_ENOUGH`. A table that says too little has no
topic of its own: a note is better than an invention.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache

from tminus.importer.evidence_words import COLUMN_NAMES, FACT_KEYS, MONEY_HEADS
from tminus.importer.page import Block
from tminus.importer.topics import Topic
from tminus.importer.words_extract import CHANCES, EMOJI_CHANCES, TOTALS, fold

_ENOUGH = 2.5
_ROWS = 40  # rows that are looked at
_COMPARED = re.compile(
    r"[<>≤≥]|\b(?:at least|at most|more than|less than|above|below|under|over|mindestens|hochstens|unter|uber|moins de|"
    r"plus de|au moins|mas de|menos de|al menos|mais de|meno di|piu di|almeno|meer dan|minder dan|ponizej|powyzej)\b"
)
_PERCENT = re.compile(r"~?\s*(\d{1,3}(?:[.,]\d{1,3})?)\s?(?:%|percent|per cent|prozent|pour cent)")
_AMOUNT = re.compile(
    r"[$€£₺]\s?\d|\d\s?(?:[$€£₺]|eur\b|usd\b|gbp\b|chf\b|tl\b|zl\b|pln\b|kr\b|euros?\b|dollars?\b)|(?:r\$|chf|usd|eur)\s?\d"
)
_MINUTES = re.compile(
    r"(?:t\s?\+\s?\d|[<>~+]?\s?\d{1,4}\s?\+?\s?(?:[-–]\s?\d{1,4}\s?)?(?:min|m\b|h\b|hour|hr|stund|heure|hora|ore\b|uur|godz|saat|dk))"
)
_ROOM = re.compile(
    r"#[a-z][\w-]+|@\w+|\b(?:pager\w*|e-?mail|slack|sms|phone|opsgenie|teams|telefon\w*|courriel|correo)\b"
)
_TOPICS = {
    Topic.RISKS: ({"probability": 1.0, "impact": 1.0, "mitigation": 1.0, "risk": 1.0}, {"level": 1.0}),
    Topic.ALERTS: (
        {"told": 1.2, "alert": 1.2, "lasting": 0.6, "signal": 0.5, "threshold": 0.5},
        {"compared": 1.0, "room": 0.8},
    ),
    Topic.ESCALATION: ({"who": 0.8, "order": 0.8, "elapsed": 0.8}, {"minutes": 1.0}),
    Topic.BUDGET: ({"cost": 1.5}, {"amount": 1.2}),
    Topic.TARGETS: ({"goal": 1.4, "now": 0.9, "signal": 0.8}, {"compared": 0.9}),
}


def topic_of_cells(header: tuple[str, ...], rows: Sequence[Block], title: str) -> Topic | None:
    """The topic of a table under `title`, or None where columns and cells do not say enough."""
    if len(header) < 2 or not rows:
        return None
    names = _names(header)
    some = [[fold(cell.strip()) for cell in row.cells] for row in rows[:_ROWS]]
    columns = [[cells[at] for cells in some if at < len(cells) and cells[at]] for at in range(len(header))]
    kinds = [_kind(column) for column in columns]
    if _is_facts(header, columns):
        return Topic.FACTS
    if "back" in names and "compared" in kinds and not {"goal", "on"} & set(names):
        return Topic.TRIGGERS
    if _is_ramp(names, columns):
        return Topic.STAGES
    scores = {topic: _score(names, kinds, *weights) for topic, weights in _TOPICS.items()}
    _weigh_against(scores, names, kinds, columns, title)
    best = max(scores, key=lambda topic: scores[topic])
    return best if scores[best] >= _ENOUGH else None


@lru_cache(maxsize=512)
def _names(header: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(COLUMN_NAMES.whole(name) or COLUMN_NAMES.find(name) for name in header)


def _kind(column: list[str]) -> str:
    """What most cells of a column are: level, compared, amount, percent, minutes, room; empty for anything else."""
    if not column:
        return ""
    most = len(column) * 0.6
    for kind, test in _TESTS:
        if sum(test(cell) for cell in column) >= most:
            return kind
    return ""


def _is_level(cell: str) -> bool:
    return len(cell) < 24 and (bool(CHANCES.whole(cell)) or cell in EMOJI_CHANCES)


_TESTS = (
    ("level", _is_level),
    ("compared", lambda cell: any(letter.isdigit() for letter in cell) and bool(_COMPARED.search(cell))),
    ("amount", lambda cell: bool(_AMOUNT.search(cell))),
    ("percent", lambda cell: bool(_PERCENT.fullmatch(cell))),
    ("minutes", lambda cell: len(cell) < 24 and bool(_MINUTES.match(cell))),
    ("room", lambda cell: bool(_ROOM.search(cell))),
)


def _score(names: Sequence[str], kinds: Sequence[str], by_name: dict[str, float], by_kind: dict[str, float]) -> float:
    return sum(by_name.get(name, 0.0) for name in set(names)) + sum(by_kind.get(kind, 0.0) for kind in kinds)


def _weigh_against(
    scores: dict[Topic, float], names: Sequence[str], kinds: Sequence[str], columns: list[list[str]], title: str
) -> None:
    """Signs that speak against a topic, or that it cannot do without."""
    if not {"probability", "impact", "risk"} & set(names):
        scores[Topic.RISKS] = 0.0
    if "level" not in kinds and "mitigation" not in names:
        scores[Topic.RISKS] = 0.0
    if not {"told", "alert"} & set(names) or not ({"signal", "threshold", "alert"} & set(names) or "compared" in kinds):
        scores[Topic.ALERTS] = 0.0
    if "who" not in names or "minutes" not in kinds or "task" in names:
        scores[Topic.ESCALATION] = 0.0
    if "goal" not in names or (not {"signal", "now"} & set(names) and "compared" not in kinds):
        scores[Topic.TARGETS] = 0.0
    if "amount" not in kinds:
        scores[Topic.BUDGET] = 0.0
    elif _has_total(columns):
        scores[Topic.BUDGET] += 1.5
    head = MONEY_HEADS.find(title)
    scores[Topic.BUDGET] += 1.0 if head == "money" and scores[Topic.BUDGET] else 0.0
    if head == "price" or "price" in names:
        scores[Topic.BUDGET] -= 1.5


def _has_total(columns: list[list[str]]) -> bool:
    return bool(columns and columns[0]) and bool(TOTALS.whole(columns[0][-1]))


def _is_facts(header: tuple[str, ...], columns: list[list[str]]) -> bool:
    """`Owner | Ada`, `Version | 3`: what the page says of itself, two columns wide."""
    if len(header) != 2:
        return False
    keys = [*([fold(header[0])] if header[0].strip() else []), *columns[0]]
    known = sum(bool(FACT_KEYS.whole(key) or FACT_KEYS.find(key[:20])) for key in keys)
    long = sum(len(key.split()) > 3 for key in keys)
    return len(keys) > 1 and known * 2 >= len(keys) and known > 1 and not long and not _compares(columns)


def _compares(columns: list[list[str]]) -> bool:
    return any(_COMPARED.search(cell) for column in columns for cell in column)


def _is_ramp(names: Sequence[str], columns: list[list[str]]) -> bool:
    """A column of shares that rise row by row, up to everybody or under a name that speaks of shares."""
    for name, column in zip(names, columns, strict=True):
        shares = [float(found[1].replace(",", ".")) for cell in column if (found := _PERCENT.match(cell))]
        if len(shares) < 2 or len(shares) < len(column) - 1 or _compares([column]):
            continue
        rising = sorted(set(shares)) == shares
        if rising and shares[-1] <= 100 and (shares[-1] == 100 or name == "share") and name not in ("goal", "now"):
            return True
    return False
