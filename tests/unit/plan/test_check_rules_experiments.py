"""What `tminus check` says of experiments, beyond the examples of docs/checks.md."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tminus.errors import Problem

HEAD = """
flags: { button: { variants: { plain: 0, green: 1, big: 2 }, default: plain }, page: {} }
metrics:
  buyers: { source: events, of: opened, did: bought, within: 1h }
  orders: { source: events, count: bought }
  slow: { source: events, of: opened, did: bought, within: 15d }
  mood: { attest: lead }
  load: { source: prom, bad: a, total: b }
sources: { prom: { prometheus: "http://p" } }
"""
GOOD = "flag: button, arms: { plain: 50%, green: 25%, big: 25% }, to: 20%, metrics: { buyers: more }"


def experiment(body: str) -> str:
    return f"{HEAD}experiments: {{ button: {{ {body} }} }}\n"


def without(body: str, **changed: str) -> str:
    for key, value in changed.items():
        start = body.index(f"{key}: ")
        ends = [end for end in (body.find(f", {k}: ", start) for k in ("arms", "to", "metrics")) if end > 0]
        body = body[:start] + f"{key}: {value}" + (body[min(ends) :] if ends else "")
    return body


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (GOOD, []),
        (without(GOOD, flag="buton"), ["unknown-flag"]),
        (without(GOOD, flag="page"), ["unknown-variant"] * 3),
        (without(GOOD, arms="{ plain: 50%, green: 25%, blue: 25% }"), ["unknown-variant"]),
        (without(GOOD, arms="{ plain: 100% }"), ["arms-sum"]),
        (without(GOOD, arms="{ plain: 100%, green: 0% }"), ["arms-sum"]),
        (without(GOOD, arms="{ plain: 33.33333%, green: 33.33333%, big: 33.33334% }"), ["arms-sum"]),
        (without(GOOD, arms="{ plain: 33.333%, green: 33.333%, big: 33.334% }"), []),
        (without(GOOD, to="0%"), ["fraction-outside"]),
        (f"{GOOD}, margin: 0%", ["fraction-outside"]),
        (f"{GOOD}, alpha: 100%", ["fraction-outside"]),
        (f"{GOOD}, phase: relase", ["unknown-phase"]),
        (f"{GOOD}, phase: release", []),
        (without(GOOD, metrics="{ byers: more }"), ["unknown-metric"]),
        (without(GOOD, metrics="{ buyers: higher }"), ["unknown-value"]),
        (without(GOOD, metrics="{ orders: more }"), ["not-per-user"]),
        (f"{without(GOOD, metrics='{ orders: more }')}, met: opened", []),
        (without(GOOD, metrics="{ mood: more }"), ["not-per-user"]),
        (without(GOOD, metrics="{ load: fewer }"), ["not-per-user"]),
        (without(GOOD, metrics="{ slow: more }"), ["window-too-long"]),
    ],
)
def test_an_experiment_that_cannot_work_is_found(
    codes: Callable[[str], list[str]], body: str, expected: list[str]
) -> None:
    assert codes(experiment(body)) == expected


@pytest.mark.parametrize(
    ("claim", "expected"),
    [
        ("variant green of button is better on buyers", []),
        ("variant blue of button is better on buyers", ["unknown-variant"]),
        ("variant plain of button is better on buyers", ["idle-claim"]),
        ("variant green of button is better on orders", ["idle-claim"]),
        ("variant green of button is better on byers", ["unknown-metric"]),
        ("variant green of knob is better on buyers", ["unknown-experiment"]),
    ],
)
def test_a_claim_of_what_is_not_compared_is_found(
    codes: Callable[[str], list[str]], claim: str, expected: list[str]
) -> None:
    assert codes(f"{experiment(GOOD)}kpis: [{{ that: {claim}, owner: lead }}]\n") == expected


def test_claims_of_one_gate_do_not_contradict_each_other(codes: Callable[[str], list[str]]) -> None:
    exits = "variant green of button is better on buyers by 5%, variant big of button is not worse on buyers"
    text = f"{experiment(GOOD)}kpis: [{{ that: variant green of button is better on buyers, owner: lead }}]\n"
    phase = "{ id: prepare, tasks: [{ do: Load test, owner: lead }], go: [support] }"
    rollout = "{ flag: checkout, guards: [errors], stages: [{ to: 5%, for: 1d }, { to: 25%, for: 1d }, { to: 100%, for: 1d }] }"
    assert (
        codes(f"{text}phases: [{phase}, {{ id: release, rollout: {rollout}, exit: [errors < 1%, {exits}] }}]\n") == []
    )


def test_a_flag_that_serves_two_experiments_or_comes_along_with_a_rollout_is_found(
    codes: Callable[[str], list[str]],
) -> None:
    assert codes(f"{HEAD}experiments: {{ one: {{ {GOOD} }}, two: {{ {GOOD} }} }}\n") == ["flag-twice"]


LAYERED = """
flags:
  button: { variants: { plain: 0, green: 1 }, default: plain }
  hint: { variants: { plain: 0, green: 1 }, default: plain }
