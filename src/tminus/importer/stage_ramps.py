"""Shares that rise line by line among tasks: `start writers at 10 %`, ..., `writers 100 %`."""

from __future__ import annotations

import re

from tminus.importer.draft import Stage
from tminus.importer.page import Block, Kind
from tminus.importer.phrases import read_shares

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
