"""Stages of a rollout in all the shapes that pages give them."""

from __future__ import annotations

import pytest

from tminus.importer.draft import Draft, Stage
from tminus.importer.scanning import scan_page
from tminus.importer.stage_ramps import rising_shares
from tminus.importer.stages import chain_of
from tminus.importer.understanding import understand


def draft_of(text: str) -> Draft:
    return understand(scan_page(text))


def stages_of(body: str) -> list[Stage]:
    return understand(scan_page(f"# P\n\n## Phase 1: Rollout\n\n{body}")).phases[0].stages


@pytest.mark.parametrize(
    ("text", "shares"),
    [
        ("Canary: 1 -> 5 -> 25 -> 100", [0.01, 0.05, 0.25, 1.0]),
        ("5% → 15% → 50% → 100%, two to three days each.", [0.05, 0.15, 0.5, 1.0]),
        ("we ramp 1%, 10%, 50% and watch", [0.01, 0.1, 0.5]),
        ("Postgres 12 -> 16", []),
        ("down 50% → 20% → 5%", []),
    ],
)
def test_a_ramp_in_one_line_is_a_stage_for_each_share(text: str, shares: list[float]) -> None:
    assert chain_of(text) == shares


def test_bold_weeks_with_a_share_are_stages_with_their_bullets() -> None:
    stages = stages_of(
        "#### Rollout Stages\n\n**Week 1: Internal Beta (5% of users)**\n- Watch\n\n"
        "**Week 2: Open Beta (50% of users)**\n- Help\n"
    )
    assert [(stage.share, stage.lasts, [box.text for box in stage.boxes]) for stage in stages] == [
        (0.05, "1w", ["Watch"]),
        (0.5, "1w", ["Help"]),
    ]


def test_objects_in_a_fence_are_stages_with_regions_features_and_weekdays() -> None:
    stages = stages_of(
        '### Progressive Rollout (Tuesday-Wednesday)\n```javascript\nconst plan = {\n  tuesday: {\n    traffic: "40%",\n'
        '    regions: ["US", "UK"],\n    features: ["core"]\n  },\n  wednesday: {\n'
        '    traffic: "60%",\n    regions: ["Global"]\n  }\n};\n```\n'
    )
    assert [(stage.share, stage.regions, stage.features, stage.starts) for stage in stages] == [
        (0.4, ["US", "UK"], ["core"], "Tuesday"),
        (0.6, ["Global"], [], "Wednesday"),
    ]


def test_a_heading_with_a_weekday_and_a_share_beneath_is_a_stage_at_that_hour() -> None:
    stages = stages_of(
        "#### Soft Launch (Monday)\n```yaml\nTime: 12:00 AM UTC\nTraffic: 20% of visitors\nRegions: US & Canada only\n```\n"
    )
    assert [(stage.title, stage.share, stage.starts, stage.regions) for stage in stages] == [
        ("Soft Launch", 0.2, "Monday 00:00 UTC", ["US", "Canada"])
    ]


def test_days_of_a_map_are_stages() -> None:
    stages = stages_of(
        '### Beta Rollout Strategy\n```javascript\nconst s = {\n  day1: "10% of beta users",\n'
        '  day3: "25% of beta users"\n};\n```\n'
    )
    assert [(stage.title, stage.share, stage.audience) for stage in stages] == [
        ("Day 1", 0.1, ["beta users"]),
        ("Day 3", 0.25, ["beta users"]),
    ]


def test_rows_with_a_share_are_stages() -> None:
    stages = stages_of(
        "| Wave | Region | Share | Wait |\n|---|---|---|---|\n| 1 | FI, EE | 5% | 2 days |\n| 2 | all | 100% | — |\n"
    )
    assert [(stage.share, stage.regions, stage.lasts) for stage in stages] == [
        (0.05, ["FI", "EE"], "2d"),
        (1.0, ["all"], ""),
    ]


def test_steps_that_name_places_are_stages_without_a_share() -> None:
    draft = understand(
        scan_page(
            "# P\n\n## Rollout\n\nCells: `eu-a`, `eu-b`.\n\n### Step 1 - one shard in eu-a (soak 6 h)\n"
            "\nx\n\n### Step 2 - eu-b (soak 1 h)\n\ny\n"
        )
    )
    assert [(stage.share, stage.regions, stage.lasts) for stage in draft.phases[0].stages] == [
        (None, ["eu-a"], "6h"),
        (None, ["eu-b"], "1h"),
    ]


