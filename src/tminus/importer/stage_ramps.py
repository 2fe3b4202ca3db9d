"""Shares that rise line by line among tasks: `start writers at 10 %`, ..., `writers 100 %`."""

from __future__ import annotations

import re

from tminus.importer.draft import Stage
from tminus.importer.page import Block, Kind
from tminus.importer.phrases import read_shares, read_span

_COMPARED = re.compile(r"[<>≤≥]|\b(?:target|at least|below|above|under|over)\b")


def rising_shares(lines: list[tuple[int, str]]) -> list[Stage]:
    """Tasks that raise the share step by step up to everybody: `start writers at 10 %`, ..., `writers 100 %`."""
    steps = [
        (line, text, share)
        for line, text in lines
        if "%" in text and not _COMPARED.search(text) and (share := _last_share(text)) is not None
    ]
    shares = [share for _, _, share in steps]
    if len(shares) < 2 or shares[-1] != 1.0 or sorted(set(shares)) != shares:
        return []
    return [Stage(line, text.strip(), share=share) for line, text, share in steps]


_PLAN_LINE = re.compile(r"[^\W\d_]+\s?\+?\d{1,3}\W.*|\d{1,2}[:.]\d{2}\W.*|[^\W\d_]+\W.*", re.DOTALL)
_GAP = re.compile(r"\s{2,}|\t")


def fenced_shares(fence: Block) -> list[Stage]:
    """Lines of a plain fence in columns, one share each that rises to everybody: `day 2    40%   linux, mac`."""
    if fence.kind is not Kind.FENCE or fence.fence:
        return []
    lines = [block for block in fence.children if block.text.strip()]
    if not lines or any(block.text.count("%") != 1 or not _PLAN_LINE.fullmatch(block.text[:200]) for block in lines):
        return []
    stages = rising_shares([(block.line, block.text) for block in lines])
    for stage in stages:
        stage.title = ", ".join(part for part in _GAP.split(stage.title) if part)
    return stages if len(stages) == len(lines) else []


def _last_share(text: str) -> float | None:
    shares = read_shares(text)
    return shares[-1] if shares else None


_AT_TIME = re.compile(
    r"\b(?:w|week|woche|semaine|semana|settimana|hafta|"
    r"tydzie\w|d|day|tag|jour|d[ií]a|giorno|dag|g[uü]n|dzie\w) ?\d{1,3} ?[:=–-]? ?$",
    re.IGNORECASE,
)
_SHARE = re.compile(r"\d{1,3}(?:[.,]\d{1,3})?\s?%")


def times_of_shares(text: str) -> list[str]:
    """`Week 1`, `Week 3` of `Week 1: 20 %, week 3: 50 %`; shorter than the shares where not all have a time."""
    found = (_AT_TIME.search(text[max(0, one.start() - 30) : one.start()]) for one in _SHARE.finditer(text[:400]))
    return [one[0].strip(" :=–-") for one in found if one is not None]


_A_STEP = re.compile(
    r"\b(?:one|a|eine?|une?|una|uma|een|jeden) (?:step|stage|stufe|schritt|[eé]tape|palier|paso|etapa|passo|stap|krok) "
    r"(?:a|an|per|each|every|pro|par|por|al|alla|na) (\w{3,12})",
    re.IGNORECASE,
)
_EACH = re.compile(
    r"\b(?:each|apiece|per step|jeweils|je|chacune?|cada|ciascun\w?|elk|her biri|kazdy)\b", re.IGNORECASE
)


def lasts_of_each(text: str) -> str:
    """How long each member of a ramp lasts: `two to three days each`, `jeweils 2 Tage`."""
    if rhythm := _A_STEP.search(text[:600]):
        return read_span(f"1 {rhythm[1]}")
    found = _EACH.search(text[:600])
    if found is None:
        return ""
    before = re.split(r"[,.;%)]\s", text[max(0, found.start() - 40) : found.start()])[-1]
    return read_span(before) or read_span(text[found.end() : found.end() + 30])
