"""Which of a line's numbers are targets: the others say when, for how long, of what, or which one."""

from __future__ import annotations

import re
from dataclasses import dataclass

from tminus.importer.metric_names import less_is_better, metric_name
from tminus.importer.numbers import Amount
from tminus.importer.target_leads import Lead, read_lead
from tminus.importer.target_tails import is_quantile, read_quantile
from tminus.importer.words_numbers import MONTHS, PEOPLE, SECONDS, word_set
from tminus.importer.words_targets import (
    AFTER,
    AFTER_TARGET_WORDS,
    AT,
    BASELINE,
    BY_TIME,
    CAPACITY,
    FEARED,
    FIRST,
    LASTING,
    ORDINALS,
    OVER,
)

# `(2025 by e-mail: 12 per cent)`, `(last year: 12 %)`, `(aujourd'hui : 2,6 %)`: what it was.
DATED_BASE = re.compile(
    r"\(\s?(?:(?:in |im |en )?(?:19|20)\d\d\b|last (?:year|month|quarter|week)|vorjahr|letztes jahr|l'an dernier|aujourd['’]hui"
    r"|hoy|oggi|hoje|vandaag|heute|today|now|currently|was|bisher|previously)[^()\d]{0,40}"
    r"([$€£]?\d[\d.,]{0,12}(?:\s?(?:%|ms\b|per cent\b|percent\b|[^\W\d_]{1,7}))?)",
    re.IGNORECASE,
)
# `(old shop: 14 seconds)`, but no other limit: `(stretch: 5 s)`, `(max: 9 s)`, `(p99: 4 s)`.
NAMED_BASE = re.compile(
    r"\((?!(?:the\s)?(?:p\d|max|min|stretch|target|goal|ziel|objecti|objeti|obietti|doel|hedef|cel\b|limit|alert|alarm|warn|page|hard|soft"
    r"|thresh|slo|sla|budget|ideal|until|by|at|within|after|over|window|best|worst|peak|cap|week|day|month|phase))"
    r"[^\W\d_][^()\d:<>≤≥]{2,30}:\s?([$€£]?\d[\d.,]{0,12}(?:\s?(?:%|per cent\b|percent\b|[^\W\d_]{1,12}))?)\s?\)",
    re.IGNORECASE,
)
CLAUSE = re.compile(r"[,;|()\[\]{}]|\s[-–—•→]\s|\.\s|:\s")
BETWEEN = word_set("between zwischen entre tra tussen między arasında")
# `Only tenants with < 50 invoices`: whom it concerns.
_ONLY = re.compile(
    r"(?:.*[.,;(]\s)?(?:only|nur|seulement|uniquement|solo|sólo|solamente|apenas|soltanto|alleen|tylko|yalnızca)\s(?:\S+\s){1,4}"
    r"(?:with|having|of|mit|avec|con|com|met|z)$",
    re.IGNORECASE,
).match
_MOST = word_set("max max. maximum up_to")
_LONGEST_SECONDS = 100 * 365 * 86400.0
_WEAK = word_set(
    "up_to within ab bis_zu hasta jusqu'à até fino_a innerhalb innerhalb_von entro binnen minimal maximum minimum about"
    " atteint atteignent alcanza alcanzan atinge atingem raggiunge raggiungono erreicht erreichen bereikt osiąga osiągnie"
    " w_ciągu w_czasie_do dentro_de em_até do inside"
    " bajo sous covers cover covering reaches reach reached hits achieves stays_within stay_within remains_within"
)
_TO = word_set("to auf zu à a at with for in by mit für bei pour avec para con per tot op do na after nach on from")
_REBATES = word_set("discount off rabatt remise descuento desconto sconto korting indirim zniżki zniżka rebate")
_EXPOSURES = word_set(
    "traffic rollout exposure percentage share audience verkehr trafic tráfico traffico verkeer trafik ruch"
)
_FEARED = tuple(FEARED)
_EDGES = ".,)(;:"


@dataclass(frozen=True, slots=True)
class Said:
    """What is known of a line before its numbers are looked at."""

    label: str
    name: str  # the metric that the label names; "" if it names none
    aimed: bool  # the label says target
    wanted: bool  # the section is one of targets


