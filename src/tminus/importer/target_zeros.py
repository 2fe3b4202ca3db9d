"""What must not happen at all: `Zero critical bugs reported`, `No security breaches`, `Blockers: none`."""

from __future__ import annotations

import re

from tminus.importer.draft import Target
from tminus.importer.metric_names import metric_name
from tminus.importer.numbers import LOOKED_AT, plain
from tminus.importer.target_tails import read_tail
from tminus.importer.words_numbers import word_set
from tminus.importer.words_targets import FEARED, FILLERS, SURE_ZEROS, TARGET_WORDS, ZEROS, ZEROS_BEHIND

_EDGES = " .,:;!*\"'()"
_FEARED = tuple(FEARED)
_NOT_ONE = re.compile(
    r"^[-*\s]*(?:not (?:a single|one)|pas une? seule?|ni un solo|ni una sola|nem um(?:a)?(?: só)?|nemmeno un[ao]?)\s",
    re.IGNORECASE,
).sub
_NONE = r"zero|zéro|cero|no|keine?|aucune?|ning[uú]na?|ning[uú]n|nenhuma?|nessuna?|nessun|geen|sıfır|żadnych|brak"
_ZERO_HINT = re.compile(rf"(?:[;,]|\s(?:and|und|et|y|e|en|ve|i|&|\+))\s(?:{_NONE})\s", re.IGNORECASE).search
_JOINED = re.compile(
    rf"(?:[;,](?:\s(?:and|und|et|y|e|en|ve|i))?|\s(?:and|und|et|y|e|en|ve|i|&|\+))\s(?=(?:{_NONE})\s)", re.IGNORECASE
).split
_FURTHER = re.compile(
    r"[;,]\s(?:(?:and|und|et|y|e|en|ve|i)\s)?|\s(?:and|und|et|y|e|en|ve|i|&|\+)\s", re.IGNORECASE
).finditer
_OPENS = word_set("there we see es il hay há ha ci er expect exactly with still")
# What has none without being wanted so: `Dependencies: none`.
_NO_METRIC = (
    "dependenc", "depend", "blocked", "prerequisite", "requires", "requirement", "owner", "note", "exception", "link",
    "abhängig", "voraussetz", "dépend", "prérequis", "dependencia", "requisit", "dipenden", "afhankelijk", "zależno",
    "bağımlılık", "comment", "assign", "label", "reviewer", "attachment", "tag",
)  # fmt: skip
_LONGEST = 9  # words: what is longer is a sentence
_SENTENCE = word_set(
    "with without that which who is are was were has have needed required known longer need used left matter"
    " one code mit ohne dass ist sind avec sans qui est sont con sin que es son met zonder is zijn ile olan"
)


def begins_with_zero(text: str) -> bool:
    """True if a line says zero in words: its first word does, or what stands behind its colon. Quick."""
    text = text[:LOOKED_AT]
    first = text.lstrip("-* ").split(" ", 1)[0].lower().strip(_EDGES)
    if (
        first in ZEROS
        or (first in ("not", "pas", "ni", "nem", "nemmeno") and _NOT_ONE("", text) != text)
        or (first in _OPENS and _opened(text) != text)
    ):
        return True
    head, _, last = text.rstrip(" .").rpartition(" ")
    if last.strip(_EDGES).lower() in ZEROS_BEHIND and not last.isdigit():
        return bool(head) or True
    colon = text.find(": ")
    return colon > 0 and text[colon + 2 :].lstrip().split(" ", 1)[0].lower().strip(_EDGES) in ZEROS


def _opened(text: str) -> str:
    """The line without `there must be` before its zero; the line itself where no zero follows."""
    words = text.lstrip("-* ").split(" ", 8)
    for at, word in enumerate(words[:7]):
        said = word.lower().strip(_EDGES)
        if at and said in ZEROS:
            return " ".join(words[at:])
        if not (said in FILLERS or said in _OPENS):
            return text
    return text


def read_zero(text: str, label: str, line: int, *, wanted: bool) -> list[Target]:
    """The targets of a line that begins_with_zero; [] where it only sounds so (`No action needed`)."""
    text = _NOT_ONE(r"zero ", _opened(plain(text)).strip(" -*"))
    words = text.split()
    if words and words[0].lower().strip(_EDGES) not in ZEROS:
        head, colon, behind = text.partition(": ")
        said = behind.split()
        if colon and said and said[0].lower().strip(_EDGES) in ZEROS:
            label, words = head, said
        else:
            return _behind(words, label, line, wanted)
    if not words:
        return []
    if len(words) == 1:
        return _named(label, line, wanted, words[0])
    return _front(words, label, line, wanted)


