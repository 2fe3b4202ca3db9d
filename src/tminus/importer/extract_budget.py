"""Reads what a launch costs: lines, groups with the totals that are stated for them, and the total of all."""

from __future__ import annotations

import re
from dataclasses import dataclass

from tminus.importer.draft import Cost, Draft
from tminus.importer.evidence_costs import is_price, read_amounts
from tminus.importer.extract_common import body, cells, descend, head, own_lines, sentence
from tminus.importer.extract_reading import cost_in
from tminus.importer.page import Block, Kind
from tminus.importer.words_extract import COST_COLUMNS, TOTALS, fold

_DIGIT = re.compile(r"\d")
_SPLIT = re.compile(r"\s(?:=|->|→|–|—|-)\s|:\s*|\t")
_TIMES = re.compile(r"[×x*]\s?(\d{1,6}(?:[.,]\d+)?)\b|\b(\d{1,6})\s?[×x]\s?(?=[$€£])")
_FREE = re.compile(
    r"free|gratis|kostenlos|gratuit\w*|gratuito|offerte?s?|bezpłatn\w*|ücretsiz|kostenfrei|included|incluse?|inklusive",
    re.IGNORECASE,
)
_MONEY = re.compile(r"[$€£₺]|[A-Z]{3}|zł|TL")
_MONTHLY = re.compile(
    r"\b(?:months?|monthly|mo|monat\w*|mois|mensuel\w*|mes|mensual\w*|mensal|mese|mensil\w*|maand\w*|miesi\w*|aylik|ay)\b"
)
_YEARLY = re.compile(
    r"\b(?:years?|yearly|annual\w*|yr|jahr\w*|annee|annuel\w*|ano|anual\w*|anno|annuo|jaar\w*|rok|rocz\w*|yil\w*)\b"
)


@dataclass(slots=True, frozen=True)
class _Around:
    """What headings say: the group of the lines beneath, and the period that all of them are paid for."""

    group: str
    per: str


def read_budget(block: Block, draft: Draft) -> None:
    """Every line of a budget. A line without a price is kept with none; a line of per cents is no cost."""

    table = any(child.kind is Kind.ROW for child in block.children)

    def visit(one: Block, around: _Around) -> _Around | None:
        if one.kind is Kind.ROW:
            _row(one, around, draft)
            return None
        if one is block and one.kind is Kind.HEADING and not one.value:
            return around
        if one.kind is Kind.HEADING or (one.kind in (Kind.ITEM, Kind.PAIR) and one.children):
            return _Around(_group(one, around, draft), _period(fold(head(one))) or around.per)
        if one.kind is Kind.TEXT and one.fence is None and (told := read_amounts(one.text, one.line, one.last)):
            for cost in told:
                _add(cost, cost.title, around, draft)
        elif one.kind is Kind.PAIR and (is_price(one.label) or (table and not TOTALS.find(one.label))):
            return None  # what stands beside a table of costs is none
        elif one.kind in (Kind.ITEM, Kind.PAIR) or _priced(one.text):
            _line(one, around, draft)
        return None

    descend(block, _Around("", _period(fold(head(block)))), visit)


def _priced(text: str) -> bool:
    """Whether a line of text is short and has an amount: a sentence of prose is none."""
    if text.rstrip().endswith(".") and ":" not in text and len(text.split()) > 4:
        return False
    return len(text.split()) < 13 and bool(_DIGIT.search(text)) and cost_in(text, 0) is not None


def _group(one: Block, around: _Around, draft: Draft) -> str:
    """`Infrastructure: $2,000` with lines beneath: its name, and its total if it states one."""
    title, value = (one.label, body(one)) if one.value else _halves(head(one))
    if value and (cost := cost_in(value, one.line)):
        cost.title, cost.kind = title, "total" if TOTALS.find(title) else "group"
        cost.group = title if cost.kind == "group" else ""
        cost.lines = own_lines(one)[1:]
        draft.costs.append(cost)
        return title
    return re.sub(r"\s*\([^()]*\)$", "", head(one))


