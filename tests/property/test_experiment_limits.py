"""Experiments for some users only: whoever may be in keeps the arm as the experiment grows, and nobody else has one."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from tminus.core.exposure import flag_definition
from tminus.core.outline import Outline
from tminus.core.state import FlagState, State
from tminus.flags import compile_flags, why
from tminus.plan import read_plan_text

TEXT = """
tminus: 1
title: Limits
metrics: {{ payments: {{ source: events, of: opened, did: paid, within: 1h }} }}
phases: [{{ id: only, steps: [{{ status: operational }}] }}]
flags: {{ button: {{ variants: {{ plain: 0, green: 1, big: 2 }}, default: plain }} }}
regions:
  north: {{ countries: [DE, DK] }}
  wider: {{ regions: [north], countries: [FR] }}
  world: {{ everywhere: true }}
cohorts:
  gold: {{ tiers: [gold] }}
  team: {{ users: [user-1, user-2, user-40] }}
  both: {{ users: [user-3], rule: {{ "ends_with": [{{ var: email }}, "@page.example"] }} }}
experiments:
  button: {{ flag: button, arms: {{ plain: 50%, green: 25%, big: 25% }}, to: 100%, metrics: {{ payments: more }},
    layer: page, from: 0%, regions: [{regions}], cohorts: [{cohorts}] }}
"""
PLACES = {"north": {"DE", "DK"}, "wider": {"DE", "DK", "FR"}}
USERS: list[dict[str, Any]] = [
    {
        "targetingKey": f"user-{n}",
        "tier": ("gold", "tin")[n % 5 > 0],
        "email": f"{n}@{('page', 'x')[n % 4 > 0]}.example",
        "country": ("DE", "dk", "FR", "US")[n % 4],
    }
    for n in range(400)
]
MEMBERS = {
    "gold": lambda user: user["tier"] == "gold",
    "team": lambda user: user["targetingKey"] in ("user-1", "user-2", "user-40"),
    "both": lambda user: user["targetingKey"] == "user-3" or user["email"].endswith("@page.example"),
}

places = st.lists(st.sampled_from(["north", "wider", "world"]), unique=True, max_size=2)
groups = st.lists(st.sampled_from(sorted(MEMBERS)), unique=True, max_size=2)


def planned(regions: list[str], cohorts: list[str]) -> Outline:
    return Outline(read_plan_text(TEXT.format(regions=", ".join(regions), cohorts=", ".join(cohorts))))


def allowed(user: dict[str, Any], regions: list[str], cohorts: list[str]) -> bool:
    there = not regions or "world" in regions or any(user["country"].upper() in PLACES[one] for one in regions)
    return there and (not cohorts or any(MEMBERS[one](user) for one in cohorts))


def variants(plan: Outline, share: float) -> dict[str, str | None]:
    flags = compile_flags(flag_definition(plan, State(flags={"button": FlagState(share=share, experiment=True)})))
    return {user["targetingKey"]: flags.evaluate("button", user).variant for user in USERS}


@given(places, groups, st.lists(st.integers(0, 100_000), min_size=2, max_size=4).map(sorted))
@settings(max_examples=60, deadline=None, derandomize=True)
def test_growing_moves_nobody_and_lets_nobody_in_who_may_not_be(
    regions: list[str], cohorts: list[str], steps: list[int]
) -> None:
    plan = planned(regions, cohorts)
    seen = [variants(plan, step / 100_000) for step in steps]
    assert all(arm in (after[user], "outside") for one, after in pairwise(seen) for user, arm in one.items())
    may = {user["targetingKey"] for user in USERS if allowed(user, regions, cohorts)}
    assert all(user in may for user, arm in seen[-1].items() if arm != "outside")


@given(places, groups)
@settings(max_examples=30, deadline=None, derandomize=True)
def test_a_limit_changes_nobodys_arm_and_at_100_percent_all_who_may_are_in(
    regions: list[str], cohorts: list[str]
) -> None:
    whole, limited = variants(planned([], []), 1.0), variants(planned(regions, cohorts), 1.0)
    for user in USERS:
        key = user["targetingKey"]
        assert limited[key] == (whole[key] if allowed(user, regions, cohorts) else "outside")


def test_why_names_the_condition_that_keeps_a_user_out() -> None:
    document = flag_definition(
        planned(["north"], ["gold"]), State(flags={"button": FlagState(share=1.0, experiment=True)})
    )
    far = why(document, "button", {"targetingKey": "u", "country": "US", "tier": "gold"})
    assert far.words[0] == 'country is "DE" or "DK": no'
    other = why(document, "button", {"targetingKey": "u", "country": "DE", "tier": "tin"})
    assert other.words[1] == 'tier is "gold": no'
    inside = why(document, "button", {"targetingKey": "u", "country": "DE", "tier": "gold"})
    assert [words.rpartition(": ")[2] for words in inside.words[:3]] == ["yes", "yes", "yes"]
    assert [one.answer.variant == "outside" for one in (far, other, inside)] == [True, True, False]


def test_cohorts_without_anybody_let_nobody_in() -> None:
    plan = planned([], [])
    experiments = {"button": plan.plan.experiments["button"].model_copy(update={"cohorts": ("nobody",)})}
    empty = Outline(plan.plan.model_copy(update={"experiments": experiments}))
    assert set(variants(empty, 1.0).values()) == {"outside"}
    state = State(flags={"button": FlagState(share=1.0, experiment=True)})
    assert "targeting" not in flag_definition(empty, state)["flags"]["button"]
