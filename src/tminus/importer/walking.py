"""What is open while a page is read: the draft, its phases, and whatever waits for a phase."""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass, field

from tminus.importer.boxes import Giving, all_boxes
from tminus.importer.draft import Box, Command, Draft, Phase, Stage
from tminus.importer.found_phases import Found
from tminus.importer.naming_phases import Naming, read_naming
from tminus.importer.page import Block, Kind
from tminus.importer.phrases import read_people
from tminus.importer.sections import Section
from tminus.importer.timelines import match_phase, named_in
from tminus.importer.topics import Topic
from tminus.importer.words_extract import fold
from tminus.importer.words_sections import PLACE_INVITED, PLACE_LAUNCH, PLACE_NOT_YET, PLACE_RAMP


@dataclass(slots=True)
class Around:
    """Where a section stands: in which phase, and what is said of all its tasks."""

    phase: Phase | None = None
    giving: Giving = field(default_factory=Giving)
    stage: Stage | None = None
    taken: bool = False  # an extractor has read what is here; only boxes are left to find


@dataclass(slots=True)
class Waiting:
    """Something that belongs into a phase which the page does not name."""

    section: Section
    boxes: list[Box] = field(default_factory=list)
    stages: list[Stage] = field(default_factory=list)
    commands: list[Command] = field(default_factory=list)
    objectives: list[tuple[int, str]] = field(default_factory=list)


@dataclass(slots=True)
class Walk:
    """The state of one reading."""

    draft: Draft
    found: Found
    lines: list[str] = field(default_factory=list)  # of the page, mended
    waiting: list[Waiting] = field(default_factory=list)
    given: list[tuple[int, str, str]] = field(
        default_factory=list
    )  # label lines: (line, owner, priority) for tasks below
    overview: list[tuple[Phase, list[Stage]]] = field(default_factory=list)  # stages that an overview tells of a phase
    ramps: list[Stage] = field(default_factory=list)  # of overviews; they count where the page tells no other stages
    done: set[int] = field(default_factory=set)  # ids of sections that were read together with the one around them

    def finish(self, section: Section) -> None:
        """Leave out what is within `section`: it is read."""
        self.done.update(id(one) for one in section.walk() if one is not section)

    def wait(self, section: Section) -> Waiting:
        """Where things of `section` wait for their phase."""
        if not self.waiting or self.waiting[-1].section is not section:
            self.waiting.append(Waiting(section))
        return self.waiting[-1]

    def add_box(self, section: Section, around: Around, box: Box) -> None:
        """Put a task into its stage or phase, or let it wait."""
        (around.phase.boxes if around.phase else self.wait(section).boxes).append(box)

    def add_stages(self, section: Section, around: Around, stages: list[Stage]) -> None:
        """Put stages into their phase, or let them wait."""
        (around.phase.stages if around.phase else self.wait(section).stages).extend(stages)


def place_waiting(walk: Walk) -> None:
    """Give what waits to the phase that the words around it name: before the launch, its day, after it; else the first.

    Where the page has no phase at all, one is made that has no line of its own.
    """
    _place_ramp(walk)
    walk.waiting = [one for one in walk.waiting if one.boxes or one.stages or one.commands or one.objectives]
    if not walk.waiting:
        return
    phases = walk.found.ahead() or walk.found.phases
    if not phases:
        phases = [Phase(0, "Launch", doubt="The page names no phases; everything to be done stands in this one.")]
        walk.found.phases.extend(phases)
        for waiting in walk.waiting:
            _free_targets(waiting, walk.draft)
            _give(waiting, phases[0], "")
        return
    for waiting in walk.waiting:
        if not walk.found.named:
            _free_targets(waiting, walk.draft)
        phase, doubt = _choose(waiting, phases, walk.found.phases)
        _give(waiting, phase, doubt)


def claim_given(walk: Walk) -> None:
    """A line `Owner: DevOps Lead` stands for the first task below it that has its owner from there."""
    boxes = sorted((box for phase in walk.draft.phases for box in all_boxes(phase.boxes)), key=lambda one: one.line)
    lines = [box.line for box in boxes]
    for line, owner, priority in walk.given:
        at = bisect_right(lines, line)
        if at < len(boxes) and ((owner and boxes[at].owner == owner) or (priority and boxes[at].priority == priority)):
            boxes[at].lines.append(line)


def _place_ramp(walk: Walk) -> None:
    """A ramp told outside all phases is that of the launch, unless stages are told elsewhere."""
    told = {id(phase) for phase in walk.found.phases if phase.stages or phase.later}
    for phase, stages in walk.overview:
        if id(phase) not in told:
            phase.stages.extend(stages)
    for phase in phases_with_one_stage(walk):
        phase.stages[0].lasts = phase.stages[0].lasts or phase.lasts
    ramp = walk.ramps[: next((at for at, stage in enumerate(walk.ramps, 1) if stage.share == 1.0), 0)]
    phases = walk.found.ahead()
    if not ramp or any(phase.stages for phase in phases) or any(one.stages for one in walk.waiting):
        return
    if phases:
        named = [phase for phase in phases if any(word in fold(phase.title) for word in PLACE_RAMP)]
        (named[-1] if named else launch_phase(phases)).stages.extend(ramp)
    else:
        walk.waiting.append(Waiting(Section(Block(Kind.HEADING, ramp[0].line, ""), ""), stages=ramp))


