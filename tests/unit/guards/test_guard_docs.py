"""docs/guards.md says what the code does."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from tminus.guards import GuardSettings

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
    assert "{" + ", ".join(f"{ratio:g}" for ratio in settings.ratios) + "}" in PAGE
