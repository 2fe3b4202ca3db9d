"""Experiments whose ranges begin where the plan says: they stay there, whatever else comes into the layer."""

from __future__ import annotations

from itertools import combinations

from hypothesis import assume, given, settings
from hypothesis import strategies as st

from tminus.core.exposure import flag_definition
from tminus.core.outline import Outline
from tminus.core.state import FlagState, State
from tminus.flags import compile_flags
from tminus.plan import Plan, read_plan_text
from tminus.plan.layers import places_in_layer, range_in_layer, shifts

USERS = [f"user-{number}" for number in range(1_000)]
HEAD = "tminus: 1\ntitle: Layers\nmetrics: { buyers: { source: events, of: opened, did: bought, within: 1h } }\n"
NAMES = "abcdef"


def planned(wanted: dict[str, tuple[int, int | None]]) -> Plan:
    """Experiments of one layer by name: how wide each is and where it begins, both in percent."""
    flags = ", ".join(f"{name}: {{ variants: {{ plain: 0, green: 1 }}, default: plain }}" for name in wanted)
    rest = "arms: { plain: 50%, green: 50% }, metrics: { buyers: more }"
    experiments = ", ".join(
        f"{name}: {{ flag: {name}, layer: page, to: {to}%, {rest}{'' if at is None else f', from: {at}%'} }}"
        for name, (to, at) in wanted.items()
    )
    phases = "phases: [{ id: release, steps: [{ status: operational }], exit: [buyers >= 1%] }]"
    return read_plan_text(f"{HEAD}flags: {{ {flags} }}\nexperiments: {{ {experiments} }}\n{phases}\n")


def members(plan: Plan, percents: dict[str, int]) -> dict[str, dict[str, str | None]]:
    """By experiment, the users who are in while so many percent are, with their arms."""
    state = State(flags={name: FlagState(share=share / 100, experiment=True) for name, share in percents.items()})
    flags = compile_flags(flag_definition(Outline(plan), state))
    found = {name: {u: flags.evaluate(name, {"targetingKey": u}).variant for u in USERS} for name in percents}
    return {name: {u: arm for u, arm in one.items() if arm != "outside"} for name, one in found.items()}


# Widths that leave some of the layer free.
layered = st.lists(st.integers(1, 25), min_size=2, max_size=4).map(
    lambda widths: {name: (width, None) for name, width in zip(NAMES[1:], widths, strict=False)}
)


@given(layered, st.data())
@settings(max_examples=50, deadline=None, derandomize=True)
def test_written_down_ranges_stay_when_experiments_come_and_grow(
    before: dict[str, tuple[int, None]], data: st.DataObject
) -> None:
    one = planned(before)
    in_now = {name: data.draw(st.integers(1, to), label=name) for name, (to, _) in before.items()}
    first = members(one, in_now)
    starts = {name: range_in_layer(one, one.experiments[name], share / 100)[0] for name, share in in_now.items()}
    wanted: dict[str, tuple[int, int | None]] = {
        name: (to, round(starts[name] * 100)) for name, (to, _) in before.items()
    }
    last = max(before)
    wanted[last] = (in_now[last], wanted[last][1])  # it grew downwards, and from a start there is no way down
    free = 100 - sum(to for to, _ in before.values())
    wanted |= {name: (data.draw(st.integers(1, 30), label=name), None) for name in ("a", "f")}
    assume(sum(wanted[name][0] for name in ("a", "f")) <= free)
    two = planned(wanted)
    places = places_in_layer(two, "page")
    second = members(two, {**in_now, **{name: wanted[name][0] for name in ("a", "f")}})
    assert all(second[name] == first[name] for name in before)
    assert all(x.keys().isdisjoint(y.keys()) for x, y in combinations(second.values(), 2))
    assert all(second[name] for name in ("a", "f") if places[name] is not None and wanted[name][0] > 2)
    assert shifts(one, {name: share / 100 for name, share in in_now.items()}, two) == ()


@given(layered, layered, st.data())
@settings(max_examples=50, deadline=None, derandomize=True)
def test_a_shift_is_told_exactly_where_others_would_come_in_and_what_is_told_mends_it(
    before: dict[str, tuple[int, None]], after: dict[str, tuple[int, None]], data: st.DataObject
) -> None:
    one, two = planned(before), planned(after)
    in_now = {
        name: data.draw(st.integers(1, min(to, after.get(name, (to,))[0])), label=name)
        for name, (to, _) in before.items()
    }
    told = shifts(one, {name: share / 100 for name, share in in_now.items()}, two)
    both = [name for name in before if name in after]
    first, second = members(one, in_now), members(two, {name: in_now[name] for name in both})
    moved = [name for name in both if first[name] != second[name]]
    named = [sentence.partition(":")[0] for sentence in told if "`from: " in sentence]
    # Of a thousand users none may stand in so narrow a strip.
    assert set(moved) <= set(named)
    if any("has room for" in sentence for sentence in told):
        return
    pins = {s.partition(":")[0]: round(float(s.rpartition("`from: ")[2].partition("%")[0])) for s in told}
    mended = planned({name: (to, pins.get(name)) for name, (to, _) in after.items()})
    third = members(mended, {name: in_now[name] for name in both})
    assert all(third[name] == first[name] for name in named)
