"""Scheduled changes of flags: when they are made, what keeps them waiting, and what people read of it."""

from __future__ import annotations

import pytest

from support.launches import HEAD, HOUR, MINUTE, ROLLOUT, T0, Course, kinds
from tminus.core import commands
from tminus.core.advance import Blocker
from tminus.core.events import FlagSet, FlagUnscheduled, LaunchStarted, decode, encode
from tminus.core.evolve import fold
from tminus.core.exposure import flag_definition
from tminus.core.outline import Outline
from tminus.core.scheduling import changes_ahead, due_changes, next_change, waiting_changes
from tminus.core.situation import describe
from tminus.core.stale import stale_flags
from tminus.core.state import RegionShare, State, Status
from tminus.core.story import story
from tminus.errors import UsageError
from tminus.flags import compile_flags
from tminus.plan.reading import read_plan_text

# A launch of these tests begins on 2026-01-12 at 09:00 UTC.
SEASON = """
  { at: 2026-01-12T10:00, to: on }, { at: 2026-01-14T10:00, to: 20%, regions: [north] }, { at: 2026-01-20T00:00, to: off }
"""
REGIONS = """
regions: { north: { title: The North, countries: [DK, SE] }, sweden: { countries: [SE] }, usa: { countries: [US] } }
"""
UNDO = "rollback: { do: [{ flag: page, to: off }] }\n"
DAY = 24 * HOUR


def outline(changes: str, rest: str = "", phases: str = ROLLOUT) -> Outline:
    banner = f"cart: {{ title: Winter banner, changes: [{changes}] }}"
    return Outline(read_plan_text(HEAD.replace("cart: {}", banner) + REGIONS + phases + rest))


def course(changes: str = SEASON, *, pace: float = 1.0, rest: str = "", phases: str = ROLLOUT) -> Course:
    begun = Course(outline(changes, rest, phases))
    begun.record(LaunchStarted(title="Page", plan={}, pace=pace), actor="ann")
    begun.rest()
    return begun


def made(launch: Course) -> list[tuple[float, int, float]]:
    """(hours since the launch began, number, share) of each scheduled change in the log."""
    events = [(one.at, one.event) for one in launch.log if isinstance(one.event, FlagSet) and one.event.change]
    return [((at - T0) / HOUR, event.change, event.share) for at, event in events]


def told(launch: Course) -> list[str]:
    """The log's lines of scheduled changes."""
    changes = [one for one in launch.log if isinstance(one.event, FlagSet) and one.event.change]
    return [story(one.event, launch.outline, one.actor)[1] for one in changes]


def sentence(launch: Course) -> str:
    return describe(launch.outline, launch.state, launch.facts, launch.now).sentence


def variant(launch: Course, country: str) -> set[str]:
    """What a hundred users of a country have of the banner."""
    flags = compile_flags(flag_definition(launch.outline, launch.state))
    users = ({"targetingKey": f"user-{n}", "country": country} for n in range(100))
    return {str(flags.evaluate("cart", user).variant) for user in users}


# Their moments


def test_a_change_is_made_at_its_moment_and_not_before() -> None:
    launch = course()
    assert launch.wait(HOUR - 1) == []
    assert launch.wait(1)[0] == FlagSet(flag="cart", share=1.0, change=1)
    assert (variant(launch, "US"), launch.rest()) == ({"on"}, [])


def test_a_change_says_anew_who_has_the_flag_and_takes_it_from_everybody_else() -> None:
    launch = course()
    launch.wait(HOUR)
    launch.wait(3 * DAY)
    assert (launch.state.flags["cart"].share, launch.state.flags["cart"].earlier) == (0.2, ())
    assert (variant(launch, "DK"), variant(launch, "US")) == ({"on", "off"}, {"off"})


def test_a_launch_waits_for_the_last_change_and_says_so() -> None:
    launch = course()
    for _ in range(4):
        launch.wait(HOUR)
    assert (launch.state.phases_done, launch.state.status) == (("release",), Status.RUNNING)
    assert sentence(launch) == (
        "Flag cart changes to 20 % of users in The North on 14 Jan 2026, 10:00. Goes on in 1 w at the earliest."
    )
    assert launch.state.hold == ()
    launch.wait(2 * DAY)
    assert sentence(launch).startswith("Flag cart changes to off on 20 Jan 2026, 00:00.")
    assert kinds(launch.wait(6 * DAY)) == ["FlagSet", "LaunchCompleted"]
    assert [number for _, number, _ in made(launch)] == [1, 2, 3]


