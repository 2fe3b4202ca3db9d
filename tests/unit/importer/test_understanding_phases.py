"""Phases: how pages name them, how overviews are merged, and what comes after the launch."""

from __future__ import annotations

from tminus.importer.draft import Draft, Phase
from tminus.importer.scanning import scan_page
from tminus.importer.understanding import understand


def draft_of(text: str) -> Draft:
    return understand(scan_page(text))


def phases_of(text: str) -> list[tuple[str, str]]:
    return [(phase.title, phase.lasts) for phase in draft_of(text).phases]


def phase_of(text: str) -> Phase:
    return draft_of(text).phases[0]


def test_numbered_headings_are_phases_with_their_time() -> None:
    text = "# Plan\n\n## Phase 1: Soft Launch (Week 1-2)\n\n- [ ] a\n\n## PHASE 2: Everyone (2-3 days)\n\n- [ ] b\n"
    assert phases_of(text) == [("Soft Launch", "2w"), ("Everyone", "2d..3d")]


def test_phases_are_named_in_other_languages_and_with_other_numbers() -> None:
    text = (
        "# Plan\n\n## Etapa 1 — Piloto (3 semanas)\n\n- [ ] a\n\n## Étape 2 : Tous\n\n- [ ] b\n\n"
        "## Phase III. Alle\n\n- [ ] c\n"
        "\n## 4. Aşama: Herkes\n\n- [ ] d\n"
    )
    assert [title for title, _ in phases_of(text)] == ["Piloto", "Tous", "Alle", "Herkes"]


def test_a_word_that_only_begins_like_a_phase_is_none() -> None:
    assert phases_of("# Plan\n\n## Phased Deployment Strategy\n\ntext\n\n## Phase 2 features\n\n- one\n") == []


def test_labels_tell_duration_environment_and_audience_of_a_phase() -> None:
    phase = phase_of(
        "# P\n\n## Phase 1: Try\n**Timeline**: 1-2 weeks\n**Environment**: Staging\n"
        "**Target:** Internal team (50-100 users)\n\n- [ ] a\n"
    )
    assert (phase.lasts, phase.environment, phase.people) == ("1w..2w", "Staging", (50, 100))
    assert [(stage.share, stage.people) for stage in phase.stages] == [(None, (50, 100))]


def test_an_overview_gives_phases_what_they_lack_and_makes_no_others() -> None:
    draft = draft_of(
        "# P\n\n## Overview\n\n```\nPHASE 1: Build (2 days)\n  - set up servers\n\nPHASE 2: Ship (1 day)\n```\n\n"
        "## Phase 1: Build\n\n- [ ] set up servers\n\n## Phase 2: Ship\n\n- [ ] go\n"
    )
    assert [(phase.title, phase.lasts, phase.line) for phase in draft.phases] == [
        ("Build", "2d", 12),
        ("Ship", "1d", 16),
    ]
    assert [box.text for box in draft.phases[0].boxes] == ["set up servers"]


def test_a_timeline_table_gives_dates_and_repeats_phases() -> None:
    draft = draft_of(
        "# P\n\n## Phase 1: Pre-launch testing\n\n- [ ] a\n\n## Phase 2: Production launch\n\n- [ ] b\n\n## Timeline\n\n"
        "| Phase | Duration | Start |\n|---|---|---|\n| Testing | 2 days | 2026-05-04 |\n"
        "| Production | 1 day | 2026-05-06 |\n"
    )
    assert [(phase.lasts, phase.starts) for phase in draft.phases] == [("2d", "2026-05-04"), ("1d", "2026-05-06")]
    assert draft.repeated == {15: 3, 16: 7}


def test_a_gantt_chart_becomes_bars_and_dates() -> None:
    draft = draft_of(
        "# P\n\n## Phase 1: Alpha\n\n- [ ] a\n\n## Phase 2: Beta\n\n- [ ] b\n\n## Calendar\n\n"
        "```mermaid\ngantt\n    dateFormat YYYY-MM-DD\n"
        "    section Alpha\n    Deploy :a1, 2026-01-05, 3d\n    section Beta\n    Open :after a1, 1w\n```\n"
    )
    assert [(bar.title, bar.section, bar.starts, bar.lasts) for bar in draft.bars] == [
        ("Deploy", "Alpha", "2026-01-05", "3d"),
        ("Open", "Beta", "2026-01-08", "1w"),
    ]
    assert [phase.starts for phase in draft.phases] == ["2026-01-05", "2026-01-08"]


def test_a_chain_of_headings_names_the_phases() -> None:
    text = (
        "# P\n\nDogfood (1 week) → Closed beta (2 weeks) → Done\n\n## Dogfood\n\n- [ ] a\n\n"
        "## Closed beta\n\n- [ ] b\n\n## Costs\n\nnone\n"
    )
    assert phases_of(text) == [("Dogfood", "1w"), ("Closed beta", "2w")]


def test_headings_with_a_duration_in_brackets_are_phases() -> None:
    text = "# P\n\n## 3 Vorbereitung (3 Wochen)\n\n- [ ] a\n\n## 4 Pilot (2 Wochen)\n\n- [ ] b\n"
    assert phases_of(text) == [("Vorbereitung", "3w"), ("Pilot", "2w")]


