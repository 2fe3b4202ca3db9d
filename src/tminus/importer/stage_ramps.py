"""Shares that rise line by line among tasks: `start writers at 10 %`, ..., `writers 100 %`."""

from __future__ import annotations

import re

from tminus.importer.draft import Stage
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


def _last_share(text: str) -> float | None:
    shares = read_shares(text)
    return shares[-1] if shares else None
