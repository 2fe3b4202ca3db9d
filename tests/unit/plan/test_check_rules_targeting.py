"""Rules in JSONLogic: each fault at its place, with what to write instead."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tminus.errors import Problem
from tminus.plan.reading import examine_texts

Check = Callable[[str], tuple[Problem, ...]]
CH = '{ "==": [{ var: country }, CH] }'


def said(problems: tuple[Problem, ...]) -> list[tuple[str, int, str]]:
    return [(problem.code, problem.line, problem.place) for problem in problems if not problem.waived]


def test_every_unknown_word_of_a_rule_is_told_at_once_and_at_its_place(check: Check) -> None:
    rule = """\
flags:
  banner:
    targeting:
      if:
        - { equals: [{ vra: country }, CH] }
        - no
        - fractional: [[on, 50], [of, 50]]
"""
    problems = check(rule)
    assert said(problems) == [
        ("bad-rule", 5, "flags.banner.targeting.if.0.equals"),
        ("bad-rule", 5, "flags.banner.targeting.if.0.equals.0.vra"),
        ("unknown-variant", 6, "flags.banner.targeting.if.1"),
        ("unknown-variant", 7, "flags.banner.targeting.if.2.fractional.1.0"),
    ]
    assert [(problem.column, problem.hint) for problem in problems[1:]] == [
        (24, "did you mean var?"),
        (11, "write one of on, off"),
        (35, "did you mean off?"),
    ]


@pytest.mark.parametrize(
    ("rule", "place", "says"),
    [
        ("{ if: [{ var: [a, b, c] }, on] }", "if.0.var", "at most one default"),
        ("{ fractional: [[on, 1.5]] }", "fractional.0.1", "1.5 is not a whole number"),
        ("{ if: [true, [on]] }", "if.1", "names no variant"),
    ],
)
def test_what_compiling_refuses_is_told_at_its_place(rule: str, place: str, says: str, check: Check) -> None:
    [problem] = check(f"flags: {{ banner: {{ targeting: {rule} }} }}")
    assert (problem.code, problem.place) == ("bad-rule", f"flags.banner.targeting.{place}")
    assert says in problem.message
    assert problem.hint


def test_a_fault_in_a_shared_rule_is_told_once_and_there(check: Check) -> None:
    problems = check("""\
evaluators:
  of.swiss: { equals: [{ var: country }, CH] }
  unused: { "$ref": nowhere }
flags:
  a: { targeting: { if: [{ $ref: of.swiss }, on] } }
  b: { targeting: { if: [{ $ref: of.swis }, on] } }
cohorts: { swiss: { rule: { $ref: of.swiss } } }
""")
    assert said(problems) == [
        ("bad-rule", 2, "evaluators.of.swiss.equals"),
        ("unknown-evaluator", 3, "evaluators.unused.$ref"),
        ("unknown-evaluator", 6, "flags.b.targeting.if.0.$ref"),
    ]
    assert problems[-1].hint == "did you mean of.swiss?"


def test_rules_that_refer_to_each_other_in_a_circle_are_told_where_they_stand(check: Check) -> None:
    problems = check("evaluators: { a: { $ref: b }, b: { $ref: a } }\nflags: { f: { targeting: { $ref: a } } }")
    assert [problem.place for problem in problems] == ["evaluators.a", "evaluators.b"]
    assert {problem.code for problem in problems} == {"bad-rule"}
    assert "circle" in problems[0].message


def test_a_rule_that_is_too_deep_with_its_shared_parts_filled_in_is_told_of_the_flag(check: Check) -> None:
    nested = "{ var: x }"
    for _ in range(15):
        nested = f"{{ '!': [{nested}] }}"
    chain = "".join(f"  r{n}: {nested.replace('{ var: x }', f'{{ $ref: r{n + 1} }}')}\n" for n in range(8))
    problems = check(
        f"evaluators:\n{chain}  r8: {{ var: x }}\nflags: {{ f: {{ targeting: {{ if: [{{ $ref: r0 }}, on] }} }} }}"
    )
    assert "flags.f.targeting" in [problem.place for problem in problems]
    assert all("deeper than 100 levels" in problem.message for problem in problems)


def test_the_outcome_of_a_shared_rule_is_a_variant_of_each_flag_that_leaves_it_to_that(check: Check) -> None:
    problems = check(f"""\
evaluators: {{ which: {{ if: [{CH}, green, plain] }} }}
flags:
  a: {{ variants: {{ green: 1, plain: 2 }}, default: plain, targeting: {{ $ref: which }} }}
  b: {{ targeting: {{ $ref: which }} }}
