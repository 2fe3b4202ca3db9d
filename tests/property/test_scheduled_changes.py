"""Whatever happens to a launch and whenever one looks, a scheduled flag has what the newest change due says, unless a
person, a rollback or a kill switch keeps a raise waiting; and then it has no more than before."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from support.launches import HEAD, ROLLOUT, T0, Course
from tminus.core import commands
from tminus.core.events import FlagSet, LaunchStarted
from tminus.core.evolve import evolve, fold
from tminus.core.exposure import flag_definition
from tminus.core.outline import Outline
from tminus.core.state import FlagState, State, Status
from tminus.errors import UsageError
from tminus.flags import compile_flags
from tminus.plan.around import Region
from tminus.plan.fields import read_local_time
from tminus.plan.flagging import Flag, FlagChange
from tminus.plan.reading import read_plan_text

HOUR = 3600.0
REGIONS = {
    "north": Region(countries=("DK", "SE")),
    "sweden": Region(countries=("SE",)),
    "usa": Region(countries=("US",)),
}
# The launch waits for a signature that nobody gives, so that it lasts as long as one looks at it.
BASE = read_plan_text(HEAD + ROLLOUT + "    go: [lead]\n").model_copy(update={"regions": REGIONS})
USERS = [{"targetingKey": f"user-{n}", "country": ("DK", "SE", "US", "JP")[n % 4]} for n in range(400)]
DAYS = 12


@dataclass(frozen=True)
class Schedule:
    """Changes at whole hours after the launch begins."""

    hours: tuple[int, ...]
    changes: tuple[FlagChange, ...]

    def newest(self, hours: float) -> FlagChange | None:
        """The newest change that is due after so many hours."""
        return next(
            (one for at, one in reversed(list(zip(self.hours, self.changes, strict=True))) if at <= hours), None
        )


def schedule(parts: dict[int, tuple[float, tuple[str, ...]]]) -> Schedule:
    hours = tuple(sorted(parts))
    changes = []
    for hour in hours:
        share, regions = parts[hour]
        at = read_local_time(f"2026-01-{12 + (9 + hour) // 24}T{(9 + hour) % 24:02}:00")
        changes.append(FlagChange(at=at, to=share, regions=regions if share else ()))
    return Schedule(hours, tuple(changes))


shares = st.sampled_from((0.0, 0.1, 0.5, 1.0))
places = st.lists(st.sampled_from(sorted(REGIONS)), unique=True, max_size=2).map(tuple)
schedules = st.dictionaries(st.integers(0, DAYS * 24 - 24), st.tuples(shares, places), min_size=1, max_size=6).map(
    schedule
)
looks = st.lists(st.floats(0.01, 60.0), min_size=1, max_size=12)
said = st.sampled_from(("hold", "resume", "resume", "rollback", "kill", "restore"))
moves = st.lists(st.tuples(st.floats(0.01, 40.0), said | st.none()), min_size=1, max_size=20)
scheduling = settings(max_examples=120, deadline=None, derandomize=True)


def begun(plan: Schedule) -> Course:
    flags = {**BASE.flags, "cart": Flag(changes=plan.changes)}
    launch = Course(Outline(BASE.model_copy(update={"flags": flags})))
    launch.record(LaunchStarted(title="Page", plan={}), actor="ann")
    launch.rest()
    return launch


def tell(launch: Course, word: str | None) -> None:
    """Somebody says something, which may make no sense now."""
    words: dict[str, tuple[Any, ...]] = {
        "hold": (commands.hold, "ann"),
        "resume": (commands.resume,),
        "rollback": (commands.rollback, "ann"),
        "kill": (commands.kill, "cart"),
        "restore": (commands.restore, "cart"),
    }
    try:
        launch.tell(*words[word or ""])
    except (UsageError, KeyError):
        return
    launch.rest()


def members(outline: Outline, state: State) -> set[str]:
    flags = compile_flags(flag_definition(outline, state))
    return {user["targetingKey"] for user in USERS if flags.evaluate("cart", user).variant == "on"}


def led(plan: Schedule, way: list[tuple[float, str | None]]) -> Course:
    launch = begun(plan)
    for hours, word in way:
        launch.wait(hours * HOUR)
        tell(launch, word)
    return launch


def stands(flag: FlagState) -> tuple[float, tuple[str, ...]]:
    return flag.share, flag.regions


@scheduling
@given(schedules, looks)
def test_however_often_one_looks_the_newest_change_due_is_in_force(plan: Schedule, waits: list[float]) -> None:
    launch = begun(plan)
    for hours in waits:
        launch.wait(hours * HOUR)
        due = plan.newest((launch.now - T0) / HOUR)
        assert stands(launch.state.flags.get("cart", FlagState())) == ((due.share, due.regions) if due else (0.0, ()))
        made = [one.event.change for one in launch.log if isinstance(one.event, FlagSet) and one.event.change]
        assert made == sorted(set(made))
    assert fold(launch.log) == launch.state


@scheduling
@given(schedules, moves)
def test_a_raise_comes_only_in_a_launch_that_runs_and_nobody_holds(
    plan: Schedule, way: list[tuple[float, str | None]]
) -> None:
    launch = led(plan, way)
    state = State()
    for one in launch.log:
        before, state = state, evolve(state, one)
        if isinstance(one.event, FlagSet) and one.event.change:
            more = members(launch.outline, state) - members(launch.outline, before)
            killed = before.flags.get("cart", FlagState()).killed_by
            assert not more or (before.status, before.held_by, killed) == (Status.RUNNING, "", "")


@scheduling
@given(schedules, moves)
def test_once_nothing_keeps_it_waiting_the_newest_change_is_in_force_again(
    plan: Schedule, way: list[tuple[float, str | None]]
) -> None:
    launch = led(plan, way)
    for word in ("restore", "resume", "resume"):
        tell(launch, word)
    due = plan.newest((launch.now - T0) / HOUR)
    assert stands(launch.state.flags.get("cart", FlagState())) == ((due.share, due.regions) if due else (0.0, ()))


@scheduling
@given(schedules, moves)
def test_a_change_that_takes_away_is_made_at_its_moment_whatever_holds(
    plan: Schedule, way: list[tuple[float, str | None]]
) -> None:
    launch = begun(plan)
    for hours, word in way:
        launch.wait(hours * HOUR)
        tell(launch, word)
        due = plan.newest((launch.now - T0) / HOUR)
        if due is not None and due.share == 0:
            assert members(launch.outline, launch.state) == set()
