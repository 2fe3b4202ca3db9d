"""A launch that follows another takes no flag from anybody, whatever course the first one took."""

from __future__ import annotations

from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from support.launches import T0, recorded
from tminus.core import events as e
from tminus.core.evolve import evolve, fold
from tminus.core.exposure import flag_definition
from tminus.core.leaving import left_served
from tminus.core.outline import Outline
from tminus.core.state import State
from tminus.flags import compile_flags, moved
from tminus.plan import read_plan_text

HEAD = "tminus: 1\ntitle: Page\nphases: [{ id: only, steps: [{ status: operational }] }]\n"
FIRST = Outline(
    read_plan_text(
        HEAD
        + """
flags:
  page: { always: [ann] }
  cart: { variants: { new: 2, old: 1 }, default: old }
  gate: { requires: [page] }
  inner: { requires: [gate, button] }
  button: { variants: { plain: 0, green: 1, big: 2 }, default: plain }
  ruled:
    targeting: { if: [{ $ref: german }, on, { if: [{ "==": [{ var: tier }, gold] }, off, { $ref: few }] }] }
    default: null
    metadata: { tminus.fractional: 3 }
  lasting: { targeting: { if: [{ $ref: german }, on] } }
  both: { requires: [lasting], targeting: { if: [{ "==": [{ var: tier }, gold] }, on] } }
  asleep: { disabled: true }
evaluators: { german: { "==": [{ var: country }, DE] }, few: { fractional: [[on, 1], [off, 3]] } }
regions: { north: { countries: [DE, DK] }, west: { countries: [US] } }
cohorts: { gold: { tiers: [gold] }, staff: { users: [ann, user-7] } }
metrics: { buyers: { source: events, of: opened, did: bought, within: 1h } }
experiments:
  button: { flag: button, arms: { plain: 50%, green: 25%, big: 25% }, to: 40%, metrics: { buyers: more }, regions: [north] }
"""
    )
)
FLAGS = tuple(FIRST.plan.flags)
USERS: list[dict[str, Any]] = [
    {"targetingKey": f"user-{n}", "tier": ("gold", "tin")[n % 9 > 0], "country": ("DE", "us", "JP")[n % 3]}
    for n in range(150)
]

shares = st.sampled_from([0.0, 0.05, 0.3, 0.7, 1.0])
regions = st.sampled_from([(), ("north",), ("west",), ("north", "west")])
happenings = st.one_of(
    st.builds(
        lambda share, where, who: e.StageStarted(
            phase="only", stage="s", flag="page", share=share, regions=where, cohorts=who, features=("cart",)
        ),
        shares,
        regions,
        st.sampled_from([(), ("gold",), ("staff",)]),
    ),
    st.builds(
        lambda flag, share: e.FlagSet(flag=flag, share=share), st.sampled_from(["page", "gate", "inner"]), shares
    ),
    st.builds(lambda share: e.ExperimentStarted(experiment="button", flag="button", share=share), shares),
    st.builds(lambda flag: e.FlagKilled(flag=flag, reason="no"), st.sampled_from(FLAGS)),
    st.builds(lambda flag: e.FlagRestored(flag=flag), st.sampled_from(FLAGS)),
    st.just(e.RollbackStarted(cause={"kind": "person", "text": "no"})),
    st.just(e.LaunchAborted()),
)
switches = st.lists(st.tuples(st.sampled_from([e.FlagKilled, e.FlagRestored]), st.sampled_from(FLAGS)), max_size=4).map(
    lambda pairs: [kind(flag=flag) for kind, flag in pairs]
)


def course(events: list[Any], state: State | None = None) -> State:
    begun = state or evolve(State(), recorded(e.LaunchStarted(title="Page", plan={})))
    return fold((recorded(event, number, T0 + number) for number, event in enumerate(events, 2)), begun)


def following(outline: Outline | None, left: State, plan: str = "") -> tuple[Outline, State]:
    """The launch of another plan after that one, from its log as it is written."""
    after = Outline(read_plan_text(HEAD + plan))
    started = e.LaunchStarted(title="Next", plan={}, kept=left_served(outline, left, after.plan.flags))
    read = e.decode(e.encode(started))
    return after, replace(evolve(State(), recorded(read, 1)), launch="next-1")


def answers(outline: Outline, state: State) -> dict[str, list[tuple[str | None, Any]]]:
    flags = compile_flags(flag_definition(outline, state))
    asked = {key: [flags.evaluate(key, user) for user in USERS] for key in FLAGS}
    return {key: [(one.variant, one.value) for one in found] for key, found in asked.items()}


@given(st.lists(happenings, max_size=6), switches)
@settings(max_examples=80, deadline=None, derandomize=True)
def test_everybody_has_what_they_had_and_kill_switches_do_what_they_did(events: list[Any], later: list[Any]) -> None:
    left = course(events)
    outline, state = following(FIRST, left)
    assert moved(flag_definition(FIRST, left), flag_definition(outline, state)) == ()
    assert answers(outline, state) == answers(FIRST, left)
    assert answers(outline, course(later, state)) == answers(FIRST, course(later, left))


@given(st.lists(happenings, max_size=6), switches, switches)
@settings(max_examples=40, deadline=None, derandomize=True)
def test_a_third_launch_keeps_what_the_second_kept(events: list[Any], meanwhile: list[Any], later: list[Any]) -> None:
    left = course(events)
    outline, state = following(FIRST, left)
    third, kept = following(outline, course(meanwhile, state))
    assert answers(third, course(later, kept)) == answers(FIRST, course([*meanwhile, *later], left))


@given(st.lists(happenings, max_size=6), shares)
@settings(max_examples=40, deadline=None, derandomize=True)
def test_a_kept_flag_asks_the_new_plans_flag_for_what_it_requires(events: list[Any], share: float) -> None:
    outline, begun = following(FIRST, course(events), "flags: { page: {} }\n")
    state = course([e.FlagSet(flag="page", share=share)], begun)
    had = answers(outline, state)
    assert all(gate == "off" or page == "on" for (gate, _), (page, _) in zip(had["gate"], had["page"], strict=True))
