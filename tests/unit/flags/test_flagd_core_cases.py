"""What flagd's own evaluator is tested with: open-feature/flagd, core/pkg/evaluator/*_test.go at bbb05d4 (0.16.1)."""

from __future__ import annotations

from typing import Any

import pytest

from tminus.flags import Evaluation, compile_flags
from tminus.flags.generations import CURRENT, FIRST, PIN

COLOURS = {"red": "#FF0000", "blue": "#0000FF", "green": "#00FF00", "yellow": "#FFFF00"}
EMAIL, FLAG_KEY = {"var": "email"}, {"var": "$flagd.flagKey"}
QUARTERS = [[colour, 25] for colour in COLOURS]


def ask(targeting: Any, context: dict[str, Any], generation: int = CURRENT) -> Evaluation:
    flag = {"state": "ENABLED", "variants": COLOURS, "defaultVariant": "red", "targeting": targeting}
    flags = compile_flags({"flags": {"headerColor": flag}, "metadata": {PIN: generation}})
    return flags.evaluate("headerColor", context)


def split(*arguments: Any) -> dict[str, Any]:
    return {"fractional": list(arguments)}


def at_faas(rule: Any) -> dict[str, Any]:
    return {"if": [{"in": ["@faas.com", EMAIL]}, rule, None]}


SEEDED = at_faas(split({"cat": [FLAG_KEY, EMAIL]}, *QUARTERS))
OWN_SEED = at_faas(split({"cat": ["my-seed", EMAIL]}, *QUARTERS))
PLAIN = at_faas(split(EMAIL, *QUARTERS))
TWO = split(EMAIL, ["red", 25], ["blue", 25])
BLUE_GREEN = split(["blue", 50], ["green", 50])
NESTED = split("email", [{"if": [{"in": ["us", {"var": "locale"}]}, "red", "blue"]}, 25], ["green", 75])
TWICE = split("email", [split("tier", *QUARTERS), 25], ["green", 75])
COMPUTED = split("email", *([colour, {"var": f"{colour}Weight"}] for colour in ("red", "blue", "green")))


def weights(red: float, blue: float, green: float) -> dict[str, Any]:
    return {"redWeight": red, "blueWeight": blue, "greenWeight": green}


@pytest.mark.parametrize(
    ("rule", "context", "variant"),
    [
        (SEEDED, {"email": "rachel@faas.com"}, "blue"),
        (SEEDED, {"email": "monica@faas.com"}, "yellow"),
        (SEEDED, {"email": "joey@faas.com"}, "red"),
        (SEEDED, {"email": "ross@faas.com"}, "blue"),
        (OWN_SEED, {"email": "rachel@faas.com"}, "green"),
        (OWN_SEED, {"email": "monica@faas.com"}, "red"),
        (OWN_SEED, {"email": "joey@faas.com"}, "blue"),
        (OWN_SEED, {"email": "ross@faas.com"}, "green"),
        (PLAIN, {"email": "ross@faas.com"}, "red"),
        (at_faas(split("email", ["red", 50], ["blue", 25], ["green", 25])), {"email": "test4@faas.com"}, "green"),
        (TWO, {"email": "foo@foo.com"}, "blue"),
        (split(EMAIL, ["red"], ["blue"]), {"email": "foo@foo.com"}, "blue"),
        (BLUE_GREEN, {"targetingKey": "foo@foo.com"}, "green"),
        (split(EMAIL, ["red", 50], ["blue", 50]), {"targetingKey": "foo@foo.com"}, "blue"),
        (split(["blue", 1]), {"targetingKey": "any-user"}, "blue"),
        (split(EMAIL, ["green", 100]), {"email": "any@user.com"}, "green"),
        (split(["yellow"]), {"targetingKey": "any-user"}, "yellow"),
        (split(["red", -1000], ["green", 1]), {"targetingKey": "some-targeting-key"}, "green"),
        (NESTED, {"email": "rachel@faas.com", "locale": "us"}, "green"),
        (NESTED, {"email": "rachel@faas.com", "locale": "ca"}, "green"),
        (TWICE, {"email": "rachel@faas.com", "tier": "premium"}, "green"),
        (COMPUTED, {"email": "test_a@faas.com", **weights(0.0, 1.0, 0.0)}, "blue"),
        (COMPUTED, {"email": "test_a@faas.com", **weights(1.0, 0.0, 0.0)}, "red"),
        (COMPUTED, {"email": "test_a@faas.com", **weights(0.0, 0.0, 1.0)}, "green"),
    ],
)
def test_a_split_chooses_what_flagd_chooses(rule: Any, context: dict[str, Any], variant: str) -> None:
    assert (ask(rule, context).variant, ask(rule, context).error_code) == (variant, None)


