"""Stages of a rollout in all the shapes that pages give them."""

from __future__ import annotations

import pytest

from tminus.importer.draft import Stage
from tminus.importer.scanning import scan_page
from tminus.importer.stage_ramps import rising_shares
from tminus.importer.stages import chain_of
from tminus.importer.understanding import understand


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
