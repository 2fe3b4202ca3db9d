"""The rule that nobody new gets anything while a launch goes back, and what a plan may set all the same."""

from __future__ import annotations

import pytest

from support.launches import Course, rolled_back
from tminus.core import events as e
from tminus.core.evolve import evolve
from tminus.core.state import State
from tminus.rehearsal.checking import Ended, ExposureNeverRisesInAHold, Finding
from tminus.store import MemoryEventLog

PLAN = """
phases: [{ id: release, rollout: { flag: page, stages: [{ id: few, to: 5%, for: 1h }] } }]
rollback: { do: [{ flag: cart, to: on }] }
"""


def judge(launch: Course) -> None:
    rule, state = ExposureNeverRisesInAHold(), State()
    for one in launch.log:
        before, state = state, evolve(state, one)
        rule.see(before, one, state)
    rule.end(Ended(launch.outline, "page-1", MemoryEventLog(), state, ()))


def test_a_banner_that_the_rollback_puts_up_breaks_no_rule() -> None:
    launch = rolled_back(PLAN)
    assert launch.state.share_of("cart") == 1.0
    judge(launch)


@pytest.mark.parametrize("flag", ["page", "other"])
def test_any_other_flag_that_rises_then_does(flag: str) -> None:
    launch = rolled_back(PLAN)
    launch.record(e.FlagSet(flag=flag, share=0.2))
    with pytest.raises(Finding, match=f"raises {flag} from 0.0 to 0.2"):
        judge(launch)
