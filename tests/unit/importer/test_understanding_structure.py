"""Structure that pages have without Markdown's headings: folded parts, wiki marks, plain text, dates, columns, lists."""

from __future__ import annotations

from tminus.importer.draft import Draft
from tminus.importer.page import Kind, Page
from tminus.importer.scanning import scan_page
from tminus.importer.understanding import understand


def draft_of(text: str) -> Draft:
    return understand(scan_page(text))


def titles_of(text: str) -> list[str]:
    return [phase.title for phase in draft_of(text).phases]


def tasks_of(text: str) -> list[tuple[str, list[str]]]:
    return [(phase.title, [box.text for box in phase.boxes]) for phase in draft_of(text).phases]


def headings_of(page: Page) -> list[tuple[int, str]]:
    return [(block.line, block.text) for block in page.root.walk() if block.kind is Kind.HEADING and block.line]


def test_a_summary_heads_what_is_folded_away_beneath_it() -> None:
    text = (
        "# P\n\n## Phases\n\n<details>\n<summary>Staff week (Sep 1)</summary>\n\n- [ ] a\n\n</details>\n\n"
        "<details open><summary><b>Opt-in</b> (Sep 8)</summary>\n\n- [ ] b\n\n</details>\n\nAfter all\n"
    )
    assert tasks_of(text) == [("Staff week", ["a"]), ("Opt-in", ["b"])]


def test_what_follows_a_folded_part_stands_beside_it() -> None:
    page = scan_page("# P\n\n<details>\n<summary>Inner</summary>\n\ntext\n\n</details>\n\nOutside\n")
    (title,) = (block for block in page.root.children if block.kind is Kind.HEADING)
    assert [child.text for child in title.children] == ["Inner", "Outside"]
    assert sorted(page.structure) == [3, 8]


def test_a_summary_with_text_behind_it_on_its_line_is_read_as_text() -> None:
    page = scan_page("<details><summary>More</summary>said here</details>\n")
    assert headings_of(page) == []
    assert "said here" in " ".join(block.text for block in page.root.walk())


def test_details_that_are_never_closed_or_only_closed_lose_nothing() -> None:
    page = scan_page("</details>\n\n<details>\n<summary>Open</summary>\n\n- [ ] task\n")
    assert headings_of(page) == [(4, "Open")]
    assert [block.text for block in page.root.walk() if block.kind is Kind.ITEM] == ["task"]


def test_headings_of_a_wiki_are_headings_and_its_tables_are_tables() -> None:
    text = (
        "= P =\n\n== Closed beta ==\n'''Duration:''' 3 weeks\n* [ ] invite\n\n== General release ==\n* [ ] post\n\n"
        '{| class="wikitable"\n! Day !! Share\n|-\n| 1 || 10%\n|-\n| 5 || 100%\n|}\n'
    )
    draft = draft_of(text)
    assert [(phase.title, phase.lasts) for phase in draft.phases] == [("Closed beta", "3w"), ("General release", "")]
    assert [stage.share for stage in draft.phases[1].stages] == [0.1, 1.0]


def test_headings_of_jira_are_headings_only_where_there_are_two() -> None:
    assert headings_of(scan_page("h2. Plan\n\ntext\n\nh2. Risks\n\ntext\n")) == [(1, "Plan"), (5, "Risks")]
    assert headings_of(scan_page("h2. Plan\n\ntext\n")) == []


def test_a_page_with_marks_of_markdown_is_no_wiki() -> None:
    page = scan_page("# P\n\n== a ==\n\n== b ==\n")
    assert headings_of(page) == [(1, "P")]


def test_roman_numbers_with_lists_beneath_are_headings() -> None:
    text = (
        "Plan: Boat\n\n"
        "I. Before launch\n   a) sign\nII. Launch week\n   a) Day 1: 5% of users\n   b) Day 3: 100% of users\n"
    )
    draft = draft_of(text)
    assert [phase.title for phase in draft.phases] == ["Before launch", "Launch week"]
    assert [stage.share for stage in draft.phases[1].stages] == [0.05, 1.0]


