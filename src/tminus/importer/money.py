"""Budget lines: `Supabase Pro: $149/mo × 3`, `Free-$200`, `$25-200+`, `€ 1.500 pro Monat`."""

from __future__ import annotations

import re
from dataclasses import replace
from functools import lru_cache

from tminus.importer.draft import Cost
from tminus.importer.numbers import Amount, find_amounts, plain
from tminus.importer.words_numbers import ADVERBS, CURRENCIES, word_set

_MONEY = frozenset(CURRENCIES.values())
_TIMES = re.compile(r"\s?(?:[x×*]|mal|times)\s?(\d{1,5})(?![\d%])")
_WHOLE = re.compile(r"(?<=\d)[,.](?:--|-|–|—)(?![\d-])")  # `300,- €`, `300,-- EUR`, `CHF 300.–`
_ABOUT = word_set(
    "ca ca. about around circa approx approx. approximately etwa rund env. environ ungefähr cerca_de ongeveer"
)
_FREE = word_set("free gratis kostenlos gratuit gratuite gratuito grátis ücretsiz bezpłatny darmowy frei")
_FREE_TO = re.compile(r"([^\W\d_]+)\s?(?:-|–|—|to|bis|à)\s?$")
_TOTAL = word_set("total totals gesamt summe gesamtkosten gesamtsumme somme totale totaal toplam suma razem insgesamt")
_PERIODS = {"mo": "month", "d": "day", "w": "week", "q": "quarter", "y": "year"}
_EDGES = " \t:;,.|-–—=*(~≈<>≤≥+"


def read_costs(text: str, line: int) -> list[Cost]:
    """The prices of one line, each with what it is for, its currency, its period and how often it is paid."""
    return [replace(one, line=line, lines=[], notes=[]) for one in _known(plain(text))]


@lru_cache(maxsize=1024)
def _known(text: str) -> tuple[Cost, ...]:
    text, line = _WHOLE.sub("", text), 0
    costs: list[Cost] = []
    end = 0
    for amount in find_amounts(text):
        if amount.unit not in _MONEY or amount.start < end:
            continue
        before = text[end : amount.start]
        if before.rstrip().endswith("=") and costs:
            end = amount.end  # the product of what stands before it
            continue
        cost, stop = _cost(text, before, amount, line)
        if not cost.title and costs:
            cost.title = costs[-1].title
        costs.append(cost)
        end = stop
    return tuple(costs or _free(text, line))


def _cost(text: str, before: str, amount: Amount, line: int) -> tuple[Cost, int]:
    low = amount.value
    free = _FREE_TO.search(before)
    if free and free[1].lower() in _FREE:
        low, before = 0.0, before[: free.start()]
    high = amount.value if amount.high is None else amount.high
    stop = amount.end
    times = _TIMES.match(text, stop)
    count = 1.0
    if times:
        count, stop = float(times[1]), times.end()
    title = _title(before)
    cost = Cost(line, title, low=min(low, high), high=max(low, high), currency=amount.unit, times=count)
    cost.open_end = amount.plus
    cost.per = amount.per or _period(text[stop : stop + 24])
    cost.kind = "total" if any(word.strip(_EDGES).lower() in _TOTAL for word in title.split()) else "line"
    cost.doubt = amount.doubt if amount.unit != "€" else ""
    return cost, stop


def _title(before: str) -> str:
    """What is paid for: what stands before the price, after the last separator."""
    title = before.strip(_EDGES).rpartition("; ")[2].rpartition(" | ")[2].strip(_EDGES)
    head, _, last = title.rpartition(" ")
    return head.strip(_EDGES) if last.lower() in _ABOUT else title


def _period(after: str) -> str:
    words = [word.strip(_EDGES).lower() for word in after.split()[:2]]
    return next((_PERIODS[ADVERBS[word]] for word in words if word in ADVERBS), "")


def _free(text: str, line: int) -> list[Cost]:
    """`Analytics: Free`: it is priced, and costs nothing."""
    label, _, value = text.rpartition(":")
    said = value.strip(" .*").lower()
    return [Cost(line, label.strip(_EDGES), low=0.0, high=0.0)] if said in _FREE else []