""")
    assert said(problems) == [
        ("unknown-variant", 1, "evaluators.which.if.1"),
        ("unknown-variant", 1, "evaluators.which.if.2"),
    ]


@pytest.mark.parametrize("value", ["4", "one", "true"])
def test_a_pin_is_one_of_the_generations(value: str, check: Check) -> None:
    problems = check(f"flags: {{ f: {{ metadata: {{ tminus.fractional: {value} }} }} }}")
    assert said(problems) == [("wrong-value", 1, "flags.f.metadata.tminus.fractional")]


MOVERS = [
    ("phases: [{ id: one, rollout: { flag: f, stages: [{ to: 1% }] } }]", "phases.one.rollout.flag"),
    ("flags: { checkout: { requires: [f] } }", "flags.checkout.requires.0"),
    ("flags: { f: { requires: [checkout] } }", "flags.f.requires"),
    ("rollback: { do: [{ flag: f, to: off }] }", "rollback.do.0.flag"),
    ("flags: { f: { changes: [{ at: 2030-01-01T00:00:00, to: on }] } }", "flags.f.changes"),
]


@pytest.mark.parametrize("fixed", ["default: null", "disabled: true"])
@pytest.mark.parametrize(("mover", "place"), MOVERS, ids=[place for _, place in MOVERS])
def test_nothing_moves_a_flag_that_is_left_to_the_code(fixed: str, mover: str, place: str, base: str) -> None:
    texts = {"base.yaml": base, "f.yaml": f"flags: {{ f: {{ {fixed} }} }}"}
    assert [problem.code for problem in examine_texts(texts)[1]] == []
    found = examine_texts({**texts, "mover.yaml": mover})[1]
    assert ("flag-fixed", place) in [(problem.code, problem.place) for problem in found]


def test_a_flag_with_a_rule_of_its_own_is_no_experiments(check: Check) -> None:
    problems = check(f"""\
flags: {{ f: {{ targeting: {{ if: [{CH}, on] }} }} }}
metrics: {{ orders: {{ source: events, count: order }} }}
experiments: {{ e: {{ flag: f, arms: {{ on: 50%, off: 50% }}, to: 10%, met: seen, metrics: {{ orders: more }} }} }}
""")
    assert said(problems) == [("flag-fixed", 3, "experiments.e.flag")]


def test_a_split_that_names_no_dice_cannot_be_required_in_the_third_generation(check: Check) -> None:
    split = "{ fractional: [[on, 1], [off, 1]] }"
    pinned = "metadata: { tminus.fractional: 3 }"
    problems = check(f"flags: {{ a: {{ targeting: {split}, {pinned} }}, b: {{ requires: [a], {pinned} }} }}")
    assert said(problems) == [("bad-rule", 1, "flags.a.targeting")]


@pytest.mark.parametrize("name", ["checkout.v2", "2024-banner", "_internal", "a" * 200])
def test_a_flags_name_may_be_what_flag_services_allow(name: str, check: Check) -> None:
    assert check(f"flags: {{ {name}: {{}}, other: {{ requires: [{name}] }} }}") == ()


@pytest.mark.parametrize("name", ["a:b", "a/b", "a b", ".a", "-a", "ä", "a" * 201])
def test_a_flags_name_has_nothing_that_ends_it_elsewhere(name: str, check: Check) -> None:
    [problem] = check(f'flags: {{ "{name}": {{}} }}')
    assert problem.code == "bad-name"


def test_a_flags_name_that_yaml_reads_as_a_number_wants_quotes(check: Check) -> None:
    problems = check('flags: { "1.10": {}, other: { requires: [1.10] } }')
    assert ("bad-name", "write it in quotes") in [(problem.code, problem.hint) for problem in problems]
    assert check('flags: { "1.10": {}, other: { requires: ["1.10"] } }') == ()


def test_a_rule_of_an_overlay_takes_the_place_of_the_one_below_it(base: str) -> None:
    below = f"""\
evaluators: {{ swiss: {CH} }}
flags: {{ f: {{ targeting: {{ if: [{{ $ref: swiss }}, on] }} }} }}
cohorts: {{ swiss: {{ title: Swiss, rule: {CH} }} }}
"""
    over = """\
evaluators: { swiss: { in: [{ var: country }, [CH, LI]] } }
flags: { f: { targeting: { fractional: [[on, 1], [off, 1]] } } }
cohorts: { swiss: { rule: { $ref: swiss } } }
"""
    plan, problems = examine_texts({"base.yaml": base, "below.yaml": below, "over.yaml": over})
    assert plan is not None, problems
    assert list(plan.evaluators["swiss"]) == ["in"]
    assert list(plan.flags["f"].targeting or {}) == ["fractional"]
    assert (plan.cohorts["swiss"].title, plan.cohorts["swiss"].rule) == ("Swiss", {"$ref": "swiss"})
