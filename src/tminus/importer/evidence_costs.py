"""Costs that are told in a line of prose or in lines with dots: `Ink 112 €, paper 348 €`, `Hosting ..... 40 € a month`.

A line counts only if nothing but names and amounts stands in it: a sentence that mentions money is no budget.
"""

from __future__ import annotations

import re

from tminus.importer.draft import Cost
from tminus.importer.phrases import read_costs
from tminus.importer.words_extract import TOTALS

_LOOKED_AT = 1500
_MOST = 40
_LONGEST_NAME = 6  # words
_LEADER = re.compile(r"\s*(?:\.{3,}|…+|_{3,}|·{3,}|(?:\.\s){3,})\s*")
_SENTENCE = re.compile(r"(?<=[^\d\s][.!?])\s+(?=[^\W\d_a-z])")
_PER = re.compile(
    r"^(?:/\s?|an?\s|per\s|each\s|every\s|pro\s|im\s|je\s|par\s|al\s|por\s|ao\s|al\s|a\s|na\s)?"
    r"(?:(month|mo\b|monat|mois|mes|mês|mese|maand|miesi[aą]c|ay\b|mensuel|mensual|monthly|monatlich)|"
    r"(year|yr\b|jahr|an\b|año|ano|anno|jaar|rok|yıl|annual|yearly|jährlich))\w*[\s,;.]*",
    re.IGNORECASE,
)
_PRICE = re.compile(
    r"(?:price|preis|verkaufspreis|prix|precio|pre[cç]o|prezzo|prijs|cena|fiyat|tariff?|postage|porto|"
    r"versand)\w*\b",
    re.IGNORECASE,
)
_AND = re.compile(r"^(?:and|und|et|y|e|en|i|ve|plus|sowie)\s+", re.IGNORECASE)
_ARTICLE = re.compile(r"^(?:the|die|der|das|le|la|les|el|los|las|il|lo|de|het|o|os)\s(?=[^\W\d_]{3})", re.IGNORECASE)
_TALK = re.compile(
    r"(?:we|it|i|they|you|for|with|from|about|of|wir|es|ich|fur|für|nous|on|je|pour|avec|nos|para|por|con|per|wij|we|voor|met|za|dla|to)\b",
    re.IGNORECASE,
)
_TEXT_AFTER = re.compile(r"[^\W\d_]{2,}")


def is_price(label: str) -> bool:
    """`Price of the lamp`, `Precio de la lámpara`: what others pay, and no cost."""
    return bool(_PRICE.match(label.strip()))


def read_amounts(text: str, line: int, last: int) -> list[Cost]:
    """The costs of a paragraph from `line` to `last`; empty where it says more than names and amounts, or has one only."""
    short = text[:_LOOKED_AT]
    several = last > line
    told = [short] if several or _LEADER.search(short) else _SENTENCE.split(short)
    for sentence in told:
        costs = _named(_LEADER.sub(" ", sentence), line)
        if len(costs) > 1:
            return _placed(costs, line, last)
    return []


def _named(text: str, line: int) -> list[Cost]:
    """Every amount with its name, if each has one of a few words and nothing follows the last."""
    costs = read_costs(text, line)
    if not 1 < len(costs) <= _MOST:
        return []
    for before, cost in zip([None, *costs], costs, strict=False):
        title = cost.title
        if before is not None and (per := _PER.match(title)):
            before.per = before.per or ("month" if per[1] else "year")
            title = title[per.end() :]
        cost.title = _AND.sub("", title.strip(" ,;.:–—-*"), count=1).strip(" ,;.:–—-*")
        cost.title = _ARTICLE.sub("", cost.title, count=1)
        if not cost.title or _TALK.match(cost.title) or len(cost.title.split()) > _LONGEST_NAME or is_price(cost.title):
            return []
        cost.kind = "total" if TOTALS.find(cost.title) else "line"
    return [] if _goes_on(text) or "?" in text else costs


def _goes_on(text: str) -> bool:
    """Whether more than a period and a word or two stands behind the last amount."""
    at = max((found.end() for found in re.finditer(r"[$€£₺]\s?\d[\d.,]*|\d\s?[^\W\d_]{0,4}[$€£₺]?", text)), default=0)
    return len(_TEXT_AFTER.findall(_PER.sub("", text[at:].strip()))) > 2


def _placed(costs: list[Cost], line: int, last: int) -> list[Cost]:
    """A line each, where there are as many lines as costs."""
    if last - line + 1 == len(costs):
        for at, cost in enumerate(costs):
            cost.line = line + at
    else:
        costs[0].lines = list(range(line + 1, min(last, line + 50) + 1))
    return costs
