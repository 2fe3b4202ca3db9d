"""Escalation times, recovery goals, severities and how often: `5-15 min`, `4 hours RTO`, `P1`, `Weekly`."""

from __future__ import annotations

import re

from tminus.importer.durations import said
from tminus.importer.numbers import Amount, find_amounts, plain
from tminus.importer.words_numbers import ADVERBS, SECONDS, TIME_UNITS, spread, word_set

_T = re.compile(r"\bT\s?\+\s?(\d{1,4})\b")
_UNTIL = tuple(
    word_set(
        "within under < <= ≤ up_to until innerhalb innerhalb_von bis unter dans_les en_moins_de less_than first"
        " max max. binnen entro dentro_de at_most moins_de por_menos_de"
    )
)
_NOW = word_set(
    "immediate immediately instant sofort immédiat immédiatement inmediato inmediatamente subito direct hemen"
)
_GLUE = word_set("- – — to bis à a tot do até hasta")
_GOAL = re.compile(r"\b(RTO|RPO|recovery time(?: objective)?|recovery point(?: objective)?)\b", re.IGNORECASE)
_NO_LOSS = re.compile(
    r"\b(?:RPO|recovery point(?: objective)?)(?:\s?[:=<≤]{1,2}|\s(?:of|is|target|von|de|=))?\s?"
    r"(?:0(?![\d%]|[.,:]\d|\s?[^\W\d_])|(?:zero|none|null|nil|keiner|aucune?|ninguno|nessuno)\b|no (?:data )?loss\b)",
    re.IGNORECASE,
)
_WORD = re.compile(r"[^\W_]+")
_SEVERITIES = spread(
    {
        "critical": "critical|p0|p1|sev0|sev1|s0|s1|blocker|emergency|urgent|fatal|page|kritisch|kritische|kritischer|critique"
        "|crítico|crítica|critico|critica|kritiek|kritik|krytyczny|krytyczne|dringend|acil|severe|disaster",
        "high": "high|p2|sev2|s2|major|error|hoch|hohe|hoher|hohes|élevé|élevée|haute|alta|alto|hoog|hoge|yüksek|wysoki|wysoka"
        "|wysokie|important|wichtig|schwer",
        "medium": "medium|moderate|p3|sev3|s3|warning|warn|warnung|mittel|mittlere|mittlerer|moyen|moyenne|media|medio|média"
        "|médio|gemiddeld|orta|średni|średnia|średnie|avertissement|advertencia|aviso|avviso|uyarı|ostrzeżenie|waarschuwing",
        "low": "low|minor|p4|sev4|s4|niedrig|niedrige|niedriger|gering|geringe|faible|bas|basse|baja|bajo|baixa|baixo|bassa"
        "|basso|laag|lage|düşük|niski|niska|niskie|leicht|trivial|mineur",
        "info": "info|informational|information|notice|p5|sev5|hinweis|informatif|informativo|bilgi|informacja",
    }
)
_PERIODS = {"d": "day", "w": "week", "mo": "month", "q": "quarter", "y": "year"}
_EACH = word_set(
    "every each per jeden jede jedes chaque tous toutes cada todos todas ogni elke iedere her każdy każdego"
    " co a pro par por al"
)
_EVERY_TIME = frozenset(["les", "los", "las", "the", "el"])
_PLURALS = spread({"d": "jours|días|dias", "w": "semaines|semanas", "mo": "mois|meses", "y": "ans|años|anos"})


def read_minutes(text: str) -> tuple[float, float | None] | None:
    """When somebody is called, in minutes: (5, 15) of `5-15 min`, (30, None) of `30+ min`, (0, 5) of `within 5 min`."""
    text = plain(text)
    from_start = _T.search(text)
    times = [amount for amount in find_amounts(text) if amount.unit in SECONDS and amount.unit != "ms"]
    if not times:
        if from_start:
            return float(from_start[1]), None
        now = any(word.lower() in _NOW for word in _WORD.findall(text)[:40])
        return (0.0, None) if now else None
    first = times[0]
    before = text[: first.start].rstrip(" (").lower()
    low, high = _minutes(first, first.value), None if first.high is None else _minutes(first, first.high)
    if high is None and len(times) > 1 and text[first.end : times[1].start].strip().lower() in _GLUE:
        high = _minutes(times[1], times[1].value)
    if high is not None:
        return min(low, high), max(low, high)
    return (0.0, low) if before.endswith(_UNTIL) else (low, None)


def _minutes(amount: Amount, value: float) -> float:
    return round(value * SECONDS[amount.unit] / 60.0, 6)


def read_recovery(text: str) -> tuple[str, str]:
    """How long recovery may take and how much may be lost, as durations: (`4h`, `1h`) of `4 hours RTO, 1 hour RPO`."""
    text = plain(text).replace("/", " / ")
    goals = [(goal.start(), goal.end(), _goal(goal[1].lower())) for goal in _GOAL.finditer(text)]
    times = [amount for amount in find_amounts(text) if amount.unit in SECONDS]
    if len(goals) > 2 and times and goals[1][1] < times[0].start:
        goals = goals[2:]  # `RTO/RPO targets:` is the label of what follows
    found = {"t": "", "p": ""}
    if len(goals) > 1 and len(times) > 1 and goals[1][1] <= times[0].start:
        pairs = list(zip((kind for _, _, kind in goals), times, strict=False))  # `RTO/RPO: 4h/1h`
    else:
        pairs = _beside(text, goals, times)
    for kind, amount in pairs:
        found[kind] = found[kind] or said(amount.value if amount.high is None else amount.high, amount.unit)
    if not found["p"] and _NO_LOSS.search(text):
        found["p"] = "0s"
    return found["t"], found["p"]


def _goal(words: str) -> str:
    return words[1] if len(words) == 3 else words.partition(" ")[2][0]


def _beside(text: str, goals: list[tuple[int, int, str]], times: list[Amount]) -> list[tuple[str, Amount]]:
    """Each goal with the time that stands on its own side of it: all before, or all behind."""
    behind = bool(goals and times) and goals[0][0] < times[0].start
    pairs = []
    for place, (start, end, kind) in enumerate(goals):
        after = goals[place + 1][0] if place + 1 < len(goals) else len(text)
        before = goals[place - 1][1] if place else 0
        near = [one for one in times if (end <= one.start < after if behind else before <= one.start < start)]
        if near:
            pairs.append((kind, near[0] if behind else near[-1]))
    return pairs


def read_severity(text: str) -> str:
    """critical, high, medium, low or info, by the first word that says one; "" where none does."""
    for word in _WORD.findall(plain(text).lower().replace("sev-", "sev").replace("sev ", "sev"))[:60]:
        if word in _SEVERITIES:
            return _SEVERITIES[word]
    return ""


def read_every(text: str) -> str:
    """day, week, month, quarter or year, by the first word that says how often; "" where none does."""
    words = [word.strip(".,:;()[]\"'*").lower() for word in plain(text).split()[:60]]
    for at, word in enumerate(words):
        if word in ADVERBS:
            return _PERIODS[ADVERBS[word]]
        if word in _EACH and at + 1 < len(words):
            following = words[at + 1]
            if following in _EVERY_TIME and at + 2 < len(words):
                following = words[at + 2]
            unit = TIME_UNITS.get(following, _PLURALS.get(following, ""))
            if unit in _PERIODS and len(following) > 2:
                return _PERIODS[unit]
    return ""