def test_a_table_of_phases_makes_phases_and_its_marks_are_known() -> None:
    draft = draft_of(
        "# P\n\n## Phases\n\n| # | Phase | Start | Length |\n|---|---|---|---|\n"
        "| A | Dock | 2026-03-02 | 5 days |\n| B | Trial | | 2 weeks |\n\n"
        "## KPIs\n\n| KPI | Baseline | Target | Phase |\n|---|---|---|---|\n| Error rate | 2% | < 1% | B |\n"
    )
    assert [(phase.title, phase.lasts) for phase in draft.phases] == [("Dock", "5d"), ("Trial", "2w")]
    assert [(target.metric, target.baseline) for target in draft.phases[1].targets] == [("Error rate", "2%")]


def test_phases_in_a_yaml_fence_have_their_fields() -> None:
    phase = phase_of(
        "# P\n\n```yaml\nphases:\n  - name: ramp\n    duration: 9 days\n    stages:\n"
        "      - { share: 2%, hold: 24h, regions: [fra] }\n"
        '    exit:\n      - error_rate < 0.1%\n    tasks:\n      - "[ ] clean up"\n```\n'
    )
    assert (phase.title, phase.lasts, len(phase.targets)) == ("ramp", "9d", 1)
    assert [(stage.share, stage.lasts, stage.regions) for stage in phase.stages] == [(0.02, "24h", ["fra"])]
    assert [(box.text, box.checked) for box in phase.boxes] == [("clean up", False)]


def test_blocks_of_time_are_the_phases_of_a_page_that_names_none() -> None:
    draft = draft_of(
        "# P\n\n## Launch checklist\n\n### Pre-Launch (1 week before)\n\n- [ ] a\n\n### Launch Day\n\n- [ ] b\n\n"
        "### Post-Launch (First 48 hours)\n\n- [ ] c\n\n## Post-Launch Plan\n\n### Week 2-4: Optimization\n\n- [ ] d\n"
    )
    assert [(phase.title, phase.lasts, phase.later) for phase in draft.phases] == [
        ("Pre-Launch", "1w", False),
        ("Launch Day", "", False),
        ("Post-Launch", "48h", True),
        ("Optimization", "3w", True),
    ]


def test_a_roadmap_is_later_phases_with_its_bullets() -> None:
    draft = draft_of("# P\n\n## Phase 1: Go\n\n- [ ] a\n\n## Roadmap\n\n### Month 2-3: More\n\n- Social features\n")
    later = draft.phases[1]
    assert (later.title, later.later, [box.text for box in later.boxes]) == ("More", True, ["Social features"])


def test_blocks_of_time_within_a_phase_are_groups() -> None:
    draft = draft_of("# P\n\n## Phase 1: Go\n\n### Day 1-2: Servers\n\n- [ ] a\n\n### Day 3: Checks\n\n- [ ] b\n")
    assert [box.group for box in draft.phases[0].boxes] == ["Day 1-2: Servers", "Day 3: Checks"]
    assert len(draft.phases) == 1


def test_the_same_heading_twice_is_one_phase() -> None:
    text = "# P\n\n## Phase 2. Friendly homes (2 weeks)\n\n- [ ] a\n\n## Phase 2. Friendly homes\n\n(see above)\n"
    assert phases_of(text) == [("Friendly homes", "2w")]


def test_chapters_of_an_essay_are_no_phases() -> None:
    text = "# Talk\n\n## Phase 1: Hope\n\nWe had a budget of 40 and hoped.\n\n## Phase 2: Arithmetic\n\nHalve it.\n"
    assert phases_of(text) == []


def test_waves_and_rings_are_phases_also_with_a_share_or_a_soak_in_their_headings() -> None:
    waves = "# P\n\n## WAVE ZERO — alpha\n\n- [x] a\n\n## WAVE ONE — soft launch, 3 weeks\n\n- [ ] b\n"
    assert phases_of(waves) == [("alpha", ""), ("soft launch", "3w")]
    rings = (
        "# P\n\n## Canary: two clusters (soak 12 h)\n\n- [ ] a\n\n## Ring 1: 5% of clusters (soak 24 h)\n\n- [ ] b\n\n"
        "## Ring 2: 100% of clusters\n\n- [ ] c\n"
    )
    found = draft_of(rings).phases
    assert [phase.lasts for phase in found] == ["12h", "24h", ""]
    assert [stage.share for phase in found for stage in phase.stages] == [0.05, 1.0]


def test_a_table_of_waves_with_durations_names_the_phases_and_their_marks() -> None:
    text = (
        "# P\n\n## Waves\n\n| Wave | Sites | Duration |\n|--|--|--|\n| W1 Pilot | Skipton | 5 weeks |\n"
        "| W2 North | Leeds | 7 weeks |\n\n"
        "## Criteria\n\nFor W1:\n\n- stock variance below 0.8%\n"
    )
    assert [(phase.title, phase.lasts, len(phase.targets)) for phase in draft_of(text).phases] == [
        ("W1 Pilot", "5w", 1),
        ("W2 North", "7w", 0),
    ]


def test_what_a_template_asks_for_is_nothing_that_was_said() -> None:
    text = (
        "# P\n\n## Success metrics\n\n<List them here, for example error rate below 1%.>\n\n"
        "## Rollout\n\n<For example 10% / 50% / 100%.>\n"
    )
    found = draft_of(text)
    assert (found.targets, found.phases) == ([], [])


def test_a_sentence_of_a_phase_that_compares_holds_its_targets() -> None:
    text = "# P\n\n## Phase 1: Ring\n\nInternal tenants. API server p99 < 1 s and pod start p95 < 25 s.\n\n- [ ] a\n"
    assert [(one.comparator, one.number, one.aggregate) for one in phase_of(text).targets] == [
        ("<", 1, "p99"),
        ("<", 25, "p95"),
    ]
