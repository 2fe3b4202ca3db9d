"""Flags that only those can have who have another one."""

from __future__ import annotations

import itertools
from typing import Any

import pytest

from support.launches import T0
from tminus.core.exposure import flag_definition
from tminus.core.outline import Outline
from tminus.core.state import FlagState, State, Status
from tminus.errors import PlanInvalid
from tminus.flags import compile_flags
from tminus.flags.schema import schema_faults
from tminus.plan import read_plan_text

FLAGS = "flags: { base: {}, page: { requires: [base] }, cart: { requires: [page, base] } }"
PLAN = f"""
tminus: 1
title: Page
{FLAGS}
cohorts: {{ staff: {{ users: [ann] }} }}
phases: [{{ id: release, rollout: {{ flag: page, stages: [{{ id: few, to: 5%, cohorts: [staff] }}] }} }}]
"""
USERS = [f"user-{number}" for number in range(2000)]


def members(**shares: Any) -> dict[str, set[str]]:
    outline = Outline(read_plan_text(PLAN))
    states = {key: one if isinstance(one, FlagState) else FlagState(share=one) for key, one in shares.items()}
    document = flag_definition(outline, State(status=Status.RUNNING, started_at=T0, flags=states))
    assert schema_faults(document) == []
    flags = compile_flags(document)
    return {
        key: {user for user in [*USERS, "ann"] if flags.evaluate(key, {"targetingKey": user}).variant == "on"}
        for key in ("base", "page", "cart")
    }


def test_only_who_has_the_other_flag_has_this_one_by_dice_of_its_own() -> None:
    found = members(base=0.5, page=0.5, cart=0.5)
    assert found["cart"] < found["page"] < found["base"]
    assert 900 < len(found["base"]) < 1100
    assert 430 < len(found["page"]) < 570
    assert 190 < len(found["cart"]) < 310


def test_a_share_of_everybody_is_everybody_who_has_the_other() -> None:
    found = members(base=0.2, page=1.0)
    assert found["page"] == found["base"]


def test_where_everybody_has_the_other_nothing_is_asked() -> None:
    assert members(base=1.0, page=0.3)["page"] == members(base=1.0, page=0.3, cart=0.0)["page"] != set()


@pytest.mark.parametrize("base", [0.0, FlagState(share=1.0, killed_by="ann")])
def test_where_the_other_is_gone_this_one_is_too_even_for_a_cohort(base: Any) -> None:
    found = members(base=base, page=FlagState(share=1.0, cohorts=("staff",)), cart=1.0)
    assert found["page"] == found["cart"] == set()


def test_raising_either_share_removes_nobody() -> None:
    steps = [members(base=base, page=page)["page"] for base, page in ((0.2, 0.1), (0.2, 0.5), (0.6, 0.5), (1.0, 1.0))]
    assert all(before <= after for before, after in itertools.pairwise(steps))
    assert len(steps[-1]) == len(USERS) + 1


@pytest.mark.parametrize(
    ("flags", "says"),
    [
        ("flags: { base: { requires: [page] }, page: { requires: [base] } }", "requires itself"),
        ("flags: { page: { requires: [page] } }", "requires itself"),
        ("flags: { page: { requires: [nobody] } }", "nobody"),
    ],
)
def test_a_circle_and_an_unknown_flag_are_refused(flags: str, says: str) -> None:
    with pytest.raises(PlanInvalid) as caught:
        read_plan_text(PLAN.replace(FLAGS, flags))
    assert any(says in str(problem) for problem in caught.value.problems)