metrics: { buyers: { source: events, of: opened, did: bought, within: 1h } }
experiments:
  button: { flag: button, layer: page, arms: { plain: 50%, green: 50% }, to: 20%, metrics: { buyers: more } }
  hint: { flag: hint, layer: page, arms: { plain: 50%, green: 50% }, to: 30%, metrics: { buyers: more } }
"""


@pytest.mark.parametrize(
    ("widened", "expected"),
    [("to: 70%", []), ("to: 70.001%", ["layer-full"]), ("to: on", ["layer-full"]), ("to: off", [])],
)
def test_a_layer_has_room_for_what_a_step_makes_of_its_experiments(
    codes: Callable[[str], list[str]], widened: str, expected: list[str]
) -> None:
    phase = f"{{ id: only, steps: [{{ flag: button, {widened} }}], exit: [buyers > 1%] }}"
    assert codes(f"{LAYERED}phases: [{phase}]\n") == expected


def test_an_experiment_alone_in_its_layer_is_told_of_the_others(check: Callable[[str], tuple[Problem, ...]]) -> None:
    (problem,) = check(LAYERED.replace("hint, layer: page", "hint, layer: pgae"))[:1]
    assert (problem.code, problem.severity) == ("lone-layer", "warning")
    assert problem.hint == "write the layer of the others (pgae), or no layer"


PINNED = """
flags:
  button: { variants: { plain: 0, green: 1 }, default: plain }
  hint: { variants: { plain: 0, green: 1 }, default: plain }
  menu: { variants: { plain: 0, green: 1 }, default: plain }
metrics: { buyers: { source: events, of: opened, did: bought, within: 1h } }
experiments:
"""


def layered(**wanted: str) -> str:
    arms = "layer: page, arms: { plain: 50%, green: 50% }, metrics: { buyers: more }"
    return PINNED + "".join(f"  {name}: {{ flag: {name}, {said}, {arms} }}\n" for name, said in wanted.items())


@pytest.mark.parametrize(
    ("wanted", "expected"),
    [
        ({"button": "from: 20%, to: 30%", "hint": "from: 50%, to: 50%"}, []),
        ({"button": "from: 20%, to: 30%", "hint": "from: 49.999%, to: 50%"}, ["layer-overlap"]),
        ({"button": "from: 80%, to: 20.001%", "hint": "to: 50%"}, ["layer-overlap"]),
        ({"button": "from: 20%, to: 30%"}, []),
        ({"button": "from: 40%, to: 20%", "hint": "to: 40%", "menu": "to: 40%"}, []),
        ({"button": "from: 45%, to: 20%", "hint": "to: 40%", "menu": "to: 40%"}, ["layer-full"]),
        ({"button": "from: 45%, to: 21%", "hint": "to: 40%", "menu": "to: 40%"}, ["layer-full"]),
        ({"button": "from: 200%, to: 21%", "hint": "to: 40%"}, ["fraction-outside"]),
    ],
)
def test_ranges_that_begin_where_the_plan_says_meet_no_others(
    codes: Callable[[str], list[str]], wanted: dict[str, str], expected: list[str]
) -> None:
    assert codes(layered(**wanted)) == expected


def test_a_step_that_widens_an_experiment_into_its_neighbour_is_found(codes: Callable[[str], list[str]]) -> None:
    text = layered(button="from: 20%, to: 30%", hint="from: 50%, to: 50%")
    phase = "phases: [{ id: only, steps: [{ flag: button, to: 31% }], exit: [buyers > 1%] }]\n"
    assert codes(text) == []
    assert codes(text + phase) == ["layer-overlap"]


@pytest.mark.parametrize(
    ("limit", "expected"),
    [
        ("regions: [nroth]", ["unknown-region"]),
        ("cohorts: [gold, sliver]", ["unknown-cohort"]),
        ("regions: [north], cohorts: [gold]", []),
    ],
)
def test_regions_and_cohorts_of_an_experiment_are_those_of_the_plan(
    codes: Callable[[str], list[str]], limit: str, expected: list[str]
) -> None:
    named = "regions: { north: { countries: [DE] } }\ncohorts: { gold: { tiers: [gold] } }\n"
    assert codes(named + experiment(f"{GOOD}, {limit}")) == expected


def test_what_only_an_earlier_launch_has_cannot_be_required(check: Callable[[str], tuple[Problem, ...]]) -> None:
    (problem,) = check("flags: { gate: { requires: [elsewhere] } }\n")[:1]
    assert problem.code == "unknown-flag"
    assert problem.hint == (
        "write it under flags; one kept from an earlier launch can be required where the plan names it again"
    )