def _is_joint(joint: re.Match[str]) -> bool:
    """Whether numbers stand behind it and none before."""
    before, behind = joint.string[: joint.start()], joint.string[joint.end() : LOOKED_AT]
    return not any(sign.isdigit() for sign in before) and any(sign.isdigit() for sign in behind)


def split_zeros(text: str, line: int, *, wanted: bool) -> tuple[str, list[Target]]:
    """A line and what it wants none of behind its numbers: `NPS > 35; zero documents corrupted`."""
    if begins_with_zero(text) and (joint := next(filter(_is_joint, _FURTHER(text)), None)):
        # `Zero double debits, and at least 20 successful ones`: two targets, of which the first names no number.
        first = read_zero(text[: joint.start()], "", line, wanted=wanted)
        return (text[joint.end() :], first) if first else (text, [])
    parts = _JOINED(text) if _ZERO_HINT(text) else [text]
    if len(parts) < 2 or not any(letter.isdigit() for letter in parts[0]):
        return text, []
    zeros: list[Target] = []
    for part in parts[1:]:
        sure = part.split(" ", 1)[0].lower() in SURE_ZEROS
        found = read_zero(part, "", line, wanted=wanted and sure) if not any(sign.isdigit() for sign in part) else []
        if not found:
            return text, []
        zeros += found
    return parts[0], zeros


def _front(words: list[str], label: str, line: int, wanted: bool) -> list[Target]:
    """`Zero critical bugs reported in week 1`."""
    said = words[0].lower().strip(_EDGES)
    if words[1].lower() in (
        "or",
        "to",
        "oder",
        "bis",
        "matter",
        "longer",
        "one",
        "more",
        "less",
        "fewer",
        "later",
        "earlier",
        "mehr",
        "más",
    ):
        return []
    tail = read_tail(" ".join(words[1:]), share=False)
    metric = metric_name(" ".join(tail.rest))
    lower = metric.lower().split()
    if not metric or len(lower) > _LONGEST or (lower and lower[0] in TARGET_WORDS):
        return []
    feared = any(word.startswith(_FEARED) or word.endswith(_ENDS) for word in lower)
    if not feared and not wanted:
        return []
    ends = lower[-1].startswith(_FEARED) or lower[-1].endswith(_ENDS) or lower[0].endswith(_ENDS)
    plain_words = not any(word in _SENTENCE for word in lower) and not tail.condition and len(lower) <= 5
    target = Target(line, metric, "zero", by=tail.by, over=tail.over, condition=tail.condition)
    if not (feared and (ends or said in SURE_ZEROS) and plain_words):
        target.doubt = "this may be a sentence and no target"
    return [target]


_ENDS = (
    "fehler", "ausfall", "ausfälle", "verlust", "verluste", "verstöße", "abstürze", "vorfälle", "lücken", "lekken", "fouten",
    "hatası", "hatalar", "ihlali", "probleme", "störungen", "mängel",
)  # fmt: skip


def _behind(words: list[str], label: str, line: int, wanted: bool) -> list[Target]:
    """`Critical bugs = zero`, `kritik hata yok`."""
    name = metric_name(" ".join(words[:-1])) or metric_name(label)
    return _named(name, line, wanted, words[-1]) if len(name.split()) <= _LONGEST else []


def _is_sure(said: str, name: list[str]) -> bool:
    """Whether `personal columns unmasked: none` of a section of targets wants none of it."""
    said = said.lower().strip(_EDGES)
    return said in SURE_ZEROS or (said in ZEROS_BEHIND and not name[0].startswith(_NO_METRIC))


def _named(name: str, line: int, wanted: bool, said: str) -> list[Target]:
    metric = metric_name(name)
    lower = metric.lower().split()
    feared = any(word.startswith(_FEARED) or word.endswith(_ENDS) for word in lower)
    if not metric or not (feared or (wanted and _is_sure(said, lower))):
        return []
    return [Target(line, metric, "zero", doubt="" if feared else "this may be a word and no target")]