def test_deploying_to_everybody_is_the_last_stage() -> None:
    stages = stages_of("- [ ] Go-Live\n  - Deploy to 100% of users\n  - Watch\n")
    assert [(stage.share, stage.line) for stage in stages] == [(1.0, 6)]


def test_tasks_that_raise_the_share_up_to_everybody_are_stages() -> None:
    lines = [(1, "22:45 start writers at 10 %"), (2, "watch"), (3, "23:05 writers 100 %")]
    assert [(stage.line, stage.share) for stage in rising_shares(lines)] == [(1, 0.1), (3, 1.0)]
    assert rising_shares([(1, "errors < 10 %"), (2, "coverage 100 %")]) == []


def test_where_no_stage_is_named_the_people_who_are_invited_are_one() -> None:
    draft = understand(
        scan_page(
            "# P\n\n## Phase 1: Soft Launch\n\n- [ ] Onboard internal team members (5-10 people)\n\n"
            "## Phase 2: Production Launch\n\n- [ ] go\n"
        )
    )
    assert [[(stage.share, stage.people) for stage in phase.stages] for phase in draft.phases] == [
        [(None, (5, 10))],
        [(1.0, None)],
    ]
    assert draft.phases[1].stages[0].doubt


def test_a_ramp_in_a_heading_is_read_where_nothing_beneath_it_tells_more() -> None:
    assert [stage.share for stage in stages_of("### Rollout: 5% → 25% → 100%\n\nCarefully.\n")] == [0.05, 0.25, 1.0]
    assert [stage.line for stage in stages_of("### Canary: 5% → 25% → 100%\n\n- Day 1: 5 % of users\n")] == [7]


def test_a_column_of_rising_shares_lists_stages_whatever_its_name() -> None:
    text = (
        "# P\n\n## Phase 1: Envío\n\n| Tramo | Quién | Lista | Espera |\n|-|-|-|-|\n"
        "| 1 | fieles | 10 % | 6 h |\n| 2 | resto | 100 % | |\n"
    )
    stages = draft_of(text).phases[0].stages
    assert [(stage.share, stage.lasts) for stage in stages] == [(0.1, "6h"), (1.0, "")]
    assert "fieles" in stages[0].title


def test_objects_whose_shares_rise_are_stages_and_days_say_when() -> None:
    text = (
        "# P\n\n## Phase 1: A\n\n```js\nconst ramp = [\n"
        '  { day: 1, traffic: "10%" },\n  { day: 4, traffic: "100%" },\n];\n```\n'
    )
    stages = draft_of(text).phases[0].stages
    assert [(stage.title, stage.share, stage.starts) for stage in stages] == [
        ("Day 1", 0.1, "+0d"),
        ("Day 4", 1.0, "+3d"),
    ]


def test_weights_with_pauses_are_stages() -> None:
    text = "# P\n\n## Phase 1: A\n\n```yaml\nsteps:\n  - setWeight: 10\n  - pause: {duration: 1h}\n  - setWeight: 100\n```\n"
    assert [(stage.share, stage.lasts) for stage in draft_of(text).phases[0].stages] == [(0.1, "1h"), (1.0, "")]


def test_a_ramp_in_a_sentence_takes_the_time_of_each() -> None:
    text = "# P\n\n## Phase 1: A\n\nIn Play: 20 % → 50 % → 100 %, one day each. The other store takes 7 days.\n"
    assert [(stage.share, stage.lasts) for stage in draft_of(text).phases[0].stages] == [
        (0.2, "1d"),
        (0.5, "1d"),
        (1.0, "1d"),
    ]


def test_a_ramp_outside_all_phases_is_the_launchs_unless_stages_are_told_elsewhere() -> None:
    top = (
        "# P\n\nRamp: 5% -> 20% -> 100%, 2 days each.\n\n## Phase 1: Shadow\n\n- [ ] a\n\n## Phase 2: Ramp\n\n- [ ] b\n"
    )
    assert [stage.share for stage in draft_of(top).phases[1].stages] == [0.05, 0.2, 1.0]
    told = top + "\n- Day 1: 50% of users\n- Day 2: 100% of users\n"
    assert [stage.share for stage in draft_of(told).phases[1].stages] == [0.5, 1.0]


def test_one_share_of_a_phase_is_its_stage_and_a_discount_is_none() -> None:
    text = (
        "# P\n\n## Phase 1: A\n\n**Duration:** 14 days\n\n**Share of beds:** 8%\n\n"
        "## Phase 2: B\n\n10% of discount for everyone\n"
    )
    phases = draft_of(text).phases
    assert [(stage.share, stage.lasts) for stage in phases[0].stages] == [(0.08, "2w")] or phases[0].stages[
        0
    ].lasts == "14d"
    assert phases[1].stages == []