def test_numbered_lines_with_indented_boxes_are_headings() -> None:
    text = (
        "PLAN\n====\n\n1. Probe (2 Wochen)\n\n   [x] a\n\n2. Betrieb (3 Wochen)\n\n"
        "   [ ] b\n\n3. Ende\n\n   Woche 1: 25 %\n"
    )
    assert tasks_of(text)[:2] == [("Probe", ["a"]), ("Betrieb", ["b"])]


def test_steps_with_boxes_are_phases_and_steps_of_a_procedure_are_none() -> None:
    boxes = "# P\n\n## Step 1. Stabilise\n\n- [ ] a\n\n## Step 2. Public beta\n\n- [ ] b\n"
    assert titles_of(boxes) == ["Stabilise", "Public beta"]
    assert titles_of("# P\n\n## Step 1. Stop\n\n- press\n\n## Step 2. Tell\n\n- call\n") == []


def test_headings_that_begin_with_a_day_are_phases() -> None:
    text = "# M\n\n### Mon 4 May – Freeze\n- [ ] a\n\n### Sat 9 May – Cutover\n- [ ] b\n\n## Notes\n\ntext\n"
    assert titles_of(text) == ["Freeze", "Cutover"]


def test_an_offset_stays_in_the_name_of_its_block() -> None:
    assert titles_of("# P\n\n## T-3 days\n\n- [ ] a\n\n## T-0: the night\n\n- [ ] b\n") == [
        "T-3 days",
        "T-0: the night",
    ]


def test_a_sentence_that_begins_with_a_time_is_no_phase() -> None:
    text = "# P\n\n## Thresholds\n\nGo-live is only confirmed if all of these hold at the call.\n\n- errors < 1%\n"
    assert titles_of(text) == []


def test_headings_under_later_are_later_phases() -> None:
    text = (
        "# P\n\n## Pilot (2 weeks)\n\n- [ ] a\n\n## Beta (3 weeks)\n\n- [ ] b\n\n## Later\n\n"
        "### 6.1: Watch\n\n- c\n\n### 6.2: Snow\n\n- d\n"
    )
    assert [(phase.title, phase.later) for phase in draft_of(text).phases][2:] == [
        ("6.1: Watch", True),
        ("6.2: Snow", True),
    ]


def test_months_behind_the_last_phase_are_later_phases() -> None:
    text = (
        "# P\n\n## Phase 1: A\n\n- [ ] a\n\n## Phase 2: B\n\n- [ ] b\n\n## Ideas\n\n"
        "### Month 1: C\n\n- c\n\n### Month 2: D\n\n- d\n"
    )
    assert [(phase.title, phase.later) for phase in draft_of(text).phases][2:] == [("C", True), ("D", True)]


def test_rows_that_head_the_columns_of_another_table_are_phases_with_targets_of_their_own() -> None:
    text = (
        "# R\n\n## Rings\n\n| Ring | Who | Base | Bake |\n|--|--|--|--|\n| Ring 0 | team | 1% | 3 days |\n"
        "| Ring 1 | all | 100% | 1 week |\n\n## Promotion thresholds\n\n| Signal | Ring 0 | Ring 1 |\n|--|--|--|\n"
        "| Crash-free sessions | >= 98% | >= 99% |\n"
    )
    draft = draft_of(text)
    assert [(phase.title, phase.lasts) for phase in draft.phases] == [("Ring 0", "3d"), ("Ring 1", "1w")]
    assert [[target.number for target in phase.targets] for phase in draft.phases] == [[98.0], [99.0]]
    assert [stage.share for phase in draft.phases for stage in phase.stages] == [0.01, 1.0]


def test_items_with_days_and_boxes_are_phases_whatever_stands_over_them() -> None:
    text = (
        "Notes for the team\n------------------\n\n"
        "- **Dogfood** (Jun 1 – Jun 7)\n  - [x] a\n- **Public** (Jun 8 – Jun 30)\n  - [ ] b\n"
    )
    assert tasks_of(text) == [("Dogfood", ["a"]), ("Public", ["b"])]


