"""Experiments of one layer: nobody is in two of them, and growing one moves nobody of any other."""

from __future__ import annotations

from itertools import combinations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tminus.core.exposure import flag_definition
from tminus.core.outline import Outline
from tminus.core.state import FlagState, State
from tminus.flags import compile_flags
from tminus.plan import Plan, read_plan_text

USERS = [f"user-{number}" for number in range(20_000)]
HEAD = "tminus: 1\ntitle: Layers\nmetrics: { buyers: { source: events, of: opened, did: bought, within: 1h } }\n"
VARIANTS = "variants: { plain: 0, green: 1 }, default: plain"


def planned(shares: dict[str, float], layer: str = "page") -> Plan:
    """Experiments of these widest shares, in thousandths of a percent, each on a flag of its own name, in one layer."""
    flags = ", ".join(f"{name}: {{ {VARIANTS} }}" for name in shares)
    arms = "arms: { plain: 50%, green: 50% }, metrics: { buyers: more }"
    experiments = ", ".join(
        f"{name}: {{ flag: {name}, layer: {layer}, to: {share:.3f}%, {arms} }}" for name, share in shares.items()
    )
    phases = "phases: [{ id: release, steps: [{ status: operational }], exit: [buyers >= 1%] }]"
    return read_plan_text(f"{HEAD}flags: {{ {flags} }}\nexperiments: {{ {experiments} }}\n{phases}\n")


def arms(plan: Plan, shares: dict[str, float], users: list[str]) -> dict[str, dict[str, str | None]]:
    """By experiment, the users who are in while so many percent are, with their arms."""
    state = State(flags={name: FlagState(share=share / 100, experiment=True) for name, share in shares.items()})
    flags = compile_flags(flag_definition(Outline(plan), state))
    answers = {name: {user: flags.evaluate(name, {"targetingKey": user}).variant for user in users} for name in shares}
    return {name: {u: arm for u, arm in one.items() if arm != "outside"} for name, one in answers.items()}


def test_of_twenty_thousand_users_nobody_is_in_two_and_all_are_in_one_of_a_full_layer() -> None:
    full = {"button": 50.0, "hint": 20.0, "banner": 30.0}
    found = arms(planned(full), full, USERS)
    assert all(one.keys().isdisjoint(other.keys()) for one, other in combinations(found.values(), 2))
    assert sum(len(one) for one in found.values()) == len(USERS)
    for name, share in full.items():
        assert len(found[name]) / len(USERS) == pytest.approx(share / 100, abs=0.01)


def test_raising_either_of_two_moves_nobody_of_twenty_thousand_even_where_another_plan_raises_it() -> None:
    before = {"button": 10.0, "hint": 15.0}
    first = arms(planned(before), before, USERS)
    for after in ({"button": 60.0, "hint": 15.0}, {"button": 10.0, "hint": 90.0}, {"button": 60.0, "hint": 40.0}):
        second = arms(planned(after), after, USERS)
        assert all(first[name].items() <= second[name].items() for name in first)
        assert second["button"].keys().isdisjoint(second["hint"].keys())


widths = st.lists(st.integers(1, 100_000), min_size=2, max_size=6).map(
    lambda parts: [max(part * 100_000 // sum(parts), 1) for part in parts]
)


@given(widths.filter(lambda parts: sum(parts) <= 100_000), st.data())
@settings(max_examples=60, deadline=None)
def test_no_way_up_and_down_shows_a_user_two_experiments_or_two_arms(parts: list[int], data: st.DataObject) -> None:
    most = {f"e{number}": part / 1000 for number, part in enumerate(parts)}
    plan, users = planned(most), USERS[:60]
    met: dict[str, set[tuple[str, str | None]]] = {user: set() for user in users}
    for _ in range(4):
        shares = {name: data.draw(st.integers(0, round(share * 1000))) / 1000 for name, share in most.items()}
        for name, found in arms(plan, shares, users).items():
            for user, arm in found.items():
                met[user].add((name, arm))
    assert all(len(seen) <= 1 for seen in met.values())


def test_an_experiment_never_grows_into_its_neighbour_even_where_the_state_says_so() -> None:
    most = {"a": 30.0, "b": 30.0, "c": 30.0}
    found = arms(planned(most), dict.fromkeys(most, 100.0), USERS[:2000])
    assert all(one.keys().isdisjoint(other.keys()) for one, other in combinations(found.values(), 2))


def test_the_dice_of_a_layer_are_neither_those_of_a_flag_of_its_name_nor_those_of_another_layer() -> None:
    half = {"page": 50.0, "hint": 50.0}
    found = arms(planned(half), half, USERS)["page"].keys()
    others = [arms(planned(half, "menu"), half, USERS)["page"].keys()]
    alone = planned(half).model_copy(update={"experiments": {}})
    state = State(flags={"page": FlagState(share=0.5)})
    rollout = compile_flags(flag_definition(Outline(alone), state))
    others.append(
        dict.fromkeys(u for u in USERS if rollout.evaluate("page", {"targetingKey": u}).variant == "green").keys()
    )
    for other in others:
        assert len(found & other) / len(USERS) == pytest.approx(0.25, abs=0.012)
