"""docs/guards.md says what the code does."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from tminus.guards import GuardSettings
from tminus.guards.onset import onset_weight
from tminus.guards.process import ABSOLUTE_STAKE

PAGE = (Path(__file__).parents[3] / "docs" / "guards.md").read_text(encoding="utf-8")


def test_the_example_runs_and_rolls_back() -> None:
    found = re.search(r"```python\n(.*?)```", PAGE, re.DOTALL)
    assert found is not None
    names: dict[str, Any] = {}
    exec(found.group(1), names)
    assert names["roll_back"] is True
    assert names["sentence"].startswith("6 failures in 102 canary users against 1 in 1,898; evidence of harm ")


def test_the_defaults_are_those_of_the_code() -> None:
    settings = GuardSettings()
    assert f"The default is **{settings.dead_band}**" in PAGE
    assert f"**α = {settings.alpha}** is the default" in PAGE
    ratios = settings.prior.ratios
    assert f"the capital is split over {len(ratios)} ratios" in PAGE
    assert ", ".join(f"{ratio:.2f}" for ratio in ratios[:3]) + f", ... up to {ratios[-1]:.0f}" in PAGE
    assert f"w_0 = {onset_weight(0):.2f}" in PAGE
    assert f"E = {1 - ABSOLUTE_STAKE:g}·E_rel + {ABSOLUTE_STAKE:g}·E_abs" in PAGE
    assert f"For {settings.burn_in_seconds:.0f} seconds" in PAGE
