"""docs/checks.md: every code is explained as the program explains it, and every example does what the page says."""

from __future__ import annotations

import re
from pathlib import Path
from typing import NamedTuple

import pytest

from tminus.plan.codes import CODES
from tminus.plan.reading import examine_texts

PAGE = (Path(__file__).parents[3] / "docs" / "checks.md").read_text(encoding="utf-8")
BASE = re.findall(r"^```yaml base\n(.*?)^```", PAGE, re.DOTALL | re.MULTILINE)[0]
SECTIONS = re.findall(r"^### `([a-z0-9-]+)`\n\n(.*?)(?=^##|\Z)", PAGE, re.DOTALL | re.MULTILINE)
# They speak of the file itself, or of what the base plan has: test_check_rules.py finds each of them.
IN_WORDS = {"no-file", "not-utf8", "too-large", "too-deep", "no-timezone", "cohort-file"}

SAID_AT_ONCE = {"bad-selector", "wrong-value", "fraction-outside"}  # their message says what is possible


class Example(NamedTuple):
    """A fragment of a plan, and the codes that the page says it brings."""

    code: str
    number: int
    fragment: str
    brings: set[str]


def examples() -> list[Example]:
    found = []
    for code, section in SECTIONS:
        fences = re.findall(
            r"^```yaml (wrong|mended)(?: with ([a-z-]+))?\n(.*?)^```", section, re.DOTALL | re.MULTILINE
        )
        for number, (kind, also, fragment) in enumerate(fences):
            brings = {code, *([also] if also else [])} if kind == "wrong" else set()
            found.append(Example(code, number, fragment, brings))
    return found


def codes_of(*texts: str) -> set[str]:
    named = {f"{number}.yaml": text for number, text in enumerate(texts)}
    return {problem.code for problem in examine_texts(named)[1] if not problem.waived}


def test_the_page_explains_every_code_in_the_words_and_the_order_of_the_program() -> None:
    assert [(code, section.partition("\n")[0]) for code, section in SECTIONS] == list(CODES.items())


def test_the_base_plan_has_no_finding() -> None:
    assert codes_of(BASE) == set()


def test_every_code_has_examples_of_both_kinds() -> None:
    shown = {kind: {one.code for one in examples() if bool(one.brings) is kind} for kind in (True, False)}
    assert shown[True] == shown[False] == set(CODES) - IN_WORDS


@pytest.mark.parametrize("example", examples(), ids=lambda one: f"{one.code}-{one.number}")
def test_an_example_brings_what_the_page_says_and_nothing_else(example: Example) -> None:
    assert codes_of(BASE, example.fragment) == example.brings


@pytest.mark.parametrize("example", examples(), ids=lambda one: f"{one.code}-{one.number}")
def test_a_finding_says_where_why_and_what_to_write(example: Example) -> None:
    for problem in examine_texts({"base.yaml": BASE, "over.yaml": example.fragment})[1]:
        assert problem.line >= 1
        assert problem.message
        assert problem.hint or problem.code in SAID_AT_ONCE
        expected = "warning" if CODES[problem.code].startswith("Warning: ") else "error"
        assert problem.severity == expected