def test_a_timeline_of_weeks_names_the_headings_that_are_phases() -> None:
    text = (
        "# U\n\n## Tijdlijn\n- Week 1-2: Interne test\n- Week 3: Pilot\n\n"
        "## Interne test\n- [ ] a\n\n## Pilot\n- [ ] b\n"
    )
    assert [(phase.title, phase.lasts) for phase in draft_of(text).phases] == [("Interne test", "2w"), ("Pilot", "1w")]


def test_a_line_at_the_margin_that_leads_the_next_list_is_no_part_of_the_last_item() -> None:
    text = "# P\n\n## Phase 1: A\n- [ ] write\nMove on when:\n- errors < 1%\n\n## Phase 2: B\n- [ ] b\n"
    phase = draft_of(text).phases[0]
    assert [box.text for box in phase.boxes] == ["write"]
    assert [target.number for target in phase.targets] == [1.0]


def test_todo_and_done_begin_tasks() -> None:
    phase = draft_of(
        "# P\n\n## nightly — 1 week\n\nTODO cut branch\nDONE sign\n\n## beta — 2 weeks\n\n- [ ] b\n"
    ).phases[0]
    assert [(box.text, box.checked) for box in phase.boxes] == [("cut branch", None), ("sign", True)]


def test_a_task_begins_with_its_owner_where_the_page_names_that_person() -> None:
    text = (
        "# P\n\nMaintainers: vex, jun.\n\n## Pilot (1 week)\n\n"
        "- [ ] jun: tap\n- [ ] anybody: try\n\n## Beta (2 weeks)\n\n- [ ] b\n"
    )
    assert [(box.text, box.owner) for box in draft_of(text).phases[0].boxes] == [("tap", "jun"), ("anybody: try", "")]


def test_a_label_is_no_owner_where_nobody_of_that_name_is_on_the_page() -> None:
    text = "# P\n\n## Pilot (1 week)\n\n- [ ] Android: upload\n- [ ] iOS: upload\n\n## Beta (2 weeks)\n\n- [ ] b\n"
    assert [box.owner for box in draft_of(text).phases[0].boxes] == ["", ""]


def test_prose_tells_how_long_each_share_is_held() -> None:
    text = "# P\n\n## Phase 1: A\n\n- [ ] a\n\n## Phase 2: B\n\nIt serves 50% for a week and 98% thereafter.\n"
    assert [(stage.share, stage.lasts) for stage in draft_of(text).phases[1].stages] == [(0.5, "1w"), (0.98, "")]


def test_columns_in_plain_code_are_stages() -> None:
    text = (
        "# P\n\n## Phase 1: A\n\n- [ ] a\n\n## Phase 2: B\n\nOffered to:\n\n"
        "    day 0    10%   linux\n    day 5   100%   mac\n"
    )
    assert [stage.share for stage in draft_of(text).phases[1].stages] == [0.1, 1.0]


def test_who_gets_it_is_a_stage_by_audience() -> None:
    text = (
        "# P\n\n## Phase 1: A\n\n**Testers:** 25 friends\n\n- [ ] a\n\n## Phase 2: B\n\n"
        "Breaking. For plugin authors only.\n\n- [ ] b\n"
    )
    assert [stage.audience for phase in draft_of(text).phases for stage in phase.stages] == [
        ["25 friends"],
        ["plugin authors"],
    ]


def test_what_stands_between_the_number_of_a_wave_and_its_share_is_its_audience() -> None:
    text = (
        "# P\n\n## Waves\n\n"
        "| Wave | Schools | Share |\n|--|--|--|\n| Wave 1 | Two pilot schools | 4% |\n| Wave 2 | All schools | 100% |\n"
    )
    assert [stage.audience for stage in draft_of(text).phases[0].stages] == [["Two pilot schools"], ["All schools"]]
