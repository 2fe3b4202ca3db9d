"""Whatever happens to a plan file, reading it ends in a plan or in problems with a place."""

from __future__ import annotations

import json
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from tminus.plan.codes import CODES
from tminus.plan.reading import examine_texts

EXAMPLE = (Path(__file__).parents[2] / "examples" / "first" / "plan.yaml").read_text(encoding="utf-8")
_PIECES = st.one_of(
    st.text(max_size=8),
    st.sampled_from(["{", "}", "[", "]", ": ", "- ", "\n", "\t", "&a ", "*a", "<<: ", "'", '"', "|", "0", "-1", "~"]),
    st.sampled_from([" 150%", " 1e999", " .nan", " ∞", " 9999999999999999999", " zero", " over 0s", " {}", " !!x "]),
)


@settings(max_examples=300, deadline=None)
@given(st.lists(st.tuples(st.integers(0, len(EXAMPLE)), st.integers(0, 12), _PIECES), min_size=1, max_size=4))
def test_a_mutated_plan_is_read_or_refused_with_places(edits: list[tuple[int, int, str]]) -> None:
    text = EXAMPLE
    for position, length, piece in edits:
        text = text[:position] + piece + text[position + length :]
    _examine(text)


_SCALARS = st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=12))
_WORDS = [
    "tminus",
    "phases",
    "metrics",
    "flags",
    "id",
    "rollout",
    "stages",
    "to",
    "for",
    "tasks",
    "do",
    "proof",
    "when",
]


@settings(max_examples=200, deadline=None)
@given(
    st.recursive(
        _SCALARS,
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(_WORDS), inner, max_size=5),
        max_leaves=12,
    ),
    st.integers(0, 40),
)
def test_any_value_in_any_place_is_read_or_refused(value: object, line: int) -> None:
    lines = EXAMPLE.splitlines()
    place = line % len(lines)
    key, colon, _ = lines[place].partition(":")
    lines[place] = f"{key}{colon} {json.dumps(value)}"
    _examine("\n".join(lines))


def _examine(text: str) -> None:
    plan, problems = examine_texts({"plan.yaml": text})
    errors = [problem for problem in problems if problem.severity == "error"]
    assert (plan is None) == bool(errors)
    last = text.count("\n") + 2
    for problem in problems:
        assert 1 <= problem.line <= max(last, len(text.splitlines()) + 1)
        assert problem.column >= 1
        assert "\n" not in str(problem)
        assert problem.code in CODES
