"""What `tminus experiments` prints: intervals as lines of text, and what is said where nothing is measured."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from tminus.app.clock import SystemClock
from tminus.app.launching import begin_or_continue
from tminus.cli.commands import app
from tminus.cli.intervals import WIDTH, draw
from tminus.plan.reading import read_plan_text
from tminus.store import SqlEventLog

PLAN = """
tminus: 1
title: Button
metrics: { buyers: { source: events, of: opened, did: bought, within: 1d } }
flags: { button: { variants: { plain: 0, green: 1 }, default: plain } }
experiments:
  button: { title: "Which [button]", flag: button, arms: { plain: 50%, green: 50% }, to: 20%, metrics: { buyers: more } }
phases: [{ id: only, title: The only one, exit: [variant green of button is better on buyers] }]
"""


def test_an_interval_is_drawn_with_its_ends_its_middle_zero_and_the_margin() -> None:
    line = draw(0.02, 0.06, 0.1, 0.2, -0.02)
    assert len(line) == WIDTH
    assert line[WIDTH // 2] == "│"
    assert line.index("┊") == WIDTH // 2 - 2
    assert (line.index("├"), line.index("●"), line.index("┤")) == (22, 26, 30)


def test_what_has_no_limit_or_one_beyond_the_line_ends_in_an_arrow() -> None:
    assert draw(None, 0.0, None, 0.2, -0.02)[0] == "◂"
    assert draw(None, 0.0, None, 0.2, -0.02)[-1] == "▸"
    assert draw(-0.1, 0.0, 3.0, 0.2, -0.02).count("▸") == 1


def test_before_anything_is_measured_only_zero_and_the_margin_stand_there() -> None:
    assert set(draw(None, None, None, 0.2, -0.02)) == {" ", "│", "┊"}


@pytest.mark.parametrize(
    ("plan", "says"), [(PLAN, "waits for The only one (50 % green, 50 % plain)"), ("", "no experiments")]
)
def test_a_launch_that_nobody_drives_says_what_it_has_and_measures_nothing(
    tmp_path: Path, plan: str, says: str
) -> None:
    text = plan or "tminus: 1\ntitle: Plain\nphases: [{ id: only }]\n"
    begin_or_continue(SqlEventLog(tmp_path / "log.sqlite"), read_plan_text(text), "one", 1.0, SystemClock(), "ann")
    printed = CliRunner().invoke(app, ["experiments", "--data", str(tmp_path)])
    assert printed.exit_code == 0
    assert says in printed.stdout
    assert ("Which [button]" in printed.stdout) is bool(plan)
    found = json.loads(CliRunner().invoke(app, ["experiments", "--data", str(tmp_path), "--json"]).stdout)
    assert (found["measured"], len(found["experiments"])) == (False, int(bool(plan)))
