"""A new launch that takes a variant from people, or gives it to them, says so before it begins."""

from __future__ import annotations

import pytest

from support.launches import HEAD, ROLLOUT, T0
from tminus.app.launching import begin_or_continue, moves_of_a_start
from tminus.core.events import FlagSet, LaunchAborted, LaunchCompleted, LaunchStarted
from tminus.errors import UsageError
from tminus.plan import Plan, read_plan_text
from tminus.store.memory import MemoryEventLog


class Noon:
    def now(self) -> float:
        return T0


def plan(changed: str = "Page", page: str = "default: off") -> Plan:
    return read_plan_text((HEAD + ROLLOUT).replace("title: Page", f"title: {changed}").replace("default: off", page))


def launched(*events: object) -> MemoryEventLog:
    """A log whose one launch went as these events say."""
    log = MemoryEventLog()
    begin_or_continue(log, plan(), "one", 1.0, Noon())
    log.append("one", 1, list(events), actor="ann", at=T0)  # type: ignore[arg-type]
    return log


SHIPPED = (FlagSet(flag="page", share=1.0), LaunchCompleted())


def test_a_launch_of_a_flag_that_everybody_has_takes_it_from_all_and_is_stopped() -> None:
    log = launched(*SHIPPED)
    with pytest.raises(UsageError, match=r"page: this moves 100 % of users \(100 % from on to off\).*--allow-moves"):
        begin_or_continue(log, plan(), "", 1.0, Noon())
    assert [first.launch for first in log.launches()] == ["one"]


def test_with_consent_it_begins() -> None:
    log = launched(*SHIPPED)
    assert begin_or_continue(log, plan(), "two", 1.0, Noon(), allow_moves=True) == "two"


def test_a_plan_that_begins_where_the_last_one_ended_moves_nobody() -> None:
    log = launched(*SHIPPED)
    after = plan("Next", "default: on, rollout: off")
    assert moves_of_a_start(log, after) == ()
    assert begin_or_continue(log, after, "two", 1.0, Noon()) == "two"


def test_a_share_that_an_ended_launch_left_is_said_exactly() -> None:
    log = launched(FlagSet(flag="page", share=0.031), LaunchCompleted())
    (move,) = moves_of_a_start(log, plan("Next"))
    assert move.words.startswith("page: this moves 3.1 % of users (3.1 % from on to off)")


def test_after_an_abort_and_in_an_empty_log_a_start_moves_nobody() -> None:
    assert moves_of_a_start(launched(FlagSet(flag="page", share=0.5), LaunchAborted(reason="no")), plan()) == ()
    assert moves_of_a_start(MemoryEventLog(), plan()) == ()


def test_a_plan_that_this_release_cannot_read_any_more_is_in_nobodys_way() -> None:
    log = MemoryEventLog()
    log.append("one", 0, [LaunchStarted(title="Old", plan={"tminus": 0}), LaunchAborted()], actor="ann", at=T0)
    assert begin_or_continue(log, plan(), "two", 1.0, Noon()) == "two"


def test_a_launch_that_goes_on_needs_no_consent() -> None:
    log = launched(FlagSet(flag="page", share=1.0))
    assert begin_or_continue(log, plan(), "", 1.0, Noon()) == "one"
