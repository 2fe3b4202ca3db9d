"""Tasks wherever they stand, with owner, priority, done state, nesting and what they expect; and the numbers in them."""

from __future__ import annotations

import pytest

from tminus.importer.boxes import all_boxes, read_owner
from tminus.importer.draft import Box, Draft
from tminus.importer.scanning import scan_page
from tminus.importer.understanding import understand


def draft_of(text: str) -> Draft:
    return understand(scan_page(text))


def boxes_of(text: str) -> list[Box]:
    return [box for phase in draft_of(text).phases for box in all_boxes(phase.boxes)]


def test_an_owner_and_a_priority_above_a_list_hold_for_all_of_it() -> None:
    boxes = boxes_of(
        "# P\n\n## Phase 1: A\n\n```yaml\nPriority: Critical\nOwner: DevOps Lead\nTasks:\n  - [ ] one\n  - [x] two\n```\n"
    )
    assert [(box.text, box.owner, box.priority, box.checked) for box in boxes] == [
        ("one", "DevOps Lead", "critical", False),
        ("two", "DevOps Lead", "critical", True),
    ]


@pytest.mark.parametrize(
    ("text", "owner", "kept"),
    [
        ("@jo tag the release", "jo", "tag the release"),
        ("Fast start @tunde", "tunde", "Fast start"),
        ("Script dry-run (owner: Noor)", "Noor", "Script dry-run"),
        ("Freigabe (Verantwortlich: ISB, Priorität: hoch)", "ISB", "Freigabe (Priorität: hoch)"),
        ("Battery test — Owner: Wei", "Wei", "Battery test"),
        ("Accounts issued – Human Resources, by 30 April", "Human Resources", "Accounts issued"),
        ("Set up backups (daily)", "", "Set up backups (daily)"),
        ("Encrypt at rest (DB)", "", "Encrypt at rest (DB)"),
        ("Mail partners@beacon.example", "", "Mail partners@beacon.example"),
    ],
)
def test_owners_are_found_where_people_write_them(text: str, owner: str, kept: str) -> None:
    found, rest, _ = read_owner(text, guess=True)
    assert (found, rest) == (owner, kept)


def test_a_bare_name_in_brackets_is_an_owner_with_a_doubt() -> None:
    box = boxes_of("# P\n\n## Phase 1: A\n\n- [ ] Video (Bruno)\n")[0]
    assert box.owner == "Bruno"
    assert "Bruno" in box.doubt


def test_priorities_come_from_the_heading_or_the_line() -> None:
    boxes = boxes_of(
        "# P\n\n#### P0 - no ship without\n\n- [ ] a\n\n#### P2 - nice\n\n- [ ] b\n- [ ] c (priority: high)\n"
    )
    assert [box.priority for box in boxes] == ["critical", "medium", "high"]


def test_bullets_beneath_a_box_are_boxes_within_it() -> None:
    boxes = draft_of("# P\n\n## Phase 1: A\n\n- [ ] Load\n  - [x] npm\n    - ask legal\n").phases[0].boxes
    assert [(box.text, box.checked, [inner.text for inner in box.boxes]) for box in boxes] == [("Load", False, ["npm"])]
    assert [(inner.text, inner.checked) for inner in boxes[0].boxes[0].boxes] == [("ask legal", None)]


def test_what_a_test_expects_stands_with_it() -> None:
    box = boxes_of("# P\n\n## Phase 1: A\n\n- [ ] **Queuing**\n  - Offline write → Request queued → ✅ PASS\n")[0]
    assert box.boxes == []
    assert "Request queued" in box.expect


def test_rows_with_boxes_and_owners_are_tasks() -> None:
    boxes = boxes_of(
        "# P\n\n| Done | Item | Owner | Prio |\n|---|---|---|---|\n| [x] | Mounts | Otto | P2 |\n"
        "| [ ] | Forms | Legal | P0 |\n"
    )
    assert [(box.text, box.checked, box.owner, box.priority) for box in boxes] == [
        ("Mounts", True, "Otto", "medium"),
        ("Forms", False, "Legal", "critical"),
    ]


def test_checklists_without_a_phase_go_where_their_words_say_and_say_so() -> None:
    draft = draft_of(
        "# P\n\n## Phase 1: Build\n\n- [ ] a\n\n## Phase 2: Production launch\n\n- [ ] b\n\n"
        "## Checklist\n\n### Pre-Deployment\n\n- [ ] c\n\n"
        "### Deployment Day\n\n- [ ] d\n"
    )
    assert [[box.text for box in phase.boxes] for phase in draft.phases] == [["a", "c"], ["b", "d"]]
    assert draft.phases[0].boxes[1].doubt
    assert not draft.phases[0].boxes[0].doubt


def test_a_page_of_checklists_gets_one_phase_without_a_line() -> None:
    draft = draft_of("# P\n\n## Kitchen\n\n- [ ] a\n\n## Garden\n\n- [ ] b\n")
    assert [(phase.line, phase.title, [box.group for box in phase.boxes]) for phase in draft.phases] == [
        (0, "Launch", ["Kitchen", "Garden"])
    ]
    assert draft.phases[0].doubt


def test_a_checkbox_with_a_number_is_a_task_and_a_target() -> None:
    box = boxes_of(
        "# P\n\n## Phase 1: A\n\n- [ ] Monitor error rates (target: <0.1%)\n- [ ] 1000 requests per second peak\n"
    )
    assert [[(target.comparator, target.number, target.unit) for target in one.targets] for one in box] == [
        [("<", 0.1, "%")],
        [],
    ]


def test_checked_goals_are_targets_of_the_whole_and_tasks() -> None:
    draft = draft_of(
        "# P\n\n## Phase 1: A\n\n- [ ] a\n\n## Success Metrics\n\n### Launch Goals\n\n"
        "- [ ] **Uptime**: ≥99.9% in first month\n"
    )
    assert [(target.metric, target.comparator, target.number, target.group) for target in draft.targets] == [
        ("Uptime", ">=", 99.9, "Launch Goals")
    ]
    assert [box.line for box in draft.phases[0].boxes] == [5, 11]


def test_success_criteria_belong_to_their_phase_and_those_without_a_number_are_signed() -> None:
    phase = draft_of(
        "# P\n\n## Phase 1: A\n\n**Success Criteria:**\n\n- Uptime > 99.5%\n- Performance maintained\n"
    ).phases[0]
    assert [(target.metric, target.comparator, target.number) for target in phase.targets] == [("Uptime", ">", 99.5)]
    assert [(box.text, box.before) for box in phase.boxes] == [("Performance maintained", "exit")]


def test_commands_of_a_script_belong_to_their_phase() -> None:
    phase = draft_of(
        "# P\n\n## Phase 1: A\n\n**Deployment Steps**:\n```bash\n# Build\ndocker build -t a .\nnpm run test\n```\n"
    ).phases[0]
    assert [command.run for command in phase.commands] == ["docker build -t a .", "npm run test"]
