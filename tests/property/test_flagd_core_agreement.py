"""Ours against flagd's own Python core (openfeature-flagd-core) over random flags and contexts.

The rules are typed: numbers are computed with numbers, texts compared with texts, lists walked as lists. Where types
mix, the two JSONLogic engines differ by design, as listed in docs/flags.md; ours follows the daemon's.
"""

from __future__ import annotations

import copy
import json
import logging
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from openfeature.contrib.tools.flagd.core import FlagdCore
from openfeature.evaluation_context import EvaluationContext
from openfeature.exception import OpenFeatureError

from support.flag_strategies import VALUES, contexts, flags
from tminus.flags import compile_flags, resolve
from tminus.flags.generations import PIN, THIRD


@pytest.fixture(autouse=True)
def _quiet() -> Iterator[None]:
    """The core logs an error for whatever a rule cannot answer; thousands of them bury a failure."""
    logging.disable(logging.CRITICAL)
    yield
    logging.disable(logging.NOTSET)


def theirs(document: dict[str, Any], kind: str, default: Any, context: dict[str, Any]) -> tuple[Any, ...]:
    core = FlagdCore()
    core.set_flags(copy.deepcopy(document))
    attributes = {name: value for name, value in context.items() if name != "targetingKey"}
    try:
        got = getattr(core, f"resolve_{kind}_value")(
            "the-flag", default, EvaluationContext(context.get("targetingKey"), attributes)
        )
    except OpenFeatureError as error:
        return default, None, "ERROR", str(error.error_code.value)
    return got.value, got.variant, str(got.reason), None


@settings(max_examples=150, deadline=None)
@given(flags(), contexts, st.sampled_from(sorted(VALUES)))
def test_a_flag_is_answered_as_flagds_core_answers_it(flag: dict[str, Any], context: dict[str, Any], kind: Any) -> None:
    # In Python true is a number, and the core gives it out as 1.0.
    assume(kind != "float" or not isinstance(flag["variants"]["a"], bool))
    default = {"boolean": False, "string": "mine", "integer": -1, "float": -0.5, "object": {"mine": 1}}[kind]
    document = {"flags": {"the-flag": flag}, "$evaluators": {"shared": {"in": ["a", {"var": "s"}]}}}
    answer = resolve(
        compile_flags(document | {"metadata": {PIN: THIRD}}), "the-flag", kind, default, context, now=1_790_000_000.0
    )
    reason = "TARGETING_MATCH" if answer.reason == "SPLIT" else answer.reason
    ours = (answer.value, answer.variant, reason, answer.error_code)
    expected = theirs(document, kind, default, context)
    assert ours == expected, json.dumps([flag, context])
    assert type(ours[0]) is type(expected[0])
