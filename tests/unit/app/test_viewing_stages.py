"""The view of stages by region, with features and without a time, of flags that come along, and of targets."""

from __future__ import annotations

from support.launches import HOUR, Course, course, ratio
from tminus.app.view import View
from tminus.app.viewing import build_view
from tminus.core import commands

LAUNCH = """
regions: { eu: { title: Europe, countries: [FR] } }
phases:
  - id: release
    rollout:
      flag: page
      stages:
        - { id: few, to: 5%, cohorts: [staff], regions: [eu], features: [cart], for: 1h }
        - { id: all, to: 100%, go: [lead] }
kpis:
  - errors < 5% over 1m
  - { that: mood > 80%, title: Mood }
announcements: { news: { title: News, phase: release } }
""".replace("  - errors", "  - that: errors")


def view(launch: Course) -> View:
    return build_view(launch.outline, launch.state, launch.facts, launch.now, [])


def test_a_stage_says_where_it_is_what_comes_with_it_and_how_far_it_is() -> None:
    launch = course(LAUNCH)
    launch.now += HOUR / 2
    few, everybody = view(launch).phases[0].stages
    assert (few.regions, few.features, few.bakes_for, few.progress) == (["Europe"], ["cart"], "1h", 0.5)
    assert (everybody.title, everybody.bakes_for, everybody.state) == ("100 %", "", "next")


def test_a_stage_without_a_time_waits_for_nothing_but_its_gate() -> None:
    launch = course(LAUNCH)
    launch.wait(HOUR)
    now = view(launch).phases[0].stages[1]
    assert (now.state, now.progress, now.bakes_until) == ("now", 1.0, None)


def test_a_feature_is_shown_as_its_rollout_and_by_itself_once_it_is_killed() -> None:
    launch = course(LAUNCH)
    page, cart = view(launch).flags
    assert (page.share, page.regions, page.cohorts, page.comes_with) == (0.05, ["Europe"], ["staff"], "")
    assert (cart.share, cart.regions, cart.cohorts, cart.comes_with) == (0.05, ["Europe"], ["staff"], "page")
    launch.tell(commands.kill, "cart")
    assert [(flag.share, flag.killed_by, flag.comes_with) for flag in view(launch).flags] == [
        (0.05, "", ""),
        (0.0, "ann", ""),
    ]


def test_what_going_back_means_is_said_with_the_place() -> None:
    assert (
        view(course(LAUNCH)).rollback_consequence
        == "5 % of users in Europe go back to the old version within a second."
    )


def test_targets_are_measured_and_shown_and_hold_nothing() -> None:
    launch = course(LAUNCH)
    launch.found["errors"] = ratio(900, 1000)
    shown = [(one.role, one.name, one.state) for one in view(launch).criteria]
    assert [(role, state) for role, _, state in shown] == [("kpi", "fails"), ("kpi", "unknown")]
    launch.wait(HOUR)
    launch.tell(commands.go, "lead")
    launch.tell(commands.sign, "announcement-news", "lead")
    launch.rest()
    assert launch.state.status == "completed"


def test_what_is_not_done_yet_waits_among_the_boxes() -> None:
    waiting = view(course(LAUNCH)).boxes_waiting
    assert [(box.task, box.text, box.roles) for box in waiting] == [
        ("announcement-news", "Tell: News (T-minus does not send it yet): waiting for anyone to sign", ["anyone"])
    ]
