"""The numbers that a line wants, or fears: `Error rate < 0.1%`, `200+ new users/day`, `Target 15% increase`."""

from __future__ import annotations

import re
from dataclasses import dataclass, fields, replace
from functools import lru_cache
from operator import attrgetter

from tminus.importer.draft import Target
from tminus.importer.metric_names import less_is_better, metric_name
from tminus.importer.numbers import LOOKED_AT, PER, Amount, find_amounts, plain
from tminus.importer.target_baseline import read_baseline
from tminus.importer.target_change import grade, read_change, split_change
from tminus.importer.target_kinds import BETWEEN, CLAUSE, Said, counts, kind_of, qualifies
from tminus.importer.target_leads import Lead, read_lead
from tminus.importer.target_rates import lasting_before, read_rate
from tminus.importer.target_served import LATENCY, read_series, read_served, spelled_out
from tminus.importer.target_spelled import with_digits
from tminus.importer.target_tails import Tail, read_quantile, read_tail, without_quantile
from tminus.importer.target_zeros import begins_with_zero, read_zero, split_zeros
from tminus.importer.words_numbers import SECONDS, word_set
from tminus.importer.words_targets import (
    AFTER,
    AVERAGES,
    BASELINE,
    MEDIANS,
    ORDINALS,
    STOP_LABELS,
    TARGET_WORDS,
)

_REMEMBERED = 600  # characters
# Everything but the line, its doubt and the lists that each copy has for itself.
_SAID_OF = attrgetter(*(one.name for one in fields(Target) if not one.kw_only and one.name != "line"))
_DIGIT = re.compile(r"[0-9½¼¾]").search
_PLACE = re.compile(r"\s*([^\W\d]+)\s?#?\d{1,4}").match
_ARROW = re.compile(r"\s*(?:->|→|=>|⇒|➜)\s*").fullmatch
_VERSIONED = word_set("v p http ios android node java php python version iso rfc")
_OFFSET = re.compile(r"[TtDdJj]\s?[+-]\s?\d{1,3}\s?[a-zA-Z]{0,5}\s+").match
_SENTENCE = word_set("is are wird werden ist sind est sont es son è sono são is_not gets get can")
_BRACKETED = re.compile(r"\([^()]*\)\s*$")
_RECOVERY = re.compile(r"\bR[TP]O\b").search
# `no regression worse than 20 %`: what there is none of is limited.
_LIMIT_OF_NONE = re.compile(
    r"(?:[^:]{0,80}:\s)?(?:no|nobody|no one|niemand|nadie|ninguém|nikt|personne ne|keine?|aucune?|ning[uú]na?"
    r"|ning[uú]n|nenhuma?|nessuna?|nessun|geen)\s(?!more|less|fewer|later)"
    r"((?:[^\s\d<>:,;.]{1,30}\s){1,6}(?:worse|more|higher|slower|longer|larger|greater|older|above|over|beyond"
    r"|exceeding|exceeds"
    r"|schlechter|mehr|höher|länger|größer|langsamer|über|plus|más|mayor|superior|acima|mais|più|sopra|oltre|meer"
    r"|boven)"
    r"\s(?:(?:than|als|de|que|à|di|dan)\s)?[$€£]?\d.*)",
    re.IGNORECASE,
).match
_NOBODY = re.compile(r"(?:nobody|no one|niemand|nadie|ninguém|nikt|personne ne)\s", re.IGNORECASE).match
_GAP = re.compile(r"[,;|()]|\s(?:and|und|et|y|e|ve|en|i|or|oder|&|\+|AND|OR)\s|\s[-–—•→/]\s|\.\s")
_GENERIC = word_set(
    "high priority medium low critical warning info alert alerts p0 p1 p2 p3 p4 sev1 sev2 sev3 trigger"
    " triggers technical business performance quality reliability metrics metric kpi kpis growth condition"
    " criteria success hoch mittel niedrig kritisch warnung élevé moyen critique alta media baja crítico"
    " kritik yüksek severity level system general key result rollback"
)
_LIMITS = {
    **dict.fromkeys(("max", "maximum", "maximal", "maximale", "maximaler", "maximales", "máximo", "massimo"), "<="),
    **dict.fromkeys(("min", "minimum", "minimal", "minimale", "minimaler", "mínimo", "minimo"), ">="),
}
# `(takes < 2 min)` says how long a step is.
_TAKES = word_set("takes take lasts last dauert dauer_etwa dure prend tarda dura demora leva richiede duurt sürer trwa")
_AND = word_set("and und et y e en ve i to")


@dataclass(slots=True)
class _Found:
    """One number that is a target, with what stands around it."""

    amount: Amount
    lead: Lead
    start: int  # of what belongs to it
    tail: Tail
    after: str
    joint: str = ""  # `in` of `15% increase in engagement`


