"""docs/promotion.md says what the code does."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from typer.testing import CliRunner

from tminus.cli.commands import app
from tminus.guards.promotion import MARGINS, MARGINS_OF_SUCCESS

ROOT = Path(__file__).parents[3]
PAGE = (ROOT / "docs" / "promotion.md").read_text(encoding="utf-8")


def test_the_example_runs_and_says_how_long_it_still_takes() -> None:
    found = re.search(r"```python\n(.*?)```", PAGE, re.DOTALL)
    assert found is not None
    names: dict[str, Any] = {}
    exec(found.group(1), names)
    assert names["seen"].shown is False
    assert re.fullmatch(
        r"in error rate the canary is at most [\d.]+ times as bad as the control, with 95 % confidence; "
        r"2 times is asked for, about \d+ min more",
        names["words"],
    )


def test_the_margins_are_those_of_the_code() -> None:
    for name, margins in (("errors, latency", MARGINS), ("successes", MARGINS_OF_SUCCESS)):
        assert f"| {name} | " + " | ".join(f"{one:g}" for one in margins) + " |" in PAGE


def test_the_advice_shown_is_what_the_command_says_of_the_example() -> None:
    plan = str(ROOT / "examples" / "profile-enhancement" / "plan.yaml")
    told = CliRunner().invoke(app, ["advise", plan, "--traffic", "100/s", "--errors", "0.1%"], env={"COLUMNS": "80"})
    shown = PAGE.partition("$ tminus advise plan.yaml --traffic 100/s --errors 0.1%\n")[2].partition("```")[0]
    words = [line.split() for line in told.output.splitlines()]
    assert shown
    assert [line.split() for line in shown.rstrip().splitlines()] == words[: len(shown.rstrip().splitlines())]
