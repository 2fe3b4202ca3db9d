from __future__ import annotations

from typing import Any

import pytest

from support.launches import HEAD, HOUR, ROLLOUT, T0, outline
from tminus.core.outline import Outline
from tminus.core.stale import stale_flags
from tminus.core.state import FlagState, State, Status
from tminus.plan import read_plan_text

DAY = 24 * HOUR
NOW = T0 + 40 * DAY


def stale(days: float = 30, **flags: FlagState) -> list[tuple[str, str]]:
    state = State(status=Status.RUNNING, started_at=T0, flags=flags)
    return [(one.flag, one.stands) for one in stale_flags(outline(), state, NOW, seconds=days * DAY)]


def test_a_flag_that_everybody_or_nobody_has_had_for_long_is_stale_the_oldest_first() -> None:
    assert stale(page=FlagState(share=1.0, changed_at=T0 + DAY)) == [("cart", "off"), ("page", "on")]


@pytest.mark.parametrize(
    "own",
    [
        {"share": 0.5},
        {"share": 1.0, "regions": ("ch",)},
        {"share": 0.0, "cohorts": ("staff",)},
        {"share": 1.0, "changed_at": NOW - DAY},
        {"share": 1.0, "experiment": True},
    ],
)
def test_a_flag_that_something_still_decides_is_not(own: dict[str, Any]) -> None:
    assert "page" not in dict(stale(page=FlagState(**own)))


def test_a_pulled_kill_switch_says_who_pulled_it() -> None:
    state = State(
        status=Status.RUNNING, started_at=T0, flags={"page": FlagState(killed_by="ann", killed_why="it burns")}
    )
    found = {one.flag: one.words for one in stale_flags(outline(), state, NOW, seconds=DAY)}
    assert found["page"] == "ann pulled its kill switch: it burns"


def test_before_a_launch_nothing_is_stale() -> None:
    assert stale_flags(outline(), State(), NOW, seconds=0) == ()


def test_a_flag_that_follows_another_ones_rollout_is_judged_with_that_one() -> None:
    assert stale(page=FlagState(share=1.0, features=("cart",))) == [("page", "on")]


def test_an_expired_flag_is_listed_however_it_stands_and_says_who_owns_it() -> None:
    dated = HEAD.replace("default: off }", "default: off, owner: lead, expires: 2026-01-12T12:00:00 }")
    plan = Outline(read_plan_text(dated + ROLLOUT))
    half = State(status=Status.RUNNING, started_at=T0, flags={"page": FlagState(share=0.5, changed_at=T0)})
    noon = T0 + 3 * HOUR
    assert stale_flags(plan, half, noon - 1, seconds=30 * DAY) == ()
    (one,) = stale_flags(plan, half, noon, seconds=30 * DAY)
    assert (one.flag, one.stands, one.words) == ("page", "some", "some have on")
    assert (one.owner, one.expires, one.expired) == ("lead", "2026-01-12T12:00:00", True)


def test_a_flag_expires_by_the_clock_of_the_plans_timezone() -> None:
    dated = HEAD.replace("default: off }", "default: off, expires: 2026-01-12T12:00:00 }")
    plan = Outline(read_plan_text(f"{dated}timezone: Europe/Zurich\n{ROLLOUT}"))
    state = State(status=Status.RUNNING, started_at=T0)
    assert [one.flag for one in stale_flags(plan, state, T0 + 2 * HOUR, seconds=30 * DAY)] == ["page"]
    assert stale_flags(plan, state, T0 + 2 * HOUR - 1, seconds=30 * DAY) == ()
