"""The flags that flagd's public test bed asks about, in our own notation.

Keys, variants, weights and rules are facts of open-feature/flagd-testbed 3.9.0 (82ba89e): keys are hashed and the order
of arms decides, so neither can be another. The answers expected of them are in tests/gold/flags/testbed.yaml.
"""

from __future__ import annotations

from typing import Any

SUITS = ("clubs", "diamonds", "hearts", "spades")
USER = {"var": "user.name"}
UNIT = {"var": "targetingKey"}
VERSION = {"var": "version"}
IS_BALLMER = {"==": ["ballmer@macrosoft.com", {"var": ["email"]}]}
EVALUATORS = {"is_ballmer": IS_BALLMER}


def flag(default: str | None, targeting: Any = None, state: str = "ENABLED", /, **variants: Any) -> dict[str, Any]:
    """A flag; variants whose names are no Python names come by `named`."""
    made: dict[str, Any] = {"state": state, "variants": variants, "defaultVariant": default}
    return made if targeting is None else made | {"targeting": targeting}


def named(default: str | None, names: str, targeting: Any = None) -> dict[str, Any]:
    """A flag whose variants are worth their own names."""
    return flag(default, targeting, **{name: name for name in names.split()})


def when(*branches: Any) -> dict[str, Any]:
    """Condition, consequence, ..., nested as the test bed nests them."""
    if len(branches) <= 3:
        return {"if": list(branches)}
    return {"if": [branches[0], branches[1], when(*branches[2:])]}


def split(*arguments: Any) -> dict[str, Any]:
    return {"fractional": list(arguments)}


def version(operator: str, other: str) -> dict[str, Any]:
    return {"sem_ver": [VERSION, operator, other]}


def _quarters(seed: Any, worth: str = "") -> dict[str, Any]:
    targeting = split({"cat": [seed, USER]}, *([suit, 25] for suit in SUITS))
    return flag("wild", targeting, **{suit: worth + suit for suit in SUITS}, wild="wild")


def _matching(targeting: Any) -> dict[str, Any]:
    return named("no-match", "match no-match", when(targeting, "match", "no-match"))


def _fallen_back(targeting: Any, names: str = "true false") -> dict[str, Any]:
    return named("fallback", f"{names} fallback", targeting)


PICTURES = {"showImages": True, "title": "Check out these pics!", "imagesPerPage": 100}
KINDS: dict[str, tuple[str, dict[str, Any]]] = {
    "boolean": ("on", {"on": True, "off": False}),
    "string": ("greeting", {"greeting": "hi", "parting": "bye"}),
    "integer": ("ten", {"one": 1, "ten": 10}),
    "float": ("half", {"tenth": 0.1, "half": 0.5}),
    "object": ("template", {"empty": {}, "template": PICTURES}),
}
ZEROS: dict[str, tuple[Any, Any]] = {
    "boolean": (False, True),
    "string": ("", "str"),
    "integer": (0, 1),
    "float": (0.0, 1.0),
    "object": ({}, PICTURES),
}


def _of_all_kinds() -> dict[str, Any]:
    made = {}
    for kind, (default, variants) in KINDS.items():
        made[f"{kind}-flag"] = flag(default, **variants)
        made[f"disabled-{kind}-flag"] = flag(default, None, "DISABLED", **variants)
    for kind, (zero, other) in ZEROS.items():
        made[f"{kind}-zero-flag"] = flag("zero", **{"zero": zero, "non-zero": other})
        targeting = when({"$ref": "is_ballmer"}, "zero")
        made[f"{kind}-targeted-zero-flag"] = flag("zero", targeting, **{"zero": zero, "non-zero": other})
    return made


def _referring() -> dict[str, Any]:
    by_email = when({"$ref": "is_ballmer"}, "hi", "bye")
    made = {f"ref-whitespace-{name}-flag": named("fallback", "hi bye fallback", by_email) for name in _SPACINGS}
    nowhere = when({"$ref": "nonexistent_evaluator"}, "hit", "miss")
    return made | {
        "some-email-targeted-flag": named("none", "hi bye none", by_email),
        "some-other-email-targeted-flag": named("none", "yes no none", when({"$ref": "is_ballmer"}, "yes", "no")),
        "ref-to-nonexistent-evaluator-flag": named("fallback", "hit miss fallback", nowhere),
    }


_SPACINGS = ("compact", "space-after-colon", "space-around-colon")