def kind_of(text: str, amount: Amount, lead: Lead, end: int, again: bool) -> str:
    """`target`, or what else a number is. `end` is where the target before it ended, `again` that there is one."""
    following = text[amount.end : amount.end + 1]
    if (amount.unit == "" or amount.adjective) and is_quantile(text, amount.start):
        return "name"
    if (
        again
        and "(" in text[end : amount.end]
        and (_in_dated_base(text, end, amount) or is_named_base(text, end, amount))
    ):
        return "baseline"
    if following.isalpha() or following == "_":
        return "name"
    word = lead.word
    if lead.symbol:
        return "baseline" if again and word in ("baseline", "current") else "target"
    if amount.unit == "" and (word in MONTHS or _names_month(text, amount.end)):
        return "date"
    if word in ORDINALS and (amount.unit in ("", "/5") or word == "http") and not lead.aimed:
        return "ordinal"
    if amount.adjective:
        return "window"
    if amount.high is None and word in BASELINE and not lead.changes and (again or word in ("baseline", "currently")):
        return "baseline"
    return _beside(text[end : amount.start], amount, lead, again)


def is_named_base(text: str, end: int, amount: Amount) -> bool:
    """`at most 6 seconds (basement: 14 seconds)`: what something else has, in a bracket of its own."""
    found = NAMED_BASE.search(text, end)
    return found is not None and found.start() <= amount.start < found.end() and not amount.plus


def _in_dated_base(text: str, end: int, amount: Amount) -> bool:
    found = DATED_BASE.search(text, end)
    return found is not None and found.start() <= amount.start < found.end()


def _beside(gap: str, amount: Amount, lead: Lead, again: bool) -> str:
    """Whether a number only tells something of the target before it."""
    word = lead.word
    same = again and not CLAUSE.search(gap)
    if amount.unit in SECONDS:
        if word in LASTING:
            return "lasting"
        if again and word in FIRST:
            return "window"
        if (same and (word in OVER or word in BY_TIME or word in AT)) or (again and not gap.strip(" (")):
            return "window"
    elif same and (word in AT or word in OVER) and not lead.aimed:
        return "condition"
    return "target"


def counts(text: str, amount: Amount, lead: Lead, said: Said, *, again: bool) -> bool:
    """Whether a number is meant as a target, by the words beside it, the label before it and the section it is in."""
    after = text[amount.end : amount.end + 60].lower().split()
    if _is_impossible(amount, lead, after):
        return False
    first = bool(said.label) and not metric_name(lead.rest)
    if _is_compared(text, amount, lead, after):
        return True
    if said.aimed and first and not _names_people(amount, after):
        return True
    if lead.comparator and (
        lead.aggregate[:1] == "p" or read_quantile(" ".join(after[:2])) or read_quantile(lead.rest)
    ):
        return True
    if amount.sign and amount.unit in ("%", "pp"):
        return said.wanted or bool(said.label)
    idle = not first and amount.unit in ("h", "d", "w") and not _speaks_of_time(lead, after)
    if (_ends_well(after) and not idle) or _changes(amount, lead):
        return True
    if (said.aimed and amount.unit == "") or _is_audience(text, amount, after):
        return False
    if not first and amount.unit in ("h", "d", "w", "min") and not _speaks_of_time(lead, after):
        # `copy finishes within 5 hours`: nothing else is wanted of the line.
        return said.wanted and not after and not again and lead.comparator in ("<", "<=")
    if not first and lead.word in AT and amount.unit == "" and lead.comparator_word != lead.word:
        return False  # a load: `Test with 1000+ users`
    if amount.plus or (lead.comparator and lead.comparator != "~"):
        open_end = amount.plus and amount.unit[:1] in ("%", "/")
        return said.wanted or open_end or (first and not _names_software(said.label))
    return said.wanted and _counts_bare(text, amount, lead, said, after, first=first, again=again)


_HOLDS = re.compile(
    r"(?:^|\s)(?:holds?|stays?|remains?|sits?|keeps?|kept|steady|lands?|liegt|liegen|bleibt|bleiben|reste|restent|mantiene|mantienen|mantém"
    r"|fica|rimane|blijft|blijven|wynosi)\s(?:steady\s)?(?:at|bei|à|en|em|a|op|auf)\s$",
    re.IGNORECASE,
).search
_HEADED = word_set("up down plus minus")
_WITH = word_set("with having mit avec con com met z whose")


def qualifies(text: str, amount: Amount, lead: Lead, following: list[Amount]) -> bool:
    """`share of creators with < 100 followers stays above 11 %`: the first number says whose share, and is no target."""
    if lead.word not in _WITH or not lead.symbol or amount.unit:
        return False
    between = (text[amount.end : one.start] for one in following)
    return any(not CLAUSE.search(gap) and read_lead(gap).comparator in ("<", "<=", ">", ">=") for gap in between)


def _changes(amount: Amount, lead: Lead) -> bool:
    """`sales grow 10 %`, but neither `sets up 5 servers` nor `traffic rises 25 % a day`."""
    if not lead.changes or lead.rest.rpartition(" ")[2].lower() in _EXPOSURES:
        return False
    return amount.unit in ("%", "pp") or lead.word not in _HEADED


