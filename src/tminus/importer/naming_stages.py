"""What stages are called and when they begin, once all are known: `day3` is `Day 3` and begins two days after `Day 1`."""

from __future__ import annotations

import re
from collections.abc import Iterable

from tminus.importer.draft import Phase, Stage
from tminus.importer.words_extract import fold
from tminus.importer.words_sections import STAGE_EVERYBODY

_KEY = re.compile(r"[a-zà-ÿ][\w-]*")
_PARTS = re.compile(r"(?<=[a-zà-ÿ])(?=[A-Z0-9])|[_-]+")
_COUNTED = re.compile(
    r"(day|tag|jour|dia|giorno|dag|gun|dzien|week|woche|semaine|semana|settimana|hafta|hour|stunde|heure)\W?\s?(\d{1,3})(?!\d)"
)
_UNITS = {
    "day": "d", "tag": "d", "jour": "d", "dia": "d", "giorno": "d", "dag": "d", "gun": "d", "dzien": "d",
    "week": "w", "woche": "w", "semaine": "w", "semana": "w", "settimana": "w", "hafta": "w",
    "hour": "h", "stunde": "h", "heure": "h",
}  # fmt: skip


def title_of_key(key: str) -> str:
    """A key as people say it: `day1` is `Day 1`, `softLaunch` is `Soft launch`, `Week 2` stays as it is."""
    words = " ".join(part for part in _PARTS.split(key.strip()) if part)
    if not _KEY.fullmatch(key.strip()) or not words:
        return key
    words = words.lower() if any(letter.isupper() for letter in words) else words
    return words[:1].upper() + words[1:]


def settle_stages(phases: list[Phase]) -> None:
    """Take `users` and `visitors` for everybody, and let counted days begin where they are counted."""
    for phase in phases:
        for stage in phase.stages:
            _everybody(stage)
        _count(phase.stages)


def is_everybody(words: str) -> bool:
    """Whether an audience is no cohort but all there are: `all users`, `Besucher`, `everyone`."""
    return fold(words[:80]).strip(" .") in STAGE_EVERYBODY


def _everybody(stage: Stage) -> None:
    if stage.audience and all(is_everybody(one) for one in stage.audience):
        stage.audience = []
        stage.everybody = True
        if stage.share is None and stage.people is None:
            stage.share = 1.0


def _count(stages: Iterable[Stage]) -> None:
    counted: list[tuple[Stage, str, int]] = []
    for stage in stages:
        found = _COUNTED.match(fold(stage.title[:40]))
        if not found:
            return
        counted.append((stage, _UNITS[found[1]], int(found[2])))
    if len(counted) < 2 or any(stage.starts for stage, _, _ in counted) or len({unit for _, unit, _ in counted}) > 1:
        return
    numbers = [number for _, _, number in counted]
    if sorted(set(numbers)) != numbers:
        return
    for stage, unit, number in counted:
        stage.starts = f"+{number - numbers[0]}{unit}"
        if stage.lasts == f"1{unit}" and "%" in stage.title:
            stage.lasts = ""  # `Day 1: 5 %` says when it begins; it goes on until the next
