"""Phases as a plan has them: objectives, steps, tasks, the rollout and the gate at the end."""

from __future__ import annotations

from tminus.importer.draft import Draft, Phase, Target
from tminus.importer.together import Together
from tminus.importer.writing_book import Book, filled, noted
from tminus.importer.writing_stages import people_text, rollout
from tminus.importer.writing_tasks import all_targets, has_checkbox, lines_beneath, tasks
from tminus.importer.writing_values import Names, span, start
from tminus.importer.yaml_text import Value

NOTHING = "launch"  # the one phase of a plan whose page names none


def phases(book: Book, draft: Draft) -> list[Value]:
    """All phases: those of the launch, then what comes later where it has boxes to tick."""
    names = Names("phase")
    first = [phase for phase in draft.phases if not phase.later]
    late = [phase for phase in draft.phases if phase.later and has_checkbox(phase.boxes)]
    members = [_phase(book, names, phase) for phase in [*first, *late]]
    book.roadmap += [_roadmap(book, phase) for phase in draft.phases if phase.later and not has_checkbox(phase.boxes)]
    if members:
        return members
    return [filled({"id": NOTHING, "title": "Launch", "notes": noted(draft.notes)})]


def _phase(book: Book, names: Names, phase: Phase) -> Value:
    written, spare = rollout(book, phase) if phase.stages else (None, [])
    members = tasks(book, phase.boxes)
    for stage in phase.stages:
        if stage.boxes:
            members.append({"do": stage.title or "During the rollout", "tasks": tasks(book, stage.boxes, "exit")})
    exits, unread = criteria(book, _asked(phase))
    entry: dict[str, Value] = {
        "id": names.add(phase.title, True),
        "title": phase.title,
        "environment": book.environments.id_of(phase.environment) if phase.environment else "",
        "audience": _audience(phase),
        "objectives": noted(phase.objectives),
        "starts": start(phase.starts),
        "lasts": span(phase.lasts),
        "steps": [book.part(one, {"run": one.run}, one.title) for one in phase.commands if one.run.strip()],
        "tasks": members,
        "rollout": written,
        "exit": exits,
        "go": [role for words in phase.roles for role in book.people(words)],
        "notes": [*_said(phase), *unread, *spare, *noted(phase.notes)],
    }
    entry["go"] = list(dict.fromkeys(entry["go"]))
    for command in phase.commands:
        entry["notes"] += noted(command.notes)
    return book.part(phase, filled(entry))


def _asked(phase: Phase) -> list[Target]:
    """Every number that a phase asks for, its boxes' among them."""
    found = [*phase.targets, *all_targets(phase.boxes)]
    return found + [target for stage in phase.stages for target in all_targets(stage.boxes)]


def criteria(book: Book, targets: list[Target]) -> tuple[list[Value], list[Value]]:
    """Targets as criteria of a gate, and those that the grammar has no words for, as notes."""
    written: list[Value] = []
    notes: list[Value] = []
    asked = Together()
    for target in targets:
        text = book.criterion(target)
        if text and asked.take(text):
            written.append(book.part(target, text, besides(target)))
        else:
            why = "it contradicts another target of this phase" if text else "the plan language has no words for it"
            book.doubt(target, f"{why}: kept as a note")
            notes.append(book.part(target, in_words(target)))
        notes += noted(target.notes)
    return written, notes


def besides(target: Target) -> str:
    """What a criterion cannot say."""
    words = [target.condition, f"of {target.audience}" if target.audience else "", target.by]
    return "; ".join(word for word in words if word)


def in_words(target: Target) -> str:
    """A target for people to read."""
    number = f"{target.number:g}" + (f"..{target.high:g}" if target.high is not None else "")
    change = " vs baseline" if target.relative else ""
    return " ".join(filter(None, (target.metric, target.aggregate, target.comparator, number + target.unit + change)))


def _audience(phase: Phase) -> str:
    people = people_text(phase.people) if phase.people else ""
    digits = people.split(" ")[0].split("-")[0]
    if not people or digits in phase.audience.replace(",", ""):
        return phase.audience
    return f"{phase.audience} ({people})" if phase.audience else people


def _said(phase: Phase) -> list[Value]:
    """A start and a length that are only words to a plan."""
    said: list[Value] = []
    if phase.starts and not start(phase.starts):
        said.append(f"Starts {phase.starts}")
    if phase.lasts and not span(phase.lasts):
        said.append(f"Lasts {phase.lasts}")
    return said


def _roadmap(book: Book, phase: Phase) -> Value:
    """What comes after the launch and has nothing to tick."""
    book.late_kpis += _asked(phase)
    steps: list[Value] = noted(phase.objectives)
    steps += lines_beneath(phase.boxes)
    steps += [book.part(one, one.run, one.title) for one in phase.commands if one.run.strip()]
    for stage in phase.stages:
        steps.append(book.part(stage, stage.title or "Stage"))
        steps += [*noted(stage.notes), *lines_beneath(stage.boxes)]
    steps += noted(phase.notes)
    when = ", ".join(word for word in (phase.starts, phase.lasts) if word)
    return book.part(phase, filled({"title": phase.title or "Later", "when": when, "do": steps}))
