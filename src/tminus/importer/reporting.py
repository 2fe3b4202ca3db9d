"""What an import has to tell: the whole account as data, and what is left open."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from tminus.importer.draft import Alert, Box, Stage, Trigger
from tminus.importer.importing import Imported
from tminus.importer.writing_tasks import all_boxes
from tminus.importer.yaml_text import Part

_LINE_KINDS = {"item": "mapped", "note": "notes", "structure": "structure", "repeat": "repeated"}


def account(imported: Imported) -> dict[str, Any]:
    """The whole account of an import, for `--report json`. Places are JSON pointers into the plan; lines count from 1."""
    return {
        "report": 1,
        "page": imported.name,
        "mended": imported.mended,
        "counts": imported.counts,
        "items": imported.items,
        "lines": line_counts(imported),
        "accounting": [{"line": one.line, "as": one.as_, "place": one.place} for one in imported.lines],
        "kept": imported.kept(),
        "doubts": doubts(imported),
        "open": list(open_ends(imported)),
    }


def line_counts(imported: Imported) -> dict[str, int]:
    """How many lines became what; `mapped`, `notes`, `structure` and `repeated` add up to all that are not blank."""
    of = imported.accounted
    counts = {name: of.count(as_) for as_, name in _LINE_KINDS.items()}
    return {"total": of.total, "blank": of.total - len(of), **counts}


def doubts(imported: Imported) -> list[dict[str, Any]]:
    """What is uncertain, each once, in the order of the page."""
    found = dict.fromkeys(imported.written.doubts)
    return [{"line": one.line, "text": one.text, "why": one.why} for one in sorted(found, key=lambda one: one.line)]


def open_ends(imported: Imported) -> Iterator[dict[str, str]]:
    """What the page leaves open, with the place where it can be filled in."""
    draft, places, tree = imported.draft, imported.written.places, imported.tree()
    for name in tree.get("metrics", {}):
        yield {"place": f"/metrics/{name}", "what": f"metric `{name}` has no source"}
    for phase in draft.phases:
        boxes = [*phase.boxes, *(box for stage in phase.stages for box in stage.boxes)]
        for box, _ in all_boxes(boxes):
            if id(box) in places and not box.boxes and not phase.later:
                yield from _box(box, places[id(box)])
        for stage in phase.stages:
            yield from _stage(stage, places.get(id(stage), ""))
    for number, phase in enumerate(tree["phases"]):
        entry = phase.value if isinstance(phase, Part) else phase
        if not entry.get("exit") and not entry.get("go"):
            yield {"place": f"/phases/{number}", "what": f"nothing has to hold at the end of the phase `{entry['id']}`"}
    conditions: list[Alert | Trigger] = [*draft.triggers, *draft.alerts]
    for one in conditions:
        yield from _condition(one, places.get(id(one), ""))
    for name in tree.get("cohorts", {}):
        yield {"place": f"/cohorts/{name}", "what": f"nobody is in the cohort `{name}` yet"}


def _box(box: Box, place: str) -> Iterator[dict[str, str]]:
    if not box.owner:
        yield {"place": place, "what": f"no owner and no proof: {box.text[:80]}"}


def _stage(stage: Stage, place: str) -> Iterator[dict[str, str]]:
    if place and not stage.lasts:
        yield {"place": place, "what": f"stage without a duration: {stage.title[:80]}"}


def _condition(one: Alert | Trigger, place: str) -> Iterator[dict[str, str]]:
    if one.target is None:
        yield {"place": place, "what": f"{type(one).__name__.lower()} without a number: {one.text[:80]}"}
