"""Stages of a rollout, written so that each brings somebody new and sends nobody away."""

from __future__ import annotations

import re

from tminus.importer.draft import Phase, Stage
from tminus.importer.writing_book import Book, Reached, filled, noted
from tminus.importer.writing_values import duration, number_text, span, start
from tminus.importer.yaml_text import Part, Value

_DIGITS = 6  # of a percentage
_EVERYBODY = re.compile(
    r"(?:all|every) (?:our )?(?:users?|customers?)|everybody|everyone|general public|100 ?%", re.IGNORECASE
)


def rollout(book: Book, phase: Phase) -> tuple[dict[str, Value] | None, list[Value]]:
    """The rollout of a phase, and notes for the phase. None where no stage can be one."""
    before = book.reached
    if before is not None and not _goes_on(book, phase.stages[0], before):
        book.doubt(
            phase.stages[0],
            "it begins below what the stages before have reached: these stages have a flag of their own",
        )
        book.flag = book.flags.add(f"{book.flag} {phase.title}", {"title": f"{phase.title or 'A further rollout'}"})
        before = None
    members, notes = list[Value](), list[Value]()
    for stage in phase.stages:
        step = _step(book, stage, before, first=not members)
        if step is None:
            why = f"its share is not more than the {percent(before.share if before else 0)} of the stage before"
            book.doubt(stage, f"{why}, so that it is kept as a note")
            notes += [book.part(stage, _in_words(stage)), *noted(stage.notes)]
            continue
        members.append(book.part(stage, _written(book, stage, step)))
        before = book.reached = step
    return ({"flag": book.flag, "stages": members} if members else None), notes


def _goes_on(book: Book, stage: Stage, before: Reached) -> bool:
    """Whether a first stage leaves nobody out whom an earlier phase has let in."""
    share = _share(stage)
    if share is not None and share < before.share:
        return False
    return bool(before.regions) or not stage.regions


def _step(book: Book, stage: Stage, before: Reached | None, *, first: bool) -> Reached | None:
    """Who is in with this stage, everybody of the stage before among them; None where it brings nobody new."""
    share = _share(stage)
    was = before or Reached()
    audience = stage.audience or ([stage.title] if share is None and stage.title else [])
    regions = _regions(book, stage, before)
    cohorts = list(dict.fromkeys([*was.cohorts, *([] if share == 1 else map(book.cohorts.id_of, audience))]))
    if share == 1 and not regions and stage.everybody:
        cohorts = []  # they are in with everybody
    features = [book.flags.id_of(name) for name in stage.features if name.strip()]
    step = Reached(
        was.share if share is None else share,
        cohorts,
        regions,
        list(dict.fromkeys([*was.features, *(name for name in features if name != book.flag)])),
    )
    if not 0 <= step.share <= 1 or (before is not None and not first and not _brings_somebody(book, before, step)):
        return None
    return step


def _share(stage: Stage) -> float | None:
    if stage.share is None and any(_EVERYBODY.fullmatch(one.strip()) for one in stage.audience):
        return 1.0
    # As it will be written: two shares that round to one are one.
    return None if stage.share is None else round(stage.share * 100, _DIGITS) / 100


def _regions(book: Book, stage: Stage, before: Reached | None) -> list[str]:
    """The regions named here and those before: nobody falls out. None at all is everywhere."""
    named = [book.region(words, stage) for words in stage.regions if words.strip()]
    if named and before is not None and not before.regions:
        book.doubt(stage, "it names regions, and the stage before was everywhere")
        return []
    if not named or any(book.countries[name] is None for name in named):
        return named
    return list(dict.fromkeys([*(before.regions if before else []), *named]))


def _brings_somebody(book: Book, before: Reached, step: Reached) -> bool:
    if step.share != before.share:
        return step.share > before.share
    further = set(step.cohorts) - set(before.cohorts) or set(step.features) - set(before.features)
    return bool(further) or _countries(book, step.regions) != _countries(book, before.regions)


def _countries(book: Book, regions: list[str]) -> frozenset[str] | None:
    found = [book.countries[name] for name in regions]
    known = [one for one in found if one is not None]
    return None if len(known) < len(found) or not found else frozenset().union(*known)


def _written(book: Book, stage: Stage, step: Reached) -> dict[str, Value]:
    lasts = stage.lasts.partition("..")[0] if span(stage.lasts) else stage.lasts
    notes = noted(stage.notes)
    if stage.lasts and stage.lasts != duration(lasts):
        notes.append(Part(f"Lasts {stage.lasts}"))
    if stage.starts and not start(stage.starts):
        notes.append(Part(f"Starts {stage.starts}"))
    if stage.regions and not step.regions:
        notes.append(Part(f"Regions: {', '.join(stage.regions)}"))
    if stage.people:
        notes.append(Part(people_text(stage.people)))
    if not duration(lasts):
        book.doubt(stage, "how long does this stage last?")
    go = dict.fromkeys(role for words in stage.roles for role in book.people(words))
    return filled(
        {
            "title": stage.title,
            "to": percent(step.share),
            "cohorts": step.cohorts,
            "regions": step.regions,
            "features": step.features,
            "starts": start(stage.starts),
            "for": duration(lasts),
            "go": list(go),
            "notes": notes if any(one.lines for one in notes) else [one.value for one in notes],
        }
    )


def _in_words(stage: Stage) -> str:
    share = "" if stage.share is None else percent(stage.share)
    words = [stage.title or "Stage", share, *stage.audience, *stage.regions, *stage.features, stage.lasts, stage.starts]
    words += [f"go: {role}" for role in stage.roles]
    return ", ".join(word for word in words if word)


def percent(share: float) -> str:
    """A share as a plan writes it: `5%`, `12.5%`."""
    return f"{number_text(round(share * 100, _DIGITS))}%"


def people_text(people: tuple[float, float]) -> str:
    """`50-100 users`, `500 users`."""
    low, high = (number_text(number) for number in people)
    return f"{low} users" if low == high else f"{low}-{high} users"
