"""flagd's public test bed, scenario by scenario."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

from support.flagd_flags import definition_of_the_testbed
from tminus.flags import FlagSet, compile_flags, resolve
from tminus.flags.generations import PIN

GOLD = Path(__file__).parents[2] / "gold" / "flags" / "testbed.yaml"
NOW = 1_790_000_000.0


def rows() -> list[Any]:
    document = YAML(typ="safe").load(GOLD)
    found = []
    for key, about in document.items():
        for number, ask in enumerate(about["asks"]):
            found.append(pytest.param(key, about["kind"], ask, id=f"{key}-{number}"))
    return found


@cache
def flags_of(generation: int | None) -> FlagSet:
    definition = definition_of_the_testbed()
    if generation is not None:
        definition["metadata"] = {PIN: generation}
    return compile_flags(definition, strict=False)


@pytest.mark.parametrize(("key", "kind", "ask"), rows())
def test_a_scenario_of_flagds_test_bed_has_the_expected_outcome(key: str, kind: Any, ask: dict[str, Any]) -> None:
    context = {"hashing_input": "a" * ask["long"]} if "long" in ask else ask.get("in", {})
    answer = resolve(flags_of(ask.get("by")), key, kind, ask["or"], context, NOW)
    expected = (ask.get("gives", answer.value), ask.get("error", answer.error_code))
    assert (answer.value, answer.error_code) == expected
    assert type(answer.value) is type(expected[0])
    assert ask.get("reason") in (None, _as_flagd_says(answer.reason))
    if "metadata" in ask:
        own = definition_of_the_testbed()["flags"][key].get("metadata", {})
        assert dict(answer.metadata) == own
        assert bool(own) == (ask["metadata"] == "own")


def _as_flagd_says(reason: str) -> str:
    """flagd has no reason of its own for chance; OpenFeature has SPLIT, which we say."""
    return "TARGETING_MATCH" if reason == "SPLIT" else reason
