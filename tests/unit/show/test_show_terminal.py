"""The drawing for a terminal: everything in 80 columns, nothing by colour alone."""

from __future__ import annotations

from pathlib import Path

import pytest

from tminus.plan import read_plan, read_plan_text
from tminus.plan.timeline import timeline
from tminus.plan.timespans import Timeline
from tminus.show import as_text
from tminus.show.columns import fitted, width, wrapped

EXAMPLES = sorted((Path(__file__).parents[3] / "examples").glob("*/plan.yaml"))


def test_the_whole_drawing_of_a_small_plan() -> None:
    plan = read_plan_text(
        "tminus: 1\ntitle: Small\nflags: { page: {} }\nroles: { lead: { reach: env:LEAD } }\nphases:\n"
        "  - { id: ready, lasts: 1d..2d, tasks: [{ do: x, owner: lead, priority: critical }] }\n"
        "  - { id: out, rollout: { flag: page, stages: [{ title: Half, to: 50%, for: 1d, go: [lead] }] } }\n"
    )
    assert as_text(timeline(plan)) == (
        "Small\n"
        "\n"
        "Begins when somebody starts it (T), ends T+2d to T+3d.\n"
        "\n"
        "  ready                         ████████████████░░░░░░░░░░░░░░░◆\n"
        "  out                                           ███████████████░░░░░░░░░░░░░░░░\n"
        "                                ╵               ╵              ╵               ╵\n"
        "                                T+0d            T+1d           T+2d         T+3d\n"
        "█ at the earliest, ░ as late as the plan allows, › open end, ◆ gate\n"
        "\n"
        "1. ready\n"
        "   T+0d → T+1d to T+2d\n"
        "   lasts 1d..2d · 1 box, 1 critical\n"
        "   ◆ 1 box proven\n"
        "\n"
        "2. out\n"
        "   T+1d to T+2d → T+2d to T+3d\n"
        "   as long as its stages · flag page\n"
        "   ██████████░░░░░░░░░░    50 %  Half                                        1 d\n"
        "     from T+1d to T+2d\n"
        "     ◆ go by lead\n"
        "\n"
        "No trigger: only a guard or a person takes this launch back.\n"
    )


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.parent.name)
def test_every_example_fits_80_columns_and_names_all_its_phases_and_stages(path: Path) -> None:
    plan = read_plan([path])
    text = as_text(timeline(plan))
    assert max(width(one) for one in text.splitlines()) <= 80
    for phase in plan.phases:
        assert phase.title in text
        assert all(stage.title in text for stage in (phase.rollout.stages if phase.rollout else ()))


def test_odd_titles_fit_too(odd: Timeline) -> None:
    text = as_text(odd)
    assert max(width(one) for one in text.splitlines()) <= 80
    assert "日本語の段階" in text


def test_an_open_end_is_said_in_words(odd: Timeline) -> None:
    assert "Mon 16 Mar → open end" in as_text(odd)
    assert "Fri 1 May or later → Fri 1 May 02:00 or later" in as_text(odd)


def test_a_plan_without_any_length_gets_no_bars_and_no_error() -> None:
    text = as_text(timeline(read_plan_text("tminus: 1\ntitle: Open\nphases: [{ id: a }]")))
    assert "T+0d → open end" in text
    assert "█" not in text


@pytest.mark.parametrize("lasts", ["1ms", "30s", "7m", "5h", "36500d"])
def test_any_length_gets_an_axis_that_fits(lasts: str) -> None:
    for starts in ("", "starts: 2026-01-12T09:00"):
        plan = read_plan_text(f"tminus: 1\ntitle: Any\n{starts}\nphases: [{{ id: a, lasts: {lasts} }}]")
        assert max(width(one) for one in as_text(timeline(plan)).splitlines()) <= 80


def test_wide_characters_count_twice_and_joined_ones_not_at_all() -> None:
    assert width("製品") == 4
    assert width("e\N{COMBINING ACUTE ACCENT}") == 1
    assert fitted("製品担当", 6) == "製品… "
    assert fitted("ab", 4) == "ab  "


def test_a_word_longer_than_the_line_is_broken() -> None:
    assert wrapped("ab " + "x" * 7, 5) == ["ab", "xxxxx", "xx"]
    assert wrapped("製品担当 ab", 5) == ["製品", "担当", "ab"]
    assert wrapped("", 5) == [""]


def test_a_megabyte_of_one_word_is_drawn_in_a_moment() -> None:
    for character in ("x", "\N{COMBINING ACUTE ACCENT}"):
        plan = read_plan_text(f"tminus: 1\ntitle: {character * 900_000}\nphases: [{{ id: a, lasts: 1d }}]")
        assert max(map(width, as_text(timeline(plan)).splitlines())) <= 80
