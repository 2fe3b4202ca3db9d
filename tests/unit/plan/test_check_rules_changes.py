"""Scheduled changes of flags: what `tminus check` finds wrong, and on what it stays silent."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tminus.errors import Problem
from tminus.plan.reading import examine_texts, read_plan_text

Codes = Callable[[str], list[str]]
Check = Callable[[str], tuple[Problem, ...]]
ON = "{ at: 2026-12-01T09:00, to: on }"


def banner(*changes: str) -> str:
    return f"flags: {{ banner: {{ changes: [{', '.join(changes)}] }} }}\n"


def test_a_flag_that_comes_and_goes_on_a_date_has_no_finding(codes: Codes) -> None:
    assert (
        codes(banner(ON, "{ at: 2026-12-10T09:00, to: 20%, regions: [home] }", "{ at: 2027-01-06T00:00, to: off }"))
        == []
    )


def test_a_change_reads_back_as_it_was_written() -> None:
    plan = read_plan_text(f"tminus: 1\ntitle: x\n{banner(ON)}phases: [{{ id: a }}]\n")
    again = read_plan_text(plan.model_dump_json(by_alias=True, exclude_defaults=True))
    assert again == plan
    assert [(f"{one.at}", one.share) for one in again.flags["banner"].changes] == [("2026-12-01 09:00:00", 1.0)]


@pytest.mark.parametrize(
    ("drives", "driver"),
    [
        (f"flags: {{ checkout: {{ changes: [{ON}] }} }}", "a rollout"),
        (
            f"{banner(ON)}phases:\n  - id: release\n    rollout: {{ flag: checkout, guards: [errors], stages: "
            "[{ to: 10%, for: 1d }, { to: 50%, for: 1d, features: [banner] }] }\n    exit: [errors < 1%]",
            "a stage's features",
        ),
        (
            "metrics: { buyers: { source: events, of: opened, did: bought, within: 1h } }\n"
            f"flags: {{ banner: {{ variants: {{ off: 0, on: 1 }}, changes: [{ON}] }} }}\n"
            "experiments: { size: { flag: banner, arms: { off: 50%, on: 50% }, to: 20%, metrics: { buyers: more } } }",
            "the experiment `size`",
        ),
    ],
)
def test_a_flag_with_changes_has_no_second_driver(drives: str, driver: str, check: Check) -> None:
    (problem,) = check(drives)
    assert (problem.code, problem.severity) == ("two-drivers", "error")
    assert driver in problem.message


@pytest.mark.parametrize("second", ["2026-12-01T09:00", "2026-11-30T09:00"])
def test_a_change_that_is_not_later_than_the_one_before_is_found(second: str, check: Check) -> None:
    (problem,) = check(banner(ON, f"{{ at: {second}, to: off }}"))
    assert (problem.code, problem.severity) == ("changes-unordered", "error")
    assert problem.message.endswith("is not after 2026-12-01 09:00 of the change before")


@pytest.mark.parametrize("to", ["off", "0%"])
def test_off_in_a_region_would_be_off_everywhere_and_is_refused(to: str, codes: Codes) -> None:
    assert codes(banner(ON, f"{{ at: 2026-12-02T09:00, to: {to}, regions: [home] }}")) == ["off-in-regions"]


def test_a_region_of_a_change_has_to_be_there(check: Check) -> None:
    (problem,) = check(banner("{ at: 2026-12-01T09:00, to: on, regions: [hme] }"))
    assert (problem.code, problem.hint) == ("unknown-region", "did you mean home?")


def test_a_change_before_the_launch_begins_is_a_warning(check: Check) -> None:
    (problem,) = check(f"starts: 2026-12-05T09:00\n{banner(ON, '{ at: 2026-12-05T09:00, to: off }')}")
    assert (problem.code, problem.severity) == ("dates-contradict", "warning")
    assert problem.message == "`banner` is to change on 2026-12-01 09:00, and the launch starts on 2026-12-05 09:00"


def test_dates_of_changes_need_a_timezone(base: str) -> None:
    nowhere = base.replace("timezone: Europe/Zurich\n", "")
    assert [one.code for one in examine_texts({"a": nowhere, "b": banner(ON)})[1]] == ["no-timezone"]


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ("{ at: Monday 09:00, to: on }", "bad-start"),
        ("{ at: 2026-12-01T09:00+01:00, to: on }", "bad-start"),
        ("{ at: 2026-12-01T09:00, to: true }", "bad-fraction"),
        ("{ at: 2026-12-01T09:00, to: 120% }", "fraction-outside"),
        ("{ at: 2026-12-01T09:00 }", "missing-key"),
        ("{ to: on }", "missing-key"),
        ("{ at: 2026-12-01T09:00, to: on, cohorts: [staff] }", "unknown-key"),
    ],
)
def test_what_is_no_change_is_refused_where_it_stands(change: str, code: str, codes: Codes) -> None:
    assert codes(banner(change)) == [code]


def test_going_back_gives_nobody_a_flag_that_comes_on_a_date(codes: Codes) -> None:
    assert codes(f"{banner(ON)}rollback: {{ do: [{{ flag: banner, to: off }}] }}") == []
    assert codes(f"{banner(ON)}rollback: {{ do: [{{ flag: banner, to: on }}] }}") == ["rollback-raises"]


def test_a_flag_that_nothing_can_move_has_no_changes(codes: Codes) -> None:
    assert codes(f"flags: {{ banner: {{ disabled: true, changes: [{ON}] }} }}") == ["flag-fixed"]
