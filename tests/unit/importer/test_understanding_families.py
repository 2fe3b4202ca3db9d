"""Phases that pages do not number: headings made alike, lists, tables, and pages that are one nested list."""

from __future__ import annotations

from tminus.importer.draft import Draft
from tminus.importer.scanning import scan_page
from tminus.importer.understanding import understand


def draft_of(text: str) -> Draft:
    return understand(scan_page(text))


def phases_of(text: str) -> list[tuple[str, str]]:
    return [(phase.title, phase.lasts) for phase in draft_of(text).phases]


def test_numbered_marks_are_phases_where_there_is_work_in_them() -> None:
    text = (
        "# Move\n\n## Milestones\n\n### M0 Inventory (done)\n\ntext\n\n"
        "### M1 Landing zone (3 weeks)\n\n- [ ] a\n\n### M2 Run\n\n- [ ] b\n"
    )
    assert phases_of(text) == [("Inventory", ""), ("Landing zone", "3w"), ("Run", "")]


def test_the_sheets_of_a_workbook_are_no_phases() -> None:
    text = "# Book\n\n## Sheet 1: Risks\n\n- a\n\n## Sheet 2: Alerts\n\n- b\n\n## Sheet 3: Budget\n\n- c\n"
    assert phases_of(text) == []


def test_headings_with_a_word_for_phase_are_phases() -> None:
    text = (
        "# P\n\n## Fase de calentamiento (D-10 a D-4)\n\n- [ ] a\n\n## Fase de envío\n\n- [ ] b\n\n## Riesgos\n\n- c\n"
    )
    assert [title for title, _ in phases_of(text)] == ["Fase de calentamiento", "Fase de envío"]


def test_bold_lines_with_dates_are_phases_and_hold_what_they_lead() -> None:
    text = (
        "# C\n\n## Stages of the release\n\n**3.0.0-alpha** (from 12 January, four weeks)\n\n- [ ] a\n\n"
        "**3.0.0-beta** (from 9 February)\n\n- [ ] b\n\nTo leave beta:\n\n- cold start <= 35 ms\n"
    )
    draft = draft_of(text)
    assert [(phase.title, phase.lasts) for phase in draft.phases] == [("3.0.0-alpha", "4w"), ("3.0.0-beta", "")]
    assert [target.number for target in draft.phases[1].targets] == [35.0]


def test_names_of_releases_and_times_behind_a_dash_are_phases() -> None:
    text = "# T\n\n## nightly — 1 week\n\n- [ ] a\n\n## beta — 2 weeks\n\n- [ ] b\n\n## stable, staggered\n\n- [ ] c\n"
    assert phases_of(text) == [("nightly", "1w"), ("beta", "2w"), ("stable, staggered", "")]


def test_a_list_whose_names_are_headings_tells_their_time() -> None:
    text = (
        "# P\n\nWe launch in steps:\n\n1. **Shadow** (1 week): mirror\n2. **Full**: 100%\n\n"
        "## Details\n\n### Shadow\n\n- [ ] a\n\n### Full\n\n- [ ] b\n"
    )
    draft = draft_of(text)
    assert [(phase.title, phase.lasts) for phase in draft.phases] == [("Shadow", "1w"), ("Full", "")]
    assert [stage.share for stage in draft.phases[1].stages] == [1.0]


def test_blocks_of_time_alone_stay_blocks_of_time() -> None:
    text = (
        "# P\n\n## Pre-Launch (1 week before)\n\n- [ ] a\n\n## Launch Day\n\n- [ ] b\n"
        "\n## Week 1: Review, retro\n\n- [ ] c\n"
    )
    assert [title for title, _ in phases_of(text)] == ["Pre-Launch", "Launch Day", "Review, retro"]


def test_a_page_that_is_one_nested_list_is_read_as_an_outline() -> None:
    text = (
        "- Pilot: one school, 3 weeks\n  - before we start\n    - [ ] till replaced\n  - good enough when\n"
        "    - payments that fail: less than 2%\n- Town: six schools, 5 weeks\n  - steps\n    - two schools (25% of pupils)\n"
        "    - all seven (100%)\n- Back to cash if\n  - payments fail for more than 20%\n- Money\n  - readers: £1,890\n"
    )
    draft = draft_of(text)
    assert [phase.lasts for phase in draft.phases] == ["3w", "5w"]
    assert [stage.share for stage in draft.phases[1].stages] == [0.25, 1.0]
    assert (len(draft.triggers), len(draft.costs)) == (1, 1)


def test_entry_conditions_belong_to_the_phase_before_and_names_are_found_again() -> None:
    text = (
        "# API\n\n## Timetable\n\n| Step | From | Until |\n|---|---|---|\n| Announce | 2026-04-01 | 2026-04-30 |\n"
        "| Off | 2026-10-01 | |\n\n## Before Off\n\n- share of calls under 0.5%\n"
    )
    phases = draft_of(text).phases
    assert [phase.title for phase in phases] == ["Announce", "Off"]
    assert [target.number for target in phases[0].targets] == [0.5]


def test_exit_criteria_in_a_table_of_phases_are_theirs() -> None:
    text = (
        "# A\n\n| Phase | Start | Exit criteria |\n|---|---|---|\n"
        "| Inner | 2026-03-02 | crash-free > 99% |\n| Public | 2026-03-23 | |\n"
    )
    phases = draft_of(text).phases
    assert [(phase.title, len(phase.targets)) for phase in phases] == [("Inner", 1), ("Public", 0)]


def test_the_title_of_a_page_gives_its_topic_to_nothing() -> None:
    text = "# Ranker rollout\n\n## Offline\n\n- AUC 0.8\n\n## Commands\n\n- x\n"
    assert draft_of(text).phases == []


def test_the_front_matter_names_a_page_without_a_first_heading() -> None:
    assert draft_of("---\ntitle: Payments v2\n---\n\n## Overview\n\ntext\n").title == "Payments v2"


def test_label_lines_belong_to_the_first_task_below_and_facts_to_the_page() -> None:
    text = (
        "# P\n\n## Phase 1: A\n\n```yaml\nOwner: Ops\nTasks:\n  - [ ] a\n  - [ ] b\n```\n\n"
        "---\n\n## End\n\n**Document Version**: 1.0\n"
    )
    draft = draft_of(text)
    assert [box.lines for box in draft.phases[0].boxes] == [[6], []]
    assert [(label, value) for _, label, value in draft.facts] == [("Document Version", "1.0")]


def test_rhythms_side_by_side_are_routines_and_keep_their_boxes() -> None:
    text = "# P\n\n## Phase 1: A\n\n### Daily checks\n\n- [ ] a\n\n### Weekly review\n\n- [ ] b\n"
    draft = draft_of(text)
    assert [(one.title, one.every) for one in draft.routines] == [("Daily checks", "day"), ("Weekly review", "week")]
    assert len(draft.phases[0].boxes) == 2
