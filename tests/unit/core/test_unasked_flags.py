"""Flags that nobody asks for, as far as telemetry goes back and never further."""

from __future__ import annotations

import pytest

from support.launches import HOUR, T0, outline
from tminus.core.evaluations import Asked
from tminus.core.stale import StaleFlag, stale_flags
from tminus.core.state import FlagState, State, Status

DAY = 24 * HOUR
NOW = T0 + 40 * DAY


def found(asked: Asked | None, days: float = 30, started: float = T0) -> dict[str, StaleFlag]:
    """`page` is with half the users, so that only who asks for it can make it stale."""
    state = State(status=Status.RUNNING, started_at=started, flags={"page": FlagState(share=0.5, changed_at=NOW - DAY)})
    return {one.flag: one for one in stale_flags(outline(), state, NOW, seconds=days * DAY, asked=asked)}


def asked(kept: float, **newest: float) -> Asked:
    """Kept for so many days; each flag was last asked for so many days ago."""
    counted = {key: {"on": 7, "": 2} for key in newest}
    return Asked(NOW - 30 * DAY, NOW - kept * DAY, counted, {key: NOW - ago * DAY for key, ago in newest.items()})


def test_a_flag_never_asked_for_is_stale_for_as_long_as_telemetry_goes_back_and_no_longer() -> None:
    page = found(asked(12.7, cart=0.01))["page"]
    assert page.unasked == "not asked for in the 12 days that telemetry goes back"
    assert (page.last_asked, page.evaluations) == (None, 0)


def test_a_flag_that_is_asked_for_is_not_stale_for_that() -> None:
    assert "page" not in found(asked(12, page=0.01))


def test_one_that_is_on_or_off_for_everybody_says_how_often_it_is_asked_for() -> None:
    cart = found(asked(12, cart=0.5))["cart"]
    assert (cart.stands, cart.evaluations, cart.last_asked, cart.unasked) == ("off", 9, NOW - 0.5 * DAY, "")


def test_a_flag_last_asked_for_longer_ago_than_wanted_says_when() -> None:
    assert found(asked(15, page=9), days=7)["page"].unasked == "last asked for 9 days ago"
    assert "page" not in found(asked(15, page=6), days=7)


def test_what_was_before_the_launch_is_not_held_against_its_flags() -> None:
    assert (
        found(asked(15), started=NOW - 3 * DAY)["page"].unasked == "not asked for in the 3 days since the launch began"
    )


@pytest.mark.parametrize("kept", [0.1, 0.9])
def test_a_few_hours_are_too_short_to_call_a_flag_unasked(kept: float) -> None:
    assert "page" not in found(asked(kept))
    assert "page" in found(asked(kept), days=0.05)


def test_unknown_is_not_unasked() -> None:
    assert "page" not in found(None)
    assert found(None)["cart"].evaluations is None


def test_with_no_days_at_all_only_a_flag_that_is_not_asked_for_right_now_is_listed() -> None:
    assert "page" not in found(asked(12, page=0.0001), days=0)
    assert "page" in found(asked(12, page=0.01), days=0)