def test_what_lies_ahead_has_its_moments_in_order_of_time() -> None:
    launch = course()
    ahead = changes_ahead(launch.outline, launch.state, launch.now)
    assert [(one.until - T0) / HOUR for one in ahead if one.until] == [1, 49, 183]
    assert [(one.id, one.kind) for one in ahead[:1]] == [("change:cart:1", "time")]
    assert next_change(launch.outline, launch.state, "cart", launch.now) == "on for everybody on 12 Jan 2026, 10:00"
    assert next_change(launch.outline, launch.state, "page", launch.now) == ""


def test_a_change_is_made_before_the_first_phase_begins() -> None:
    launch = course("{ at: 2026-01-12T10:00, to: on }", rest="starts: 2026-01-13T09:00\n")
    assert launch.state.phase is None
    assert kinds(launch.wait(HOUR)) == ["FlagSet"]


def test_moments_are_those_of_the_plans_timezone() -> None:
    launch = course("{ at: 2026-01-12T10:00, to: on }", rest="timezone: America/New_York\n")
    assert launch.wait(6 * HOUR - 1)[0].__class__ is not FlagSet
    assert launch.wait(1)[0] == FlagSet(flag="cart", share=1.0, change=1)


@pytest.mark.parametrize(
    ("rest", "hours"),
    [
        ("", [1, 49]),  # counted from the moment it was started
        ("starts: 2026-01-11T10:00\n", [24, 72]),  # counted from the plan's own start
        ("starts: 2026-01-13T10:00\n", [-24, 24]),  # the first was due before
    ],
)
def test_at_a_pace_moments_are_counted_from_the_plans_start_and_divided(rest: str, hours: list[float]) -> None:
    found = outline("{ at: 2026-01-12T10:00, to: on }, { at: 2026-01-14T10:00, to: off }", rest)
    assert [(at - T0) * 100 / HOUR for at in found.changes_at("cart", T0, 100.0)] == pytest.approx(hours)


def test_a_paced_launch_makes_every_change() -> None:
    launch = course(pace=3600.0)
    for _ in range(2000):
        launch.wait(10.0)
    assert [(number, share) for _, number, share in made(launch)] == [(1, 1.0), (2, 0.2), (3, 0.0)]
    assert [hours for hours, _, _ in made(launch)] == pytest.approx([1 / 3600, 49 / 3600, 183 / 3600], abs=0.003)
    assert launch.state.status is Status.COMPLETED


# What is overdue


def test_of_several_overdue_changes_the_newest_alone_is_made_and_the_log_says_so() -> None:
    launch = course()
    launch.wait(10 * DAY)
    assert made(launch) == [(240, 3, 0.0)]
    assert told(launch) == [
        "Flag cart changes to off, as the plan schedules for 20 Jan 2026, 00:00; 2 changes before it were not made and "
        "are passed over"
    ]


def test_the_log_says_when_and_by_what_a_flag_changed() -> None:
    launch = course()
    launch.wait(HOUR)
    launch.wait(2 * DAY)
    assert told(launch) == [
        "Flag cart changes to on for everybody, as the plan schedules for 12 Jan 2026, 10:00",
        "Flag cart changes to 20 % of users in The North, as the plan schedules for 14 Jan 2026, 10:00",
    ]
    over = FlagSet(flag="cart", share=0.0, change=3, passed_over=1)
    assert story(over, launch.outline, "tminus")[1].endswith("the change before it was not made and is passed over")
    # A log of another plan, and what a step sets, have no change to speak of.
    assert story(FlagSet(flag="gone", share=0.5, change=1), launch.outline, "tminus")[1] == "Flag gone set to 50 %"
    assert story(FlagSet(flag="cart", share=0.5), launch.outline, "tminus")[1] == "Flag cart set to 50 %"


def test_a_log_that_is_read_again_repeats_no_change() -> None:
    launch = course()
    launch.wait(HOUR)
    again = fold(launch.log, State())
    assert again == launch.state
    assert due_changes(launch.outline, again, launch.now) == ()
    old = decode(b'{"event":"FlagSet","flag":"cart","share":0.5}')
    assert encode(old) == b'{"event":"FlagSet","flag":"cart","share":0.5}'


def test_a_clock_that_goes_back_undoes_nothing_and_repeats_nothing() -> None:
    launch = course()
    launch.wait(3 * DAY)
    launch.now -= DAY + 12 * HOUR
    assert [event for event in launch.rest() if isinstance(event, FlagSet)] == []
    launch.wait(DAY)
    assert len(made(launch)) == 1


# What waits


