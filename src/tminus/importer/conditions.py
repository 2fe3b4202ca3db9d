"""Lines that lead conditions: `We halt the build if:`, `To leave beta:`, `On passe à la suite si`.

Headings of such lists are written in a hundred ways; what they share is a word for going back or for going on, and a
word that says that a condition follows.
"""

from __future__ import annotations

import re
from functools import lru_cache

from tminus.importer.topics import Topic
from tminus.importer.words_extract import fold
from tminus.importer.words_sections import names, words

_LONGEST = 160  # characters of the last sentence that are looked at
_WORD = re.compile(r"[^\W_]+(?:['’-][^\W_]+)*")
_SENTENCE = re.compile(r"[.!?]\s+")
_CONDITION = names(
    "if when whenever where once while unless "
    "wenn falls sobald solange sofern bei "
    "si quand lorsque des tant cuando siempre se quando qualora caso "
    "als wanneer zodra zolang indien eger halinde durumunda olursa jesli jezeli gdy kiedy jak"
)
_ANY_OF = re.compile(
    r"(?:any|one|either|all) (?:one )?of (?:these|the following|them)|(?:upon|on|after) (?:any|one|either) of$|"
    r"eine[rs]? der folgenden|l'un(?:e)? des|una de estas"
    r"|in (?:the event|case) (?:that|of)$|alguno de|qualquer um|uno dei seguenti|een van de volgende|ktorykolwiek z"
)
_PURPOSE = words("to um pour para per om before vor avant antes prima voor przed")
_BACK = words(
    "abort stop halt pull return retreat yank revert rollback suspend undo withdraw kill cancel disable close unpublish "
    "abbrech abbruch brech brich stopp zuruck anhalt abschalt ausschalt "
    "arret retour revenons revenir revien rebascul annul desactiv "
    "paramos parar volve vuelve deten apag retroced "
    "volta deslig interromp fermi ferma tornia torna sospend disattiv annull "
    "terug afbrek uitzet uitschakel durdur geri iptal kapat "
    "wycof zatrzym przerw wstrzym wylacz cofa cofn"
)
_BACK_WHOLE = names("off back down uit no-go aus stoppen return")
_ON = words(
    "ship proceed leave leaving continu promot advanc graduat exit "
    "weiter fortfahr freigeb freigab ubergeh "
    "passe passer passons passiamo passar pasar pasamos suite avanc poursuiv sortir sortons "
    "segui adelante avanz salimos salir avancam proced proseg avanti "
    "verder doorga devam gecer gecil ilerle dalej przejd przech kontynu"
)
# To hold is neither: people are told, and nothing is taken back.
_HOLD = words("hold pause pausing wait pausier wart attend pausa esper aguard aspett pauz wacht bekle duraklat czeka")
_HOLD_NOT = names("holdout holdouts waitlist")
_NOT = names("not don't dont never cannot nicht nie kein ne n'est pas jamais no nunca nao non mai niet nooit nie")
_UNLESS = names("unless")
_ON_WHOLE = names("move moves going next live enter door go")


@lru_cache(maxsize=4096)
def topic_of_condition(text: str) -> Topic | None:
    """TRIGGERS where a line says `we go back if`, CRITERIA for `we go on when`, ALERTS for `we hold if`; else None.

    A page may say much before it; the last sentence decides. A sentence that goes on after its condition is none.
    """
    sentence = fold(_SENTENCE.split(text[-400:].strip())[-1]).strip(" :：").replace("_", " ")
    if not sentence or len(sentence) > _LONGEST:
        return None
    said = _WORD.findall(sentence)
    if len(said) < 2:
        return None
    open_end = said[-1] in _CONDITION or sentence.endswith(",") or bool(_ANY_OF.search(sentence))
    if open_end and (any(word in _CONDITION for word in said) or _ANY_OF.search(sentence)):
        return _direction(said)
    return None


def is_condition(text: str) -> bool:
    """Whether a line ends in a word that announces conditions, whatever they are for: `We do so where`."""
    said = _WORD.findall(fold(text[-_LONGEST:]))
    return len(said) > 1 and (said[-1] in _CONDITION or bool(_ANY_OF.search(fold(text[-_LONGEST:]))))


def topic_of_purpose(text: str) -> Topic | None:
    """CRITERIA for `To leave beta`, `Para seguir adelante`: a purpose whose means follow."""
    said = _WORD.findall(fold(_SENTENCE.split(text[-400:].strip())[-1][:_LONGEST]))
    if len(said) > 1 and said[0] in _PURPOSE and len(said) < 12 and _direction(said[1:5]) is Topic.CRITERIA:
        return Topic.CRITERIA
    return None


def topic_of_question(text: str) -> Topic | None:
    """TRIGGERS for a heading that asks when one goes back: `When we call a brownout off`, `Wann wir zurückschalten`."""
    said = _WORD.findall(fold(text[:80]))
    asks = ("when", "wann", "quand", "cuando", "quando", "wanneer", "ne zaman", "kiedy")
    if 1 < len(said) < 10 and said[0] in asks and _direction(said[1:]) is Topic.TRIGGERS:
        return Topic.TRIGGERS
    return None


def _direction(said: list[str]) -> Topic | None:
    if any(word in _BACK_WHOLE or word.startswith(_BACK) for word in said):
        return Topic.TRIGGERS
    if _holds(said):
        return Topic.ALERTS
    if any(word in _ON_WHOLE or word.startswith(_ON) for word in said):
        return Topic.CRITERIA
    return None


def _holds(said: list[str]) -> bool:
    """`We hold the ramp if`, `Do not promote when`; `We do not ship unless` says what going on needs."""
    if any(word.startswith(_HOLD) and word not in _HOLD_NOT for word in said[:3]):
        return True
    if any(word in _UNLESS for word in said):
        return False
    denied = next((at for at, word in enumerate(said[:4]) if word in _NOT), len(said))
    return any(word in _ON_WHOLE or word.startswith(_ON) for word in said[denied + 1 : denied + 4])