@pytest.mark.parametrize(
    ("rule", "context", "variant"),
    [
        (SEEDED, {"email": "rachel@faas.com"}, "yellow"),
        (SEEDED, {"email": "monica@faas.com"}, "blue"),
        (SEEDED, {"email": "joey@faas.com"}, "red"),
        (SEEDED, {"email": "ross@faas.com"}, "green"),
        (OWN_SEED, {"email": "rachel@faas.com"}, "green"),
        (OWN_SEED, {"email": "monica@faas.com"}, "red"),
        (OWN_SEED, {"email": "joey@faas.com"}, "green"),
        (OWN_SEED, {"email": "ross@faas.com"}, "green"),
        (at_faas(split("email", ["red", 50], ["blue", 25], ["green", 25])), {"email": "test4@faas.com"}, "red"),
        (TWO, {"email": "foo@foo.com"}, "red"),
        (BLUE_GREEN, {"targetingKey": "foo@foo.com"}, "blue"),
        (split(EMAIL, ["red", 50], ["blue", 50]), {"targetingKey": "foo@foo.com"}, "red"),
        # Kept to this day by the benchmark in fractional_test.go, which no test runs.
        (PLAIN, {"email": "test_a@faas.com"}, "blue"),
        (PLAIN, {"email": "test_b@faas.com"}, "red"),
        (PLAIN, {"email": "test_c@faas.com"}, "green"),
        (PLAIN, {"email": "test_d@faas.com"}, "blue"),
    ],
)
def test_the_first_generation_chooses_what_flagd_0_14_chose(rule: Any, context: dict[str, Any], variant: str) -> None:
    assert ask(rule, context, FIRST).variant == variant


@pytest.mark.parametrize("context", [{}, {"targetingKey": None}, {"targetingKey": ""}])
@pytest.mark.parametrize("rule", [TWO, BLUE_GREEN])
def test_a_split_of_nobody_known_is_the_default(rule: Any, context: dict[str, Any]) -> None:
    assert (ask(rule, context).variant, ask(rule, context).reason) == ("red", "DEFAULT")


@pytest.mark.parametrize(
    ("left", "operator", "right", "outcome"),
    [
        ("invalid", ">", "v1.0.0", None),
        ("v1.0.0-preview.1.2", ">", "v1.0.0", False),
        ("v1.0.0-preview.1.3", ">", "v1.0.0-preview.1.2", True),
        ("0.0.1", ">", "v0.0.2", False),
        ("v0.0.1", ">", "0.0.2", False),
        ("v0.0.1", "=", "0.0.1", True),
        ("V1.0.0", "=", "1.0.0", True),
        ("0.0.1", ">", "0.0.2", False),
        ("v0.0.1", "", "v0.0.2", None),
        ("v1234.0.1", "<", "v1235.0.2", True),
        ("v0.0.1", "<", "v0.0.2", True),
        ("v1.0", "<", "v1.2", True),
        ("v0.0.1", "<", "v0.0.1", False),
        ("v0.0.1", "<=", "v0.0.2", True),
        ("v0.0.1", "<=", "v0.0.1", True),
        ("v0.0.1", "=", "v0.0.1", True),
        ("v0.0.2", "=", "v0.0.1", False),
        ("v0.0.2", "!=", "v0.0.1", True),
        ("v0.0.1", "!=", "v0.0.1", False),
        ("v0.0.2", ">=", "v0.0.1", True),
        ("v0.0.1", ">=", "v0.0.1", True),
        ("v0.0.1", ">=", "v0.0.2", False),
        ("v0.0.2", ">", "v0.0.1", True),
        ("v0.0.1", ">", "v0.0.1", False),
        ("v1.3.4", "^", "v1.5.3", True),
        ("v2.1.1", "^", "v1.1.1", False),
        ("v1.3.4", "~", "v1.3.1", True),
        ("v2.2.1", "~", "v2.1.1", False),
        ("1.0.0", ">", "0.1.0", True),
        (1.2, "=", "1.2", True),
        (1, "=", "v1.0.0", True),
        ("1.2-alpha", "=", "1.2-alpha", None),
    ],
)
def test_two_versions_compare_as_in_flagd(left: Any, operator: str, right: str, outcome: bool | None) -> None:
    rule = {"if": [{"==": [{"sem_ver": [{"var": "left"}, operator, right]}, outcome]}, "green", "blue"]}
    if outcome is None:
        rule = {"if": [{"===": [{"sem_ver": [{"var": "left"}, operator, right]}, None]}, "green", "blue"]}
    assert ask(rule, {"left": left}).variant == "green"