def _halves(text: str) -> tuple[str, str]:
    """Name and amount of `Bicicletas: R$ 18.000`, `Servers - $200`, `Infrastructure ($2,000)`."""
    if found := re.search(r"\(([^()]{0,60}\d[^()]{0,60})\)\s*$", text):
        return text[: found.start()].strip(), found[1]
    splits = list(_SPLIT.finditer(text[:500]))
    for found in splits:
        if _DIGIT.search(text[found.end() :]) or _FREE.match(text[found.end() :].strip()):
            return text[: found.start()].strip(), text[found.end() :].strip()
    return text.strip(), ""


def _line(one: Block, around: _Around, draft: Draft) -> None:
    text = sentence(one)
    title, value = (one.label, body(one)) if one.value else _halves(text)
    cost = cost_in(value, one.line) if value and (_DIGIT.search(value) or _FREE.search(value)) else None
    if cost is None and not value and _DIGIT.search(text) and (cost := cost_in(text, one.line)):
        title = re.split(r"[$€£₺]|\d", text, maxsplit=1)[0].strip(" :–—-(") or text
    if cost is not None and "%" in value and not _MONEY.search(re.sub(r"\([^()]*\)", "", value)):
        return  # a discount, with an amount in brackets
    if cost is None:
        if (value and _DIGIT.search(value)) or one.kind in (Kind.TEXT, Kind.CODE):
            return
        cost = Cost(one.line, "")
    if (times := _TIMES.search(value or text)) and cost.times == 1.0:
        cost.times = float((times[1] or times[2]).replace(",", "."))
    cost.lines = own_lines(one)[1:]
    _add(cost, title.strip(" *"), around, draft)


def _add(cost: Cost, title: str, around: _Around, draft: Draft) -> None:
    """Give a cost its name and its place: a total belongs to no group, unless it is the group's own."""
    cost.title = title
    is_total = bool(TOTALS.find(title)) and not (around.group and fold(around.group) in fold(title))
    cost.kind, cost.group = ("total", "") if is_total else ("line", around.group)
    if cost.low is not None and cost.times == 1.0:
        cost.per = cost.per or around.per
    draft.costs.append(cost)


def _row(row: Block, around: _Around, draft: Draft) -> None:
    found = cells(row, COST_COLUMNS)
    filled = [cell.strip() for cell in row.cells if cell.strip()]
    if not filled:
        return
    low, high = found.get("low", ""), found.get("high", "")
    written = low or high or found.get("cost", "")
    cost = _two_ends(low, high, row.line) if low and high else cost_in(written, row.line) if written else None
    if cost is None:
        cost = next(
            (one for cell in reversed(filled[1:]) if _DIGIT.search(cell) and (one := cost_in(cell, row.line))), None
        )
    if cost is None:
        if (len(filled) < 2 and not around.group) or _DIGIT.search(written):
            return
        cost = Cost(row.line, "")
    cost.per = cost.per or _period(fold(found.get("per", ""))) or _period(fold(" ".join(row.header)))
    if re.fullmatch(r"\d{1,6}", found.get("times", "")) and cost.times == 1.0:
        cost.times = float(found["times"])
    _add(cost, found.get("title") or filled[0], around, draft)


def _two_ends(low: str, high: str, line: int) -> Cost | None:
    first, last = cost_in(low, line), cost_in(high, line)
    if first is None or last is None:
        return first or last
    first.high = last.high if last.high is not None else last.low
    first.currency = first.currency or last.currency
    first.per, first.open_end = first.per or last.per, last.open_end
    return first


def _period(text: str) -> str:
    """month or year, if folded words name one; empty otherwise."""
    if _MONTHLY.search(text):
        return "month"
    return "year" if _YEARLY.search(text) else ""
