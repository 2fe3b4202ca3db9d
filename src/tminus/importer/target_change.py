"""Numbers that say a change against what was before: `20% reduction in tickets`, `+15%`, `> 2x baseline`."""

from __future__ import annotations

from tminus.importer.draft import Target
from tminus.importer.metric_names import less_is_better
from tminus.importer.numbers import Amount
from tminus.importer.target_leads import Lead
from tminus.importer.words_numbers import SECONDS, word_set
from tminus.importer.words_targets import BETTER, DOWN, FILLERS, UP

_BASES = word_set("baseline normal usual average previous control today basis ausgangswert typical before")
_MULTIPLES = ("burn", "ratio", "factor", "multiple", "roas", "ltv", "coverage")
_WORSE = word_set("worse schlechter pire peor pior peggio slechter gorsze")
_BETTER_THAN = word_set("better besser mieux mejor melhor meglio beter lepsze")
_MIRRORED = {"<": ">", "<=": ">=", ">": "<", ">=": "<=", "=": "=", "~": "<=", "": "<="}


def read_change(target: Target, amount: Amount, lead: Lead, after: str, comparator: str) -> bool:
    """Make `target` a change against the baseline if it is one; says whether it is."""
    if amount.unit not in ("%", "pp", "x"):
        return False
    words = [word.strip(".,;:)(").lower() for word in after.split()[:6]]
    if amount.unit == "x":
        return _times(target, amount, words, comparator)
    direction, better = _direction(words)
    if not direction:
        direction = lead.changes or {"+": "up", "-": "down"}.get(amount.sign, "")
    if not direction and not _against_base(words):
        return False
    if better and less_is_better(target.metric):
        direction = "down"
    _set(target, amount, direction, comparator)
    return True


def _direction(words: list[str]) -> tuple[str, bool]:
    """`up` or `down` by the first words behind the number, and whether they only say better."""
    for word in words[:1]:
        if word in ("or", "and", "oder"):
            return "", False
        if word in BETTER:
            return "up", True
        if word in UP:
            return "up", False
        if word in DOWN:
            return "down", False
    if words[:2] in (["above", "baseline"], ["over", "baseline"]):
        return "up", False
    return ("down", False) if words[:2] == ["below", "baseline"] else ("", False)


def _against_base(words: list[str]) -> bool:
    return words[:2] in (["vs", "baseline"], ["versus", "baseline"], ["vs.", "baseline"], ["against", "baseline"])


def split_change(after: str) -> tuple[str, str, str]:
    """`increase in engagement` as (`increase`, `in`, `engagement`); ("", "", after) where it begins with no change."""
    words = after.split(" ")
    words = [word for word in words if word]
    first = words[0].strip(".,;:)(").lower() if words else ""
    if first not in UP and first not in DOWN:
        return "", "", after
    if first in ("more", "less", "higher", "lower") and words[1:2] == ["than"]:
        words = words[:1] + words[2:]
    joint = words[1] if len(words) > 1 and words[1].lower() in FILLERS else ""
    return first, joint, " ".join(words[1 + bool(joint) :])


def _set(target: Target, amount: Amount, direction: str, comparator: str) -> None:
    size = abs(amount.value)
    target.relative, target.unit = True, amount.unit
    if direction == "down":
        target.number = -size
        target.comparator = _MIRRORED[comparator] if comparator != "<=" else ">="
    else:
        target.number = size
        target.comparator = comparator if comparator not in ("", "~") else ">="
    if amount.high is not None:
        target.doubt = target.doubt or "a range of change: its nearer end is taken"


def _times(target: Target, amount: Amount, words: list[str], comparator: str) -> bool:
    """`> 2x baseline` is a change of +100 %."""
    if not any(word in _BASES for word in words) and any(word in target.metric.lower() for word in _MULTIPLES):
        return False
    target.relative, target.unit = True, "%"
    target.number = round((amount.value - 1) * 100, 9)
    target.comparator = comparator if comparator not in ("", "~") else ">=" if target.number >= 0 else "<="
    if not any(word in _BASES for word in words):
        target.doubt = target.doubt or "the page does not say what it is a multiple of: the baseline is assumed"
    return True


def grade(lead: Lead, target: Target, amount: Amount) -> None:
    """`no worse than 3 %` is a floor for a conversion and a ceiling for a latency."""
    word = next((one for one in lead.comparator_word.split() if one in _WORSE or one in _BETTER_THAN), "")
    if word and (word in _WORSE) != (amount.unit in SECONDS or less_is_better(target.metric)):
        lead.comparator = {"<": ">", "<=": ">=", ">": "<", ">=": "<="}.get(lead.comparator, lead.comparator)
