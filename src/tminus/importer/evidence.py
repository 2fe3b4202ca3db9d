"""What a title or a lead introduces, where no word of it names a topic: telling somebody, calls that nobody answers.

Conditions of going back and on are told by their grammar (`conditions.py`) or by their items (`evidence_lists.py`): words that
only happen to stand in such a line (`Whoever is on call flips the switch if`) name no topic.
"""

from __future__ import annotations

import re

from tminus.importer.conditions import is_condition
from tminus.importer.evidence_legs import says_nobody_answers
from tminus.importer.topics import Topic
from tminus.importer.words_extract import fold

_OF_CONDITIONS = frozenset({Topic.ALERTS, Topic.TRIGGERS, Topic.CRITERIA, Topic.ROLLBACK, Topic.TARGETS, Topic.TASKS})
_TELL = re.compile(
    r"(?:we |i )?(?:also )?(?:page|wake|notify|warn|alert|ping|alarm|call)\s(?:[\w@#/&-]+\s){0,5}?(?:if|when|once|where|on)"
    r"|(?:wir )?(?:alarmier\w*|benachrichtig\w*|weck\w*|warn\w*)\s(?:[\w@#/&-]+\s){0,5}?(?:wenn|falls|sobald|bei)"
    r"|(?:on )?(?:alerte\w*|previen\w*|reveil\w*|avert\w*)\s(?:[\w@#/&'-]+\s){0,5}?(?:si|quand|lorsque)"
    r"|(?:se )?(?:avisa\w*|alerta\w*|despierta\w*|acorda\w*|avisamos)\s(?:[\w@#/&-]+\s){0,5}?(?:si|cuando|se|quando)"
)


def topic_of_lead(words: str, named: Topic | None) -> Topic | None:
    """The topic of a title or a lead that names `named` by its words, or None: what its grammar says where it names none."""
    if named in _OF_CONDITIONS or (named is not None and not is_condition(words)):
        return named
    return _by_start(words)


def _by_start(words: str) -> Topic | None:
    folded = fold(words[:160]).strip(" :")
    if _TELL.fullmatch(folded):
        return Topic.ALERTS
    if says_nobody_answers(folded):
        return Topic.ESCALATION
    return None
