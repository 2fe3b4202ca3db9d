"""What T-minus does not do yet stands in the checklist, for a role to sign."""

from __future__ import annotations

import pytest

from tminus.core.outline import Outline
from tminus.plan import read_plan_text
from tminus.plan.model import Plan
from tminus.plan.standing import standing
from tminus.plan.timeline import timeline

HEAD = """\
tminus: 1
title: A launch
roles: { lead: { reach: env:LEAD }, pm: { reach: env:PM } }
flags: { page: {} }
metrics: { users: { source: events, unique: seen } }
"""
PHASES = """\
phases:
  - { id: prepare, tasks: [{ do: Restore, id: restore, owner: lead }] }
  - { id: release, rollout: { flag: page, stages: [{ to: 100%, for: 1d }] } }
  - { id: after }
"""
NO_ROLLOUT = "phases: [{ id: prepare }, { id: after }]\n"


def plan(around: str, phases: str = PHASES) -> Plan:
    return read_plan_text(f"{HEAD}{phases}{around}\n")


def boxes(around: str, phases: str = PHASES) -> list[tuple[str, str | None, str, str | None, str]]:
    """(phase, id, words, owner, by) of every box that stands besides the plan's own."""
    read = plan(around, phases)
    return [(p.id, t.id, t.do, t.owner, t.by) for p in read.phases for t in standing(read).get(p.id, ())]


@pytest.mark.parametrize(
    ("around", "box"),
    [
        (
            "announcements: { press-release: { title: Press release, phase: after, owner: pm } }",
            ("after", "announcement-press-release", "Tell: Press release (T-minus does not send it yet)", "pm", "exit"),
        ),
        (
            "announcements: { news: { title: News } }",
            ("release", "announcement-news", "Tell: News (T-minus does not send it yet)", None, "exit"),
        ),
        (
            "routines: { standup: { every: day, phase: release, owner: lead } }",
            (
                "release",
                "routine-standup",
                "Every day: standup was done (T-minus does not remind anybody yet)",
                "lead",
                "exit",
            ),
        ),
        (
            "bugs: { P1: { fix: at once, before: after, owner: lead } }",
            ("after", "bugs-p1", "No bug of priority P1 is open (T-minus does not count bugs yet)", "lead", "rollout"),
        ),
        (
            "recovery: { rto: 4h, rpo: 1h }",
            (
                "release",
                "recovery-drill",
                "Restore drill within 4h, at most 1h lost (T-minus restores nothing yet)",
                None,
                "rollout",
            ),
        ),
        (
            "recovery: { every: 1d, owner: lead }",
            (
                "release",
                "recovery-backup",
                "A backup is made every 1d (T-minus makes no backups yet)",
                "lead",
                "rollout",
            ),
        ),
        (
            "escalation: [{ until: 5m, notify: [lead] }, { after: 5m, notify: [pm] }]",
            (
                "release",
                "escalation-reachable",
                "Escalation levels 1-2 are reachable (T-minus does not page by level yet)",
                None,
                "rollout",
            ),
        ),
    ],
    ids=lambda value: value[1] if isinstance(value, tuple) else "",
)
def test_what_is_not_done_yet_is_a_box_with_a_name_that_stays(around: str, box: tuple[str, ...]) -> None:
    assert boxes(around) == [box]


@pytest.mark.parametrize(
    "around",
    [
        "routines: { review: { every: quarter } }",
        "bugs: { P3: { fix: some day } }",
        "recovery: { rto: 4h, drill: restore }",
        "milestones: { many: { at: users >= 500, do: [Celebrate] } }",
        "risks: [{ risk: Rain }]",
    ],
)
def test_what_has_no_place_in_a_phase_or_a_task_of_its_own_is_no_box(around: str) -> None:
    assert boxes(around) == []


def test_without_a_rollout_the_last_phase_has_what_names_none() -> None:
    around = "recovery: { rto: 4h }\nescalation: [{ notify: [lead] }]\nannouncements: { news: { title: News } }"
    assert {phase for phase, *_ in boxes(around, NO_ROLLOUT)} == {"after"}


def test_a_name_that_is_taken_gets_a_number() -> None:
    phases = PHASES.replace("id: restore", "id: recovery-drill")
    around = "recovery: { rto: 4h }\nbugs: { p1: { before: after }, P1: { before: after } }"
    assert [name for _, name, *_ in boxes(around, phases)] == ["recovery-drill-2", "bugs-p1", "bugs-p1-2"]


def test_the_launch_and_its_drawing_have_the_same_boxes() -> None:
    around = "recovery: { rto: 4h, every: 1d }\nannouncements: { news: { title: News, phase: after } }"
    read = plan(around)
    outline = Outline(read)
    assert [len(outline.leaves(phase)) for phase in read.phases] == [1, 2, 1]
    assert [phase.boxes for phase in timeline(read).phases] == [1, 2, 1]


def test_an_announcement_says_when_where_and_what() -> None:
    around = (
        "channels: { blog: { title: The blog } }\n"
        "announcements: { news: { title: News, at: 2026-02-01T10:00:00, channels: [blog], message: We are there } }"
    )
    read = plan(around)
    (task,) = standing(read)[read.phases[1].id]
    assert (task.note, task.expect) == ("2026-02-01 10:00 · The blog", "We are there")
