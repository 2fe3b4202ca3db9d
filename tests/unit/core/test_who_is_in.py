"""Tiers, invitations and the team that is always in: who has the variant besides the dice's choice."""

from __future__ import annotations

from typing import Any

import pytest

from support.launches import T0
from tminus.core.exposure import flag_definition
from tminus.core.outline import Outline
from tminus.core.state import FlagState, State, Status
from tminus.flags import compile_flags
from tminus.plan import read_plan_text

PLAN = """
tminus: 1
title: Page
cohorts: { paying: { users: [cy], tiers: [gold, platinum] }, friends: { invitation: autumn-42 } }
flags: { page: { always: [ann, cy] } }
phases: [{ id: release, rollout: { flag: page, stages: [{ id: few, to: 0%, cohorts: [paying, friends] }] } }]
"""


def has(context: dict[str, Any], **flag: Any) -> bool:
    outline = Outline(read_plan_text(PLAN))
    state = State(status=Status.RUNNING, started_at=T0, flags={"page": FlagState(**flag)})
    answer = compile_flags(flag_definition(outline, state)).evaluate("page", {"targetingKey": "u"} | context)
    return answer.variant == "on"


STAGE = {"cohorts": ("paying", "friends")}


@pytest.mark.parametrize(
    ("context", "is_in"),
    [
        ({"tier": "gold"}, True),
        ({"tier": "platinum"}, True),
        ({"tier": "silver"}, False),
        ({"tier": ["gold"]}, False),
        ({"invitation": "autumn-42"}, True),
        ({"invitation": "autumn-43"}, False),
        ({"targetingKey": "cy"}, True),
        ({"targetingKey": "ann"}, True),
        ({}, False),
    ],
)
def test_whoever_the_cohort_finds_is_in(context: dict[str, Any], is_in: bool) -> None:
    assert has(context, **STAGE) is is_in


def test_the_team_is_in_at_any_share_and_in_any_region() -> None:
    assert has({"targetingKey": "ann"}, share=0.001)


def test_before_the_rollout_after_it_was_taken_back_and_when_killed_the_team_is_out_too() -> None:
    assert not has({"targetingKey": "ann"})
    assert not has({"targetingKey": "ann"}, share=1.0, killed_by="bob")


def test_nobody_is_named_twice() -> None:
    outline = Outline(read_plan_text(PLAN))
    state = State(status=Status.RUNNING, started_at=T0, flags={"page": FlagState(cohorts=("paying",))})
    condition = flag_definition(outline, state)["flags"]["page"]["targeting"]["if"][0]
    assert condition == {"in": [{"var": "targetingKey"}, ["ann", "cy"]]}