def read_targets(text: str, line: int, *, label: str = "", value: str = "", wanted: bool = False) -> list[Target]:
    """Every wanted or feared number of one line. `wanted`: the section speaks of targets, so bare values count too."""
    if len(text) + len(label) + len(value) > _REMEMBERED:
        return _read_line(text, label, value, line, wanted)
    return [Target(line, *_SAID_OF(one), doubt=one.doubt) for one in _known(text, label, value, wanted)]


@lru_cache(maxsize=1024)
def _known(text: str, label: str, value: str, wanted: bool) -> tuple[Target, ...]:
    """The targets of a line that may come again: rules repeat, and several readers look at the same line."""
    return tuple(_read_line(text, label, value, 0, wanted))


def _read_line(text: str, label: str, value: str, line: int, wanted: bool) -> list[Target]:
    source = value if label and value else text
    if not _DIGIT(source[:LOOKED_AT]):
        if begins_with_zero(source) and (zeros := read_zero(source, label, line, wanted=wanted)):
            return zeros
        source = spelled_out(with_digits(source))
        if not _DIGIT(source[:LOOKED_AT]):
            return []
    source = with_digits(plain(source))
    if ("R" in source and _RECOVERY(source)) or (label and _RECOVERY(label)):
        return []
    if not label:
        label, source = _split_label(source)
    if label and _is_stopped(label) and not any(sign in source for sign in "<>≤≥"):
        return []
    source, zeros = split_zeros(source, line, wanted=wanted)
    found = _otherwise(source, plain(label), line, wanted)
    return [*(found or _read(source, plain(label), line, wanted)), *zeros]


def _otherwise(source: str, label: str, line: int, wanted: bool) -> list[Target]:
    """What a number says that is not read as one after another: zeros, shares that are percentiles, series of them."""
    if begins_with_zero(source) or _NOBODY(source):
        limit = _LIMIT_OF_NONE(source)
        if limit is None and _NOBODY(source):
            return []
        if limit is None:
            return read_zero(source, label, line, wanted=wanted)
        found = _read(limit[1], "" if limit.start() else label, line, wanted)
        for target in found:
            target.comparator = {">": "<=", ">=": "<"}.get(target.comparator, target.comparator)
        return found
    if "/" in source or "/" in label or ("," in source and "p" in label):
        found = read_series(f"{label}: {source}" if label else source, line)
        if found:
            return found
    return read_served(source, label, line) if "%" in source or "cent" in source or "zent" in source else []


def _split_label(text: str) -> tuple[str, str]:
    """`Uptime: > 99.9%` in its halves, where the number stands in the second."""
    at = text.find(":")
    if at <= 0 or at > 80 or text[at + 1 : at + 2].isdigit() or "(" in text[:at] or not _DIGIT(text, at):
        return "", text
    if _DIGIT(text[:at]) and any(sign in text[:at] for sign in "<>≤≥%"):
        return "", text
    return text[:at].strip(), text[at + 1 :].strip().strip("\"'")


def _is_stopped(label: str) -> bool:
    lower = label.strip(" :*").lower()
    first, _, rest = lower.partition(" ")
    return lower in STOP_LABELS or (first in ("timeline", "duration", "deadline") and " " not in rest)


def _places(label: str) -> bool:
    """True for labels that say where in the plan a line belongs: `Week 2`, `day1`, `Phase 3`, `Level 1 (0-5 min)`."""
    if read_quantile(label):
        return False  # `p95: 300 ms`
    found = _PLACE(label)
    if not found or found[1].lower() not in ORDINALS:
        return False
    # `v2 parity` is the name of something; `Phase 2 gate` says where.
    return found[1].lower() not in _VERSIONED or found.end() == len(label.rstrip(" :*"))


def _read(text: str, label: str, line: int, wanted: bool) -> list[Target]:
    """The targets of a text behind its label."""
    by = ""
    if label and _places(label):
        by, label, wanted = label if len(label) < 16 else "", "", False
    aimed = any(word in TARGET_WORDS for word in label.lower().strip(" :*").split())
    said = Said(label, metric_name(without_quantile(label)), aimed, wanted)
    targets: list[Target] = []
    for one in _find(text, said):
        target = _target(one, text, said, targets, line)
        if target is not None:
            target.by = target.by or by
            targets.append(target)
    _share_window(targets)
    return targets


def _share_window(targets: list[Target]) -> None:
    """`p50 < 60 ms, p99 < 450 ms over 1 h`: the window behind the last is that of all percentiles of the metric."""
    for one, following in zip(reversed(targets[:-1]), reversed(targets[1:]), strict=True):
        if one.metric == following.metric and one.aggregate != following.aggregate and not one.over and not one.lasting:
            one.over = following.over