def test_a_raise_waits_while_a_person_holds_and_comes_with_resume() -> None:
    launch = course()
    launch.tell(commands.hold, "ann", "lunch")
    assert launch.wait(HOUR) == []
    assert sentence(launch) == (
        "ann holds the launch: lunch. Resume lets it go on. "
        "Flag cart waits to change to on for everybody (12 Jan 2026, 10:00): ann holds the launch."
    )
    launch.tell(commands.resume)
    assert launch.rest()[0] == FlagSet(flag="cart", share=1.0, change=1)
    assert waiting_changes(launch.outline, launch.state, launch.now) == ()


def test_what_takes_the_flag_from_people_is_done_in_a_hold_too() -> None:
    launch = course()
    launch.wait(HOUR)
    launch.tell(commands.hold, "ann")
    assert kinds(launch.wait(2 * DAY)) == ["FlagSet"]  # fewer: only in the north
    assert kinds(launch.wait(6 * DAY)) == ["FlagSet"]  # nobody
    assert [number for _, number, _ in made(launch)] == [1, 2, 3]


def test_a_season_that_was_held_throughout_is_over_when_it_ends() -> None:
    launch = course()
    launch.tell(commands.hold, "ann")
    launch.wait(HOUR)
    launch.wait(2 * DAY)
    assert made(launch) == []
    launch.wait(6 * DAY)
    assert [(number, share) for _, number, share in made(launch)] == [(3, 0.0)]
    launch.tell(commands.resume)
    assert not any(isinstance(event, FlagSet) for event in launch.rest())


def test_a_gate_that_is_not_passed_keeps_no_change_waiting() -> None:
    launch = course(phases="phases: [{ id: only, go: [lead] }]\n")
    assert launch.state.hold
    assert kinds(launch.wait(HOUR)) == ["FlagSet"]


@pytest.mark.parametrize(
    ("before", "after", "waits"),
    [
        ("to: on", "to: 50%", False),
        ("to: 50%", "to: on", True),
        ("to: 50%", "to: 50%", False),
        ("to: 50%", "to: 20%, regions: [north]", False),
        ("to: 20%, regions: [north]", "to: 20%", True),
        ("to: 20%, regions: [north]", "to: 20%, regions: [sweden]", False),  # by countries, whatever the names
        ("to: 20%, regions: [sweden]", "to: 20%, regions: [north]", True),
        ("to: on, regions: [usa]", "to: 1%, regions: [sweden]", True),  # fewer, and others
        ("to: 20%, regions: [north]", "to: off", False),
    ],
)
def test_a_change_waits_in_a_hold_where_it_gives_anybody_more(before: str, after: str, waits: bool) -> None:
    launch = course(f"{{ at: 2026-01-12T09:00, {before} }}, {{ at: 2026-01-12T10:00, {after} }}")
    assert len(made(launch)) == 1
    launch.tell(commands.hold, "ann")
    launch.wait(HOUR)
    assert len(made(launch)) == (1 if waits else 2)
    assert bool(waiting_changes(launch.outline, launch.state, launch.now)) is waits


def test_a_kill_switch_keeps_a_raise_waiting_and_lets_a_fall_through() -> None:
    first, second = "{ at: 2026-01-12T10:00, to: 10% }", "{ at: 2026-01-13T10:00, to: on }"
    launch = course(f"{first}, {second}, {{ at: 2026-01-14T10:00, to: off }}")
    launch.wait(HOUR)
    launch.tell(commands.kill, "cart", "it blinks")
    launch.wait(DAY)
    assert len(made(launch)) == 1
    assert "Flag cart waits to change to on for everybody (13 Jan 2026, 10:00): ann switched it off." in sentence(
        launch
    )
    launch.wait(DAY)
    assert [number for _, number, _ in made(launch)] == [1, 3]
    launch.tell(commands.restore, "cart")
    launch.rest()
    assert launch.state.flags["cart"].share == 0


def test_a_raise_comes_when_the_kill_switch_is_put_back() -> None:
    launch = course("{ at: 2026-01-12T10:00, to: on }")
    launch.tell(commands.kill, "cart")
    launch.wait(2 * HOUR)
    launch.wait(2 * HOUR)
    assert (launch.state.phases_done, made(launch)) == (("release",), [])
    text = "flag cart waits to change to on for everybody (12 Jan 2026, 10:00): ann switched it off"
    assert launch.state.hold == (Blocker("change:cart:1", "killed", text).reason(),)
    assert sentence(launch) == f"Holding: {text}."
    launch.tell(commands.restore, "cart")
    assert kinds(launch.rest()) == ["FlagSet", "HoldEnded", "LaunchCompleted"]


# Going back


