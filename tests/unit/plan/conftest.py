"""For the tests of `tminus check`: a plan without any finding, and fragments laid over it."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest

from tminus.errors import Problem
from tminus.plan.reading import examine_texts

PAGE = Path(__file__).parents[3] / "docs" / "checks.md"
Check = Callable[[str], tuple[Problem, ...]]


@pytest.fixture(scope="session")
def base() -> str:
    """The plan that docs/checks.md lays its examples over."""
    page = PAGE.read_text(encoding="utf-8")
    return re.findall(r"^```yaml base\n(.*?)^```", page, re.DOTALL | re.MULTILINE)[0]


@pytest.fixture
def check(base: str) -> Check:
    """The findings of the base plan with a fragment laid over it."""
    return lambda fragment: examine_texts({"base.yaml": base, "over.yaml": fragment})[1]


@pytest.fixture
def codes(check: Check) -> Callable[[str], list[str]]:
    """As `check`, the codes alone, without those that are waived."""
    return lambda fragment: [problem.code for problem in check(fragment) if not problem.waived]