def _find(text: str, said: Said) -> list[_Found]:
    """The numbers that are targets, each with the clause that belongs to it."""
    amounts = find_amounts(text)
    found: list[_Found] = []
    end = 0
    for place, amount in enumerate(amounts):
        if amount.start < end:
            continue
        lead = read_lead(text[end : amount.start])
        amount = _joined(text, amount, lead, amounts[place + 1 : place + 2])
        again = bool(found)
        if lead.word == "do" and not lead.comparator and (amount.unit in SECONDS or amount.unit == "%"):
            lead.comparator = lead.comparator_word = "<="  # Polish: `Czas odpowiedzi do 300 ms`
        if qualifies(text, amount, lead, amounts[place + 1 : place + 3]):
            continue
        if kind_of(text, amount, lead, end, again) != "target" or not counts(text, amount, lead, said, again=again):
            continue
        start = _clause_start(text, end, amount.start) if found else 0
        if found:
            _close(found[-1], text, start)
        found.append(_Found(amount, lead, start, Tail(), ""))
        end = amount.end
    if found:
        _close(found[-1], text, len(text))
    return found


def _joined(text: str, amount: Amount, lead: Lead, following: list[Amount]) -> Amount:
    """`between 8 and 12` is one range."""
    if lead.word in BETWEEN and following and text[amount.end : following[0].start].strip().lower() in _AND:
        return replace(following[0], start=amount.start, value=amount.value, high=following[0].value)
    if following and _ARROW(text, amount.end, following[0].start) and amount.high is None:
        lead.word = "from"
        return replace(following[0], start=amount.start, value=amount.value, high=following[0].value)
    return amount


def _clause_start(text: str, end: int, start: int) -> int:
    """Where the clause of the next target begins, between the number before it and its own."""
    breaks = [found.start() for found in _GAP.finditer(text, end, start)]
    return breaks[-1] if breaks else end


def _close(found: _Found, text: str, stop: int) -> None:
    found.after = text[found.amount.end : stop]
    unit, after = found.amount.unit, found.after
    if unit.startswith("/") and not unit[1:].isdigit():
        after = PER.sub(" ", after, count=1)
    change, joint, behind = split_change(after) if unit in ("%", "pp") else ("", "", after)
    found.tail = read_tail(behind, share=unit in ("%", "pp", "x") and not change)
    if change:
        found.joint = joint


def _target(one: _Found, text: str, said: Said, before: list[Target], line: int) -> Target | None:
    amount, lead, tail = one.amount, one.lead, one.tail
    own = _own_name(text[one.start : amount.start], lead)
    if lead.average and amount.unit not in SECONDS and own:
        own, lead.aggregate = f"{own} {lead.average}", ""  # `Panier moyen` is a name; what is mean is a time
    if (offset := _OFFSET(own)) is not None:
        own, tail.by = metric_name(own[offset.end() :]), tail.by or offset[0].strip()
    unit, own = read_rate(amount, own, tail, one.after)
    if unit != amount.unit:
        one.amount = amount = replace(amount, unit=unit)
    own = lasting_before(own, tail)
    metric, doubt = _metric(own, said.label, said.name, tail, before, amount)
    if (
        not metric
        and amount.unit in SECONDS
        and (tail.aggregate or lead.aggregate or read_quantile(said.label))[:1] == "p"
    ):
        metric, doubt = LATENCY, "what is measured is not said: a percentile of a time is taken for the latency"
    if not metric or len(metric.split()) > 12 or metric.lower() in _TAKES:
        return None
    target = Target(line, metric, "", amount.value, amount.unit, doubt=doubt or amount.doubt)
    target.aggregate = tail.aggregate or lead.aggregate or read_quantile(lead.rest) or read_quantile(said.label)
    if not target.aggregate:
        target.metric, target.aggregate = _averaged(metric, amount.unit)
    target.over, target.lasting, target.by = tail.over, tail.lasting, tail.by
    target.audience, target.condition = tail.audience, tail.condition
    if (
        one.joint
        and tail.rest
        and not target.over
        and not target.condition
        and metric_name(" ".join(tail.rest)) != metric
    ):
        target.condition = " ".join((one.joint, *tail.rest)).strip(" .,")
    if amount.per and not target.over:
        target.over = {"day": "1d", "week": "7d", "month": "30d", "quarter": "90d", "year": "365d"}.get(amount.per, "")
    _compare(target, one)
    target.baseline = read_baseline(text, amount, lead.word, one.start, one.after)
    if "star" in one.after[:1] or (amount.unit == "/5" and "/" not in text[amount.start : amount.end]):
        target.doubt = target.doubt or "a scale of 5 is assumed"
    return target