def _is_impossible(amount: Amount, lead: Lead, after: list[str]) -> bool:
    """`3x EC2`, `24/7`, `4GB RAM`, `20% off`, and times of more than a century."""
    if amount.unit == "x":
        return not lead.comparator
    if amount.unit in SECONDS:
        return max(amount.value, amount.high or 0.0) * SECONDS[amount.unit] > _LONGEST_SECONDS
    if amount.unit.startswith("/") and amount.unit[1:].isdigit():
        return max(amount.value, amount.high or 0.0, 1e-9) > float(amount.unit[1:])
    following = after[0].strip(_EDGES) if after else ""
    if amount.unit[-1:] == "B" and not lead.symbol:
        return following in CAPACITY or (not lead.comparator and not lead.aimed and "(" in lead.rest)
    return amount.unit in ("%", "$", "€", "£") and following in _REBATES


def _is_compared(text: str, amount: Amount, lead: Lead, after: list[str]) -> bool:
    """`> 5`, `at least 5`, `target 5`, `between 5 and 8`, `0 build errors`."""
    if lead.aimed or (lead.symbol and lead.comparator != "~"):
        return not _ONLY(lead.rest)
    if (
        lead.comparator_word in _MOST
        and amount.unit == ""
        and text[: amount.start].rstrip().endswith("(" + lead.comparator_word)
    ):
        return False  # a size: `pool (max 300)`
    if lead.comparator and lead.comparator != "~" and lead.comparator_word not in _WEAK:
        return True
    if amount.high is not None:
        return lead.word in BETWEEN
    none = amount.value == 0 and amount.unit == "" and not metric_name(lead.rest)
    return none and any(word.startswith(_FEARED) for word in after[:4])


def _names_people(amount: Amount, after: list[str]) -> bool:
    return amount.unit == "" and any(word.strip(_EDGES) in PEOPLE for word in after[:2])


def _is_audience(text: str, amount: Amount, after: list[str]) -> bool:
    """`(50-100 users)` says who is invited, and `(5% of users)` how many get it."""
    inside = text[: amount.start].rstrip().endswith("(")
    return inside and (_names_people(amount, after) or (amount.unit == "%" and after[:1] == ["of"]))


def _speaks_of_time(lead: Lead, after: list[str]) -> bool:
    """`Initial response (5 minutes)` is a target; `Infrastructure setup (2-3 days)` takes that long."""
    return less_is_better(lead.rest) or (not metric_name(lead.rest) and less_is_better(" ".join(after[:6])))


def _names_month(text: str, end: int) -> bool:
    """`12. Januar`, `5 May`: the number is a day."""
    word = text[end : end + 16].strip(" .").split(" ")[0].strip(".,")
    return word.lower() in MONTHS and (len(word) > 3 or word.istitle())


def _ends_well(after: list[str]) -> bool:
    """`99.9% uptime maintained`, `99.9% SLA`, `3 or more`."""
    words = [word.strip(_EDGES) for word in after[:5]]
    if not words:
        return False
    ends = next((at for at, word in enumerate(after[:5], start=1) if word[-1] in ",;)"), 5)
    words = words[:ends]
    if (
        " ".join(words[:2]) in AFTER
        or " ".join(words[:3]) in AFTER
        or any(word in AFTER_TARGET_WORDS for word in words)
    ):
        return True
    return words[0] in AFTER and words[0] not in ("minimum", "maximum", "min", "max", "plus", "tops")


def _names_software(label: str) -> bool:
    return any(word in ORDINALS for word in label.lower().split())


def _counts_bare(
    text: str, amount: Amount, lead: Lead, said: Said, after: list[str], *, first: bool, again: bool
) -> bool:
    """A value without a comparison, in a section of targets."""
    whole = text[amount.start : amount.end]
    if amount.unit == "%" and said.label.lower() in _EXPOSURES:
        return False
    if "//" in text or (amount.unit == "" and not first and "." in whole):
        return False  # an address; the number of a heading
    if (
        amount.unit == ""
        and 1990 <= amount.value <= 2100
        and amount.high is None
        and not any(mark in whole for mark in ", .'’")
    ):
        return first and bool(said.name) and not after
    if again and not metric_name(CLAUSE.split(lead.rest)[-1]):
        return False
    if first:
        return True
    if lead.word in _TO and amount.high is None and not _HOLDS(text[: amount.start]):
        return False
    named = bool(said.name or metric_name(lead.rest)) or bool(after and after[0].isalpha() and after[0] not in _TO)
    return named or amount.unit not in ("$", "€", "£")
