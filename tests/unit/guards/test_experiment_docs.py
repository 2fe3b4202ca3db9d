"""docs/experiments.md says what the statistics do."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from tminus.guards import experiment_means, experiment_proportions, sample

PAGE = (Path(__file__).parents[3] / "docs" / "experiments.md").read_text(encoding="utf-8")


def test_the_example_runs_and_its_arm_is_not_worse() -> None:
    found = re.search(r"```python\n(.*?)```", PAGE, re.DOTALL)
    assert found is not None
    names: dict[str, Any] = {}
    exec(found.group(1), names)
    assert names["doubt"] == ""
    assert names["said"].kind == "not-worse"
    assert names["said"].sentence in PAGE


def test_the_settings_that_the_page_names_are_those_of_the_code() -> None:
    assert f"κ tuned for t = {experiment_means.TUNED_FOR:,}" in PAGE
    assert f"before both arms have {experiment_means.FIRST_LOOK} users" in PAGE
    assert f"log-normal weights around {experiment_proportions._CENTRE}" in PAGE
    assert f"worth {sample._PRIOR_USERS:,.0f} users" in PAGE
    assert f"one of {1 / sample.ALPHA:,.0f} experiments" in PAGE