def _own_name(before: str, lead: Lead) -> str:
    """The metric in what stands before the number: in the last clause that names anything."""
    rest = lead.rest if len(lead.rest) < len(before) else read_lead(before).rest
    if rest.endswith(")"):
        rest = _BRACKETED.sub("", rest)  # `Time to first byte (TTFB) < 600ms`
    for clause in reversed(CLAUSE.split(rest)):
        name = metric_name(without_quantile(clause)) if clause and not clause.isspace() else ""
        if name and name.lower() not in AVERAGES and name.lower() not in BASELINE:
            return name
    return ""


def _metric(own: str, label: str, name: str, tail: Tail, before: list[Target], amount: Amount) -> tuple[str, str]:
    """What is measured, and a doubt about it: said before the number, by the label, by the target before, or after it."""
    generic = bool(label) and all(word.strip("():").lower() in _GENERIC for word in label.split())
    if own:
        last = name.rpartition(" ")[2].lower()
        if name and not generic and any(word in _SENTENCE for word in own.lower().split()):
            return name, ""  # `Freshness: a document is searchable within 90 s`
        if name and not generic and " " not in own and last in ("time", "times", "rate", "latency"):
            return metric_name(f"{own} {name}"), ""
        return own, "a whole phrase stands for the metric" if len(own.split()) > 7 else ""
    generic = generic or (amount.value == 0 and amount.unit == "" and amount.high is None)
    rest = metric_name(" ".join(tail.rest)) if not name or generic else ""
    if name and not (generic and rest):
        return name, ""
    if before and not rest:
        if len(tail.audience.split()) > 4:  # `at least 15 % of sessions contain a title from the long tail`
            return metric_name(tail.audience), "what is measured is not said in so many words"
        return before[-1].metric, ""
    if rest:
        return rest, "a whole phrase stands for the metric" if len(rest.split()) > 7 else ""
    if tail.audience:
        return metric_name(tail.audience), "what is measured is not said in so many words"
    return ("Stars", "") if amount.unit == "/5" else ("", "")


def _averaged(metric: str, unit: str) -> tuple[str, str]:
    """`Average response time` -> `Response time`, by its mean; `Mean time to recovery` and `Average basket` are names."""
    first, _, rest = metric.partition(" ")
    if rest and first.lower() in MEDIANS:
        return rest[:1].upper() + rest[1:], "p50"
    if rest and unit in SECONDS and first.lower() in AVERAGES and first.lower() != "mean":
        return rest[:1].upper() + rest[1:], "mean"
    return metric, ""


def _compare(target: Target, one: _Found) -> None:
    """Set the comparator, the range and the change of a target."""
    amount, lead = one.amount, one.lead
    grade(lead, target, amount)
    comparator = lead.comparator or _after_comparator(one.after) or _limited(target)
    default = "<=" if not amount.plus and less_is_better(target.metric) else ">="
    if read_change(target, one.amount, one.lead, one.after, comparator):
        return
    if amount.high is not None:
        _range(target, amount, lead, comparator)
        return
    if comparator == "~":
        target.doubt = target.doubt or "the page says about how much"
        comparator = default
    target.comparator = comparator or default
    if target.number == 0 and amount.unit == "" and comparator in ("", "=", "<="):
        target.comparator = "zero"


def _limited(target: Target) -> str:
    """`Max error rate: 1%` limits the error rate; the word goes from the metric's name."""
    first, _, rest = target.metric.partition(" ")
    comparator = _LIMITS.get(first.lower().rstrip("."), "")
    if comparator and rest:
        target.metric = rest[:1].upper() + rest[1:]
        return comparator
    return ""


def _after_comparator(after: str) -> str:
    words = after.lower().split()[:4]
    for count in (3, 2, 1):
        said = " ".join(words[:count]).strip(" .,;)(")
        if said in AFTER:
            return AFTER[said]
    return next((AFTER[word.strip(".,)(")] for word in words if word.strip(".,)(") in ("minimum", "maximum")), "")


def _range(target: Target, amount: Amount, lead: Lead, comparator: str) -> None:
    high = amount.high if amount.high is not None else amount.value
    if lead.word in ("from", "von", "de", "desde", "da", "van", "z", "od") and not comparator:
        target.baseline, target.number = f"{amount.value:g}{amount.unit}", high
        target.comparator = "<=" if high < amount.value else ">="
    elif comparator in ("<", "<=", ">", ">="):
        target.number, target.comparator = (high if comparator[0] == "<" else amount.value), comparator
        target.doubt = "a comparison with a range: its nearer end is taken"
    elif amount.plus:
        target.comparator = ">="
    else:
        low, high = min(amount.value, high), max(amount.value, high)
        target.comparator, target.number, target.high = "within", low, high
