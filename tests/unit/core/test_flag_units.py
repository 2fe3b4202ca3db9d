"""A rollout whose dice are thrown for something else than the user: all of a company have it, or none."""

from __future__ import annotations

from typing import Any

from tminus.core.exposure import flag_definition
from tminus.core.outline import Outline
from tminus.core.state import FlagState, State
from tminus.flags import compile_flags, why
from tminus.plan import examine_texts, read_plan_text

PLAN = """
tminus: 1
title: Suites
roles: { lead: {} }
regions: { north: { countries: [US, CA] } }
flags:
  suite: { variants: { "on": true, "off": false }, default: "off", unit: UNIT, always: [ann] }
  export: { variants: { "on": true, "off": false }, default: "off" }
phases:
  - id: release
    rollout: { flag: suite, stages: [ { to: 30%, for: 1h, regions: [north], features: [export] }, { to: 100%, for: 1h } ] }
    go: [lead]
"""


def served(share: float, unit: str = "company", **more: Any) -> Any:
    outline = Outline(read_plan_text(PLAN.replace("UNIT", unit)))
    state = State(flags={"suite": FlagState(share=share, features=("export",), **more)})
    return flag_definition(outline, state)


def variants(document: Any, flag: str, company: str, users: int = 20) -> set[str | None]:
    flags = compile_flags(document)
    contexts = [{"targetingKey": f"u{number}", "company": company} for number in range(users)]
    return {flags.evaluate(flag, context).variant for context in contexts}


def test_all_users_of_a_company_have_the_same_at_any_share_and_keep_it() -> None:
    came: set[str] = set()
    for share in (0.05, 0.3, 0.8):
        document = served(share)
        found = {name: variants(document, "suite", name) for name in map("company-{}".format, range(300))}
        assert all(len(one) == 1 for one in found.values())
        into = {name for name, one in found.items() if one == {"on"}}
        assert came <= into
        assert abs(len(into) / 300 - share) < 0.1
        came = into


def test_a_feature_follows_the_companies_of_the_flag_that_brings_it() -> None:
    document = served(0.3)
    for name in map("company-{}".format, range(100)):
        assert variants(document, "export", name) == variants(document, "suite", name)


def test_who_says_no_company_is_not_in_but_the_team_is() -> None:
    flags = compile_flags(served(0.999))
    assert flags.evaluate("suite", {"targetingKey": "bob"}).variant == "off"
    assert flags.evaluate("suite", {"targetingKey": "bob", "company": ""}).variant == "off"
    assert flags.evaluate("suite", {"targetingKey": "ann"}).variant == "on"


def test_regions_and_companies_both_count() -> None:
    flags = compile_flags(served(0.99, regions=("north",)))
    inside = [
        flags.evaluate("suite", {"targetingKey": "u", "company": f"c{n}", "country": "CA"}).variant for n in range(50)
    ]
    outside = [
        flags.evaluate("suite", {"targetingKey": "u", "company": f"c{n}", "country": "FR"}).variant for n in range(50)
    ]
    assert inside.count("on") > 40
    assert set(outside) == {"off"}


def test_the_unit_user_is_the_targeting_key() -> None:
    assert served(0.3, "user") == served(0.3, "targetingKey")


def test_why_says_that_the_company_was_asked_for() -> None:
    words = why(served(0.3), "suite", {"targetingKey": "u", "company": "acme"}).words
    assert "company: yes" in words
    assert any('"suite:acme" falls on bucket' in line for line in words)
    assert "company: no" in why(served(0.3), "suite", {"targetingKey": "u"}).words


def test_an_experiment_cannot_have_such_a_flag() -> None:
    text = """
tminus: 1
title: Suites
metrics: { buyers: { source: events, of: a, did: b, within: 1h } }
flags: { suite: { variants: { "on": true, "off": false }, default: "off", unit: company } }
experiments: { s: { flag: suite, arms: { "off": 50%, "on": 50% }, to: 20%, metrics: { buyers: more } } }
phases: [ { id: release } ]
"""
    _, problems = examine_texts({"plan.yaml": text})
    assert [one.code for one in problems if one.code == "experiment-unit"]
    _, problems = examine_texts({"plan.yaml": text.replace("unit: company", "unit: user")})
    assert not [one.code for one in problems if one.code == "experiment-unit"]
