"""flagd's own evaluator, case by case: what is beyond fractional and sem_ver, from tests/gold/flags/evaluator.yaml."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

from tminus.flags import compile_flags, resolve

GOLD = Path(__file__).parents[2] / "gold" / "flags" / "evaluator.yaml"
GROUPS: dict[str, Any] = YAML(typ="safe").load(GOLD)
NOW = 1_790_000_000.0
COLOURS = {"red": "#FF0000", "blue": "#0000FF", "green": "#00FF00", "yellow": "#FFFF00"}


def asks() -> list[Any]:
    return [
        pytest.param(group["definition"], ask, id=f"{name}-{number}")
        for name, group in GROUPS.items()
        for number, ask in enumerate(group.get("asks", ()))
    ]


def rules() -> list[Any]:
    return [
        pytest.param(*rule, id=f"{name}-{number}")
        for name, group in GROUPS.items()
        for number, rule in enumerate(group.get("rules", ()))
    ]


@pytest.mark.parametrize(("definition", "ask"), asks())
def test_a_case_of_flagds_evaluator_has_the_outcome_it_has_there(definition: Any, ask: dict[str, Any]) -> None:
    flags = compile_flags(definition, strict=False)
    answer = resolve(flags, ask["flag"], ask["kind"], ask["or"], ask.get("in", {}), NOW)
    assert answer.error_code == ask.get("error")
    if "gives" in ask:
        assert (answer.value, type(answer.value)) == (ask["gives"], type(ask["gives"]))
    for said in ("variant", "reason"):
        if said in ask:
            assert getattr(answer, said) == ask[said]
    if "metadata" in ask:
        assert dict(answer.metadata) == ask["metadata"]


@pytest.mark.parametrize(("targeting", "variant", "reason"), rules())
def test_a_rule_of_flagds_evaluator_comes_to_what_it_comes_to_there(targeting: Any, variant: str, reason: str) -> None:
    flag = {"state": "ENABLED", "variants": COLOURS, "defaultVariant": "yellow", "targeting": targeting}
    context = {"email": "user@faas.com", "num": 123.0}
    answer = resolve(compile_flags({"flags": {"f": flag}}), "f", "string", "", context, NOW)
    assert (answer.variant, answer.value, answer.reason, answer.error_code) == (variant, COLOURS[variant], reason, None)


@pytest.mark.parametrize("context", [{}, {"color": "yellow"}])
def test_what_all_flags_answer_at_once_is_what_each_answers_alone(context: dict[str, Any]) -> None:
    flags = compile_flags(GROUPS["typed"]["definition"], strict=False)
    for key in flags.keys():  # noqa: SIM118
        answer = flags.evaluate(key, context, NOW)
        assert answer.error_code is None
        assert answer.reason == ("DISABLED" if key == "disabledFlag" else answer.reason)
        assert (answer.value is None) == (key == "disabledFlag")