def phases_with_one_stage(walk: Walk) -> list[Phase]:
    """Phases that an overview or a line gives one share below everybody: it holds as long as the phase does."""
    told = {id(stage) for _, stages in walk.overview for stage in stages}
    return [
        phase
        for phase in walk.found.ahead()
        if len(phase.stages) == 1
        and id(phase.stages[0]) in told
        and (phase.stages[0].share or 1.0) < 1.0
        and ".." not in phase.lasts
    ]


def _free_targets(waiting: Waiting, draft: Draft) -> None:
    """Where the page names no phases, the numbers of its tasks are the whole launch's."""
    for box in all_boxes(waiting.boxes):
        for target in box.targets:
            target.group = target.group or box.group
        draft.targets.extend(box.targets)
        box.targets = []


def _give(waiting: Waiting, phase: Phase, doubt: str) -> None:
    for box in waiting.boxes:
        box.doubt = box.doubt or doubt
    for stage in waiting.stages:
        stage.doubt = stage.doubt or (doubt and doubt.replace("task", "stage"))
    phase.boxes.extend(waiting.boxes)
    phase.stages.extend(waiting.stages)
    phase.commands.extend(waiting.commands)
    phase.objectives.extend(waiting.objectives)


def launch_phase(phases: list[Phase]) -> Phase:
    """The phase in which the launch takes place: by its name, else the last with stages, else the last."""
    phases = [phase for phase in phases if _when(read_naming(phase.title), phase.title) != "after"] or phases
    for phase in reversed(phases):
        folded = fold(phase.title)
        if any(word in folded for word in PLACE_LAUNCH) and not any(word in folded for word in PLACE_NOT_YET):
            return phase
    return next((phase for phase in reversed(phases) if phase.stages), phases[-1])


def _choose(waiting: Waiting, phases: list[Phase], everything: list[Phase]) -> tuple[Phase, str]:
    if waiting.stages and not waiting.boxes:
        named = named_in(waiting.section.title, phases) or match_phase(waiting.section.title, phases)
        return named or launch_phase(
            phases
        ), "" if named else "The page does not say to which phase this stage belongs."
    for section in waiting.section.above():
        sort = _when(section.naming, section.title)
        if sort == "before":
            return phases[0], "The page does not say to which phase this task belongs; it is done before the launch."
        if sort == "day":
            return launch_phase(
                phases
            ), "The page does not say to which phase this task belongs; it is done on the day of the launch."
        if sort == "after":
            later = [phase for phase in everything if phase.later]
            return (later or phases)[
                -1 if not later else 0
            ], "The page does not say to which phase this task belongs; it is done after the launch."
    if waiting.section.topic is Topic.TARGETS:
        return phases[-1], "The page does not say to which phase this task belongs."
    named = match_phase(waiting.section.title, phases) if len(phases) > 1 else None
    if named is not None:
        return named, "The page does not say to which phase this task belongs; the words of its heading do."
    return phases[0], "The page does not say to which phase this task belongs." if waiting.boxes else ""


def _when(naming: Naming | None, title: str) -> str:
    if naming is not None and not naming.named and naming.sort != "span":
        return naming.sort
    folded = fold(title[:120])
    if folded.startswith(("pre-", "pre ", "before ", "avant ", "antes ", "vor ")):
        return "before"
    if "after" in folded.split()[:2] or folded.startswith(("post-", "post ")):
        return "after"
    return ""


def add_audiences(phases: list[Phase]) -> None:
    """Where no stage is named but a task says who joins (`Onboard internal team members (5-10 people)`), that is a stage
    by audience, and the launch is the one for everybody else."""
    if any(phase.stages for phase in phases):
        return
    ahead = [phase for phase in phases if not phase.later]
    found = False
    for phase in ahead:
        for box in all_boxes(phase.boxes):
            people = read_people(box.text) if any(letter.isdigit() for letter in box.text) else None
            if people is not None and any(word in fold(box.text) for word in PLACE_INVITED):
                phase.people = phase.people or people
                phase.stages.append(Stage(box.line, box.text, audience=[box.text], people=people))
                found = True
                break
    if found:
        launch = launch_phase(ahead)
        if not launch.stages:
            doubt = "The page does not say who gets it in this phase; all users are assumed."
            launch.stages.append(Stage(launch.line, f"{launch.title}: all users", share=1.0, doubt=doubt))