def _split() -> dict[str, Any]:
    by_tier = {"==": [{"var": "tier"}, "premium"]}
    buckets = [f"bucket{number}" for number in range(1, 26)]
    return {
        "fractional-flag": _quarters({"var": "$flagd.flagKey"}),
        "fractional-flag-A-shared-seed": _quarters("shared-seed"),
        "fractional-flag-B-shared-seed": _quarters("shared-seed", "ace-of-"),
        "fractional-flag-shorthand": named("draw", "heads tails draw", split(["heads"], ["tails", 1])),
        "fractional-single-entry-flag": named("fallback", "single fallback", split(["single", 1])),
        "fractional-hash-edge-flag": named("lower", "lower upper", split(UNIT, ["lower", 50], ["upper", 50])),
        "fractional-nested-if-flag": named(
            "fallback",
            "premium standard fallback",
            split(UNIT, [when(by_tier, "premium", "standard"), 50], ["standard", 50]),
        ),
        "fractional-nested-var-flag": named(
            "fallback", "red green blue fallback", split(UNIT, [{"var": "color"}, 50], ["blue", 50])
        ),
        "fractional-nested-weight-flag": named(
            "fallback", "red blue fallback", split(UNIT, ["red", when(by_tier, 100, 0)], ["blue", 10])
        ),
        "fractional-as-condition-flag": _sized(split([False, 0], [True, 100])),
        "fractional-as-condition-false-flag": _sized(split([False, 100], [True, 0])),
        "fractional-null-bucket-key-flag": _fallen_back(
            split({"var": "missing_key"}, ["one", 50], ["two", 50]), "one two"
        ),
        "fractional-zero-weights-flag": _fallen_back(split(UNIT, ["one", 0], ["two", 0]), "one two"),
        "fractional-negative-weight-flag": _fallen_back(split(UNIT, ["one", -50], ["two", 100]), "one two"),
        "fractional-basic-flag": named(
            "fallback",
            " ".join([*buckets, "fallback"]),
            split({"var": "hashing_input"}, *([one, 4] for one in buckets)),
        ),
    }


def _sized(condition: Any) -> dict[str, Any]:
    return flag("fallback", when(condition, "big", "small"), big="hundreds", small="ones", fallback="zero")


def _by_text_and_version() -> dict[str, Any]:
    identifier = {"var": "id"}
    affixes = [{"starts_with": [identifier, "abc"]}, "prefix", {"ends_with": [identifier, "xyz"]}, "postfix"]
    ordered = [version("=", "2.0.0"), "equal", version(">", "2.0.0"), "greater", version("<", "2.0.0"), "lesser"]
    ranges = when(version("~", "3.0.0"), "minor", version("^", "3.0.0"), "major", "none")
    return {
        "starts-ends-flag": named(
            "none", "prefix postfix none", when(*affixes, {"ends_with": [identifier, 3]}, "fail", "none")
        ),
        "starts-with-non-string-flag": _fallen_back({"starts_with": [{"var": "num"}, "abc"]}),
        "ends-with-non-string-flag": _fallen_back({"ends_with": [{"var": "num"}, "xyz"]}),
        "starts-with-wrong-args-flag": _fallen_back({"starts_with": ["abc"]}),
        "ends-with-wrong-args-flag": _fallen_back({"ends_with": ["xyz"]}),
        "equal-greater-lesser-version-flag": named(
            "none", "equal greater lesser none", when(*ordered, version("=", "2.0.0.0"), "fail", "none")
        ),
        "major-minor-version-flag": named("none", "minor major none", ranges),
        "semver-v-prefix-flag": _matching(version("=", "v1.0.0")),
        "semver-partial-version-flag": _matching(version("^", "1")),
        "semver-numeric-context-flag": _matching(version(">", "1.1")),
        "semver-build-metadata-flag": _matching(version("=", "1.0.0+build")),
        "semver-invalid-version-flag": _fallen_back(version("=", "1.0.0")),
        "semver-invalid-operator-flag": _fallen_back(version("===", "1.0.0")),
        "semver-wrong-args-flag": _fallen_back({"sem_ver": [VERSION, "="]}),
    }


def _at_the_edges() -> dict[str, Any]:
    is_jobs = {"==": ["jobs@orange.com", {"var": ["email"]}]}
    now, then = {"var": "$flagd.timestamp"}, {"var": "time"}
    hit = {"==": [UNIT, "5c3d8535-f81a-4478-a6d3-afaa4d51199e"]}
    named_values = {"false": 1, "true": 2}
    return {
        "wrong-flag": flag("one", one="uno", two="dos"),
        "null-default-flag": flag(None, on=True, off=False),
        "undefined-default-flag": {"state": "ENABLED", "variants": {"small": 10, "big": 1000}},
        "no-default-flag-null-targeting-variant": flag(
            None, when(is_jobs, "special", None), normal="CFO", special="CEO"
        ),
        "no-default-flag-undefined-targeting-variant": flag(
            None, when(is_jobs, "special"), normal="CFO", special="CEO"
        ),
        "targeting-key-flag": named("miss", "miss hit", when(hit, "hit", None)),
        "timestamp-flag": flag(
            "none", when({">": [now, then]}, "past", {"<": [now, then]}, "future", "none"), past=-1, future=1, none=0
        ),
        "targeting-null-variant-flag": flag("two", when(True, None, "one"), one=1, two=2),
        "error-targeting-flag": flag("two", {"invalid": ["this is not valid targeting"]}, one=1, two=2),
        "missing-variant-targeting-flag": flag("two", when(True, "three", "one"), one=1, two=2),
        "non-string-variant-targeting-flag": flag("false", when(True, True, False), **named_values),
        "empty-targeting-flag": flag("false", {}, **named_values),
        "targeting-null-flag": flag("two", split(None, ["one"]), one=1, two=2),
        "metadata-flag": flag("on", on=True, off=False)
        | {"metadata": {"string": "1.0.2", "integer": 2, "boolean": True, "float": 0.1}},
    }


def definition_of_the_testbed() -> dict[str, Any]:
    """The whole definition."""
    flags = _of_all_kinds() | _referring() | _split() | _by_text_and_version() | _at_the_edges()
    return {"flags": flags, "$evaluators": EVALUATORS}
