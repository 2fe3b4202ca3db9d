"""What a list is, by its items: conditions that are feared or wanted, risks with their levels, amounts of money.

A list says it where most of its items do; a heading that names a topic is asked first, in `classify.py` and `sections.py`.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from tminus.importer.conditions import is_condition, topic_of_condition
from tminus.importer.evidence_words import MONEY_HEADS
from tminus.importer.metric_names import less_is_better
from tminus.importer.page import Block, Kind
from tminus.importer.phrases import read_costs, read_targets
from tminus.importer.topics import Topic
from tminus.importer.words_extract import TOTALS, fold

_UNSURE = 0.4  # what a metric weighs of which no word says that less of it is better
_ITEMS = 30  # items that are looked at
_MONEY = re.compile(r"[$€£₺]|\b(?:EUR|USD|GBP|CHF|PLN|TRY|zł|TL|kr|euros?|dollars?)\b")
_LEVEL = (
    r"(?:low|medium|high|small|big|likely|unlikely|niedrig|gering|mittel|hoch|faible|moyen\w*|\w*eleve\w*|forte"
    r"|baja|media|alta|"
)
_LEVELS = re.compile(
    r"\b(?:odds|chance|likel\w*|prob\w*|eintritt\w*|wahrschein\w*|vraisembl\w*|kans|prawdopodob\w*|olasilik|impact\w*|damage|"
    r"harm|auswirk\w*|schaden|impatto|gevolg|wplyw|etki)\b\s?[:=]?\s?"
    + _LEVEL
    + r"bajo|medio|alto|baixa|baixo|bassa|basso|laag|hoog|niski\w*|wysoki\w*|"
    r"sredni\w*|dusuk|orta|yuksek|[1-5]|[hml])\b"
)


def topic_of_items(block: Block) -> Topic | None:
    """The topic of the list right in `block`, or None where its items do not say it."""
    items = [child for child in block.children[: 2 * _ITEMS] if child.kind is Kind.ITEM and child.checked is None][
        :_ITEMS
    ]
    if len(items) < 2 or 2 * len(items) < min(len(block.children), 2 * _ITEMS) or block.fence is not None:
        return None
    if is_condition(block.text):
        return _conditions(items) if topic_of_condition(block.text) is None else None
    if 2 * sum(bool(_LEVELS.search(fold(item.text[:400]))) for item in items) >= len(items):
        return Topic.RISKS
    return Topic.BUDGET if _are_costs(items, block.text) else None


def _conditions(items: Sequence[Block]) -> Topic | None:
    """Conditions that are feared send one back, those that are wanted let one go on; None where they are neither."""
    feared = wanted = 0.0
    for item in items:
        if any(letter.isdigit() for letter in item.text[:300]):
            for target in read_targets(item.text, item.line, label=item.label, value=item.value)[:1]:
                if target.comparator in (">", ">=", "<", "<="):
                    less, rises = less_is_better(target.metric), target.comparator[0] == ">"
                    feared += (1.0 if less else 0.0) if rises else (0.0 if less else _UNSURE)
                    wanted += (0.0 if less else _UNSURE) if rises else (1.0 if less else 0.0)
    if abs(feared - wanted) < 1.0:
        return None
    return Topic.TRIGGERS if feared > wanted else Topic.CRITERIA


def _are_costs(items: Sequence[Block], title: str) -> bool:
    """Whether nearly all items end in an amount, and something says that it is paid and not asked for."""
    priced = [item for item in items if _MONEY.search(item.text) and _is_cost(item)]
    if len(priced) < 2 or 4 * len(priced) < 3 * len(items):
        return False
    about = MONEY_HEADS.find(title)
    if about == "price":
        return False
    return about == "money" or any(TOTALS.find(item.label or item.text[:40]) for item in items[-1:])


def _is_cost(item: Block) -> bool:
    if any(sign in item.text for sign in "<>≤≥"):
        return False
    return bool(read_costs(item.value or item.text, item.line)) and len(item.text.split()) < 16