def test_a_rollback_takes_a_scheduled_flag_back_and_resume_puts_the_schedule_in_force_again() -> None:
    launch = course(rest=UNDO)
    launch.wait(HOUR)
    launch.tell(commands.rollback, "ann")
    launch.rest()
    launch.wait(MINUTE)
    assert (launch.state.status, launch.state.exposing) == (Status.ROLLED_BACK, False)
    assert "waits" not in sentence(launch).partition("When it is mended")[0]
    launch.tell(commands.resume)
    assert launch.rest()[0] == FlagSet(flag="cart", share=1.0, change=1)
    assert "passed over" not in " ".join(told(launch))


def test_a_change_that_falls_due_after_a_rollback_waits_for_resume_if_it_is_a_raise() -> None:
    launch = course(rest=UNDO)
    launch.tell(commands.rollback, "ann")
    launch.rest()
    assert launch.wait(2 * HOUR) == []
    assert sentence(launch).endswith(
        "Flag cart waits to change to on for everybody (12 Jan 2026, 10:00): the launch is rolled back."
    )
    launch.wait(10 * DAY)
    assert [(number, share) for _, number, share in made(launch)] == [(3, 0.0)]
    launch.tell(commands.resume)
    assert not any(isinstance(event, FlagSet) and event.flag == "cart" for event in launch.rest())


def test_a_launch_that_has_ended_changes_nothing_any_more() -> None:
    launch = course()
    launch.tell(commands.abort, "ann")
    assert launch.wait(10 * DAY) == []
    assert next_change(launch.outline, launch.state, "cart", launch.now) == ""
    assert "waits" not in sentence(launch)


def test_what_a_step_sets_stays_until_the_next_change() -> None:
    launch = course()
    launch.wait(HOUR)
    launch.record(FlagSet(flag="cart", share=0.5, regions=("usa",)))
    assert launch.state.flags["cart"].earlier == (RegionShare(1.0),)
    launch.wait(HOUR)
    assert len(made(launch)) == 1
    launch.wait(2 * DAY)
    assert (launch.state.flags["cart"].regions, launch.state.flags["cart"].earlier) == (("north",), ())


def test_a_flag_with_a_change_ahead_is_not_stale() -> None:
    launch = course("{ at: 2026-01-12T10:00, to: on }, { at: 2026-01-20T00:00, to: off }")
    for _ in range(4):
        launch.wait(DAY)
    assert [one.flag for one in stale_flags(launch.outline, launch.state, launch.now, seconds=DAY)] == ["page"]
    launch.wait(7 * DAY)
    stale = stale_flags(launch.outline, launch.state, launch.now + DAY, seconds=HOUR)
    assert sorted(one.flag for one in stale) == ["cart", "page"]


# Taken off its schedule


def test_a_flag_that_is_taken_off_its_schedule_stays_as_it_is_and_nothing_waits_for_it() -> None:
    launch = course()
    launch.wait(HOUR)
    assert launch.tell(commands.unschedule, "cart", "it stays up") == (
        FlagUnscheduled(flag="cart", reason="it stays up"),
    )
    assert changes_ahead(launch.outline, launch.state, launch.now) == ()
    assert next_change(launch.outline, launch.state, "cart", launch.now) == ""
    launch.wait(10 * DAY)
    assert [number for _, number, _ in made(launch)] == [1]
    assert variant(launch, "US") == {"on"}
    unscheduled = next(one for one in launch.log if isinstance(one.event, FlagUnscheduled))
    words = story(unscheduled.event, launch.outline, "ann")[1]
    assert words == "ann took cart off its schedule: it stays up; it stays as it is"


def test_a_change_that_waits_for_a_person_does_not_come_either() -> None:
    launch = course()
    launch.tell(commands.hold, "ann", "wait")
    launch.wait(HOUR + 1)
    assert waiting_changes(launch.outline, launch.state, launch.now)
    launch.tell(commands.unschedule, "cart")
    launch.tell(commands.resume)
    launch.wait(10 * DAY)
    assert made(launch) == []


def test_after_a_rollback_what_was_in_force_comes_back_and_what_was_called_off_does_not() -> None:
    launch = course(rest=UNDO)
    launch.wait(HOUR)
    launch.tell(commands.unschedule, "cart")
    launch.tell(commands.rollback, "ann", "no")
    launch.wait(3 * DAY)
    launch.do()
    launch.rest()
    launch.tell(commands.resume)
    launch.rest()
    assert launch.state.status is Status.RUNNING
    assert [number for _, number, _ in made(launch)] == [1, 1]


@pytest.mark.parametrize(
    ("flag", "said"), [("page", "there is no flag with scheduled changes page"), ("cart", "no scheduled change left")]
)
def test_only_a_schedule_that_has_something_left_can_be_ended(flag: str, said: str) -> None:
    launch = course()
    launch.wait(9 * DAY)
    with pytest.raises(UsageError, match=said):
        launch.tell(commands.unschedule, flag)