def test_everybody_is_no_cohort() -> None:
    stages = (
        draft_of('# P\n\n## Phase 1: A\n\n```yaml\nrollout:\n  a: "10% of users"\n  b: "100% of users"\n```\n')
        .phases[0]
        .stages
    )
    assert [(stage.title, stage.audience) for stage in stages] == [("A", []), ("B", [])]


@pytest.mark.parametrize(
    ("body", "shares"),
    [
        (
            "- **Monday:** 15% of students\n- **Tuesday:** 40% of students\n- **Friday:** 100% of students\n- [ ] Pizza\n",
            [0.15, 0.4, 1.0],
        ),
        ("**Share:** Woche 1: 20 %, Woche 3: 50 %, Woche 5: 80 %\n", [0.2, 0.5, 0.8]),
        ("Alle vestigingen, 100% van de leden.\n\n- [ ] a\n", [1.0]),
        ("Seven days, as the store gives us (1, 2, 5, 10, 20, 50, 100%).\n", [0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1.0]),
        ("All tests, 100% of them, must be below 3 s.\n\n- [ ] a\n", []),
    ],
)
def test_shares_are_stages_by_weekday_by_week_and_for_all(body: str, shares: list[float]) -> None:
    assert [stage.share for stage in stages_of(body)] == shares


def test_one_step_a_week_holds_for_every_step() -> None:
    assert [stage.lasts for stage in stages_of("12% -> 25% -> 70%, one step a week\n")] == ["1w", "1w", "1w"]


def test_shares_that_part_a_whole_are_no_stages() -> None:
    table = "| Provider | Share |\n|--|--|\n| Big | 46 % |\n| Blue | 30 % |\n| Rest | 24 % |\n"
    assert draft_of(f"# P\n\n## Providers\n\n{table}").phases == []


def test_the_countries_of_a_phase_are_its_audience() -> None:
    (stage,) = stages_of("Where: New Zealand and Ireland.\n\n- [ ] a\n")
    assert stage.audience == ["New Zealand and Ireland"]
    assert stages_of("Where: in the canteen\n\n- [ ] a\n") == []


def test_an_audience_of_regions_is_regions_and_everybody_ends_the_restriction() -> None:
    rows = ("NL only | 1%", "NL + DE | 5%", "EU & UK | 20%", "IT | 30%", "us and friends | 40%", "everybody | 100%")
    table = "| Stage | Audience | Traffic |\n|---|---|---|\n" + "\n".join(f"| Ring {row} |" for row in _lettered(rows))
    stages = stages_of(table)
    assert [stage.regions for stage in stages] == [["NL"], ["NL", "DE"], ["EU", "UK"], [], [], []]
    assert [stage.audience for stage in stages[3:]] == [["IT"], ["us and friends"], []]
    assert stages[-1].everybody


def _lettered(rows: tuple[str, ...]) -> list[str]:
    return [f"{letter} | {row}" for letter, row in zip("ABCDEF", rows, strict=True)]


@pytest.mark.parametrize("name", ["Go/no-go", "Approver", "Sign-off", "Decides", "Freigabe"])
def test_who_says_go_is_kept_with_the_stage_and_a_rule_there_is_a_note(name: str) -> None:
    table = f"| Stage | Traffic | {name} |\n|---|---|---|\n| Canary | 2% | Ada + Ben |\n| Full | 100% | errors < 1% |"
    canary, full = stages_of(table)
    assert (canary.roles, canary.notes) == (["Ada + Ben"], [])
    assert (full.roles, [text for _, text in full.notes]) == ([], [f"{name}: errors < 1%"])


@pytest.mark.parametrize(
    ("words", "lasts"),
    [
        ("Sep 1 – Sep 19", "19d"),
        ("1.-19. September", "19d"),
        ("28 Dec to 3 Jan", "7d"),
        ("Feb 1 - Feb 29", "29d"),
        ("Feb 30 - Mar 2", ""),
    ],
)
def test_dates_without_a_year_say_how_long_a_phase_lasts_and_stay_as_a_note(words: str, lasts: str) -> None:
    phase = draft_of(f"# Plan\n\n## Phase 1: Readiness ({words})\n\n- [ ] Drill\n").phases[0]
    assert (phase.lasts, phase.starts) == (lasts, "")
    assert (words in [text for _, text in phase.notes]) is bool(lasts)
