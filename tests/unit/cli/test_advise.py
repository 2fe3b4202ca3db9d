"""`tminus advise`: what stages need, for people and for scripts."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from ruamel.yaml import YAML
from typer.testing import CliRunner, Result

from tminus.cli.commands import app
from tminus.plan import read_plan_text

ROOT = Path(__file__).parents[3]
PROFILE = ROOT / "examples" / "profile-enhancement" / "plan.yaml"
PLAN = """\
tminus: 1
title: New checkout
roles: { lead: { people: [Ann] } }
metrics: { errors: { source: events, bad: 'request{error="true"}', total: request } }
flags: { checkout: { variants: { on: true, off: false }, default: off } }
EXPECTED
phases:
  - id: release
    rollout:
      flag: checkout
      guards: [errors]
      STAGES
    go: [lead]
"""
STAGES = (
    "stages: [{ title: Some, to: 5%, for: 1h }, { title: Half, to: 50%, for: 1d }, { title: All, to: 100%, for: 2d }]"
)
EXPECTED = "expected: { traffic: 100/s, errors: 0.1% }"


def advise(*words: str) -> Result:
    return CliRunner().invoke(app, ["advise", *words], env={"COLUMNS": "80"})


def plan_at(folder: Path, expected: str = EXPECTED, stages: str = STAGES) -> str:
    path = folder / "plan.yaml"
    path.write_text(PLAN.replace("EXPECTED", expected).replace("STAGES", stages), encoding="utf-8")
    return str(path)


def test_every_stage_of_the_example_is_advised_on_and_no_line_is_too_long_for_a_terminal() -> None:
    result = advise(str(PROFILE), "--traffic", "100/s", "--errors", "0.1%")
    assert result.exit_code == 0
    assert re.search(r"Internal beta +5 % +1 w +\d+ min, < 3.5x +\d+ min +\d+ failed\n", result.output)
    assert "no control" in result.output
    rows = [line for line in result.output.splitlines() if " % " in line and "beta" in line]
    assert len(rows) == 3
    assert max(map(len, rows)) <= 80


def test_the_plan_says_traffic_and_errors_where_it_has_them(tmp_path: Path) -> None:
    told = advise(plan_at(tmp_path, "expected: {}"), "--traffic", "100/s", "--errors", "0.1%", "--json")
    known = advise(plan_at(tmp_path), "--json")
    assert json.loads(told.output) == json.loads(known.output)
    assert json.loads(known.output)["missing"] == []


def test_what_nobody_has_said_is_said_with_its_option(tmp_path: Path) -> None:
    result = advise(plan_at(tmp_path, "expected: {}"))
    assert result.exit_code == 0
    assert "--traffic 100/s" in result.output
    assert "--errors 0.2%" in result.output
    assert re.search(r"Some +5 % +1 h +\? +\? +\?", result.output)
    data = json.loads(advise(plan_at(tmp_path, "expected: {}"), "--json").output)
    assert data["missing"] == ["traffic", "errors"]
    assert data["rollouts"][0]["stages"][0]["clear_seconds"] is None


def test_the_ladder_that_it_prints_can_be_pasted_into_the_plan(tmp_path: Path) -> None:
    output = advise(plan_at(tmp_path)).output
    pasted = output[output.index("stages:") :].rstrip()
    indented = pasted.replace("\n", "\n      ")
    plan = read_plan_text(PLAN.replace("EXPECTED", EXPECTED).replace("STAGES", indented))
    rollout = plan.phases[0].rollout
    assert rollout is not None
    recommended = json.loads(advise(plan_at(tmp_path), "--json").output)["rollouts"][0]["recommended"]
    assert [stage.to for stage in rollout.stages] == [*(one["to"] for one in recommended), 1.0]
    assert [stage.bakes.seconds for stage in rollout.stages] == [
        *(one["for_seconds"] for one in recommended),
        2 * 86_400,
    ]
    assert YAML(typ="safe").load(pasted).keys() == {"stages"}


def test_less_harm_means_a_smaller_first_share(tmp_path: Path) -> None:
    first = [
        json.loads(advise(plan_at(tmp_path), "--harm", harm, "--json").output)["rollouts"][0]["first_share"]
        for harm in ("17", "25", "100")
    ]
    assert first == sorted(first)
    assert first[0] < first[-1]


def test_a_regression_that_costs_more_than_one_accepts_at_any_share_is_said(tmp_path: Path) -> None:
    result = advise(plan_at(tmp_path), "--regression", "1.2x")
    assert "No share is small enough: 1.2 times as many errors" in result.output
    assert "--harm" in result.output


def test_two_guards_share_one_alpha_and_see_a_little_later(tmp_path: Path) -> None:
    path = Path(plan_at(tmp_path))
    one = json.loads(advise(str(path), "--json").output)["rollouts"][0]["stages"][0]["see_seconds"]
    text = path.read_text(encoding="utf-8").replace("[errors]", "[errors, crashes]")
    text = text.replace(
        "total: request } }", "total: request }, crashes: { source: events, bad: crash, total: request } }"
    )
    path.write_text(text, encoding="utf-8")
    two = json.loads(advise(str(path), "--json").output)["rollouts"][0]["stages"][0]["see_seconds"]
    assert one < two < 1.2 * one


def test_the_margin_of_the_plan_and_a_stage_that_need_not_show_anything_count(tmp_path: Path) -> None:
    stages = (
        "stages: [{ to: 5%, for: 1h, evidence: { margin: 2, confidence: 99% } }, "
        "{ to: 50%, for: 1d, evidence: { needed: false } }, { to: 100% }]"
    )
    found = json.loads(advise(plan_at(tmp_path, stages=stages), "--json").output)["rollouts"][0]["stages"]
    usual = json.loads(advise(plan_at(tmp_path), "--json").output)["rollouts"][0]["stages"]
    assert found[0]["margin"] == 2
    assert found[0]["clear_seconds"] > usual[0]["clear_seconds"]
    assert found[1]["clear_seconds"] == 0
    assert "not asked for" in advise(plan_at(tmp_path, stages=stages)).output


def test_a_hold_back_is_a_control_and_without_one_it_is_proposed(tmp_path: Path) -> None:
    everybody = "stages: [{ title: All, to: 100%, for: 1d }]"
    assert "holdback: 5%" in advise(plan_at(tmp_path, stages=everybody)).output
    held = json.loads(advise(plan_at(tmp_path, stages=f"holdback: 5%\n      {everybody}"), "--json").output)
    assert held["rollouts"][0]["stages"][0]["see_seconds"] > 0


def test_a_plan_without_a_rollout_has_nothing_to_be_advised_on(tmp_path: Path) -> None:
    path = tmp_path / "plan.yaml"
    path.write_text("tminus: 1\ntitle: None\nroles: { lead: {} }\nphases: [{ id: a, go: [lead] }]\n", encoding="utf-8")
    assert "no rollout" in advise(str(path)).output
    assert json.loads(advise(str(path), "--json").output)["rollouts"] == []


@pytest.mark.parametrize(
    "options",
    [
        ("--traffic", "much"),
        ("--traffic", "5%"),
        ("--traffic", "0/s"),
        ("--errors", "100%"),
        ("--errors", "0%"),
        ("--errors", "3/s"),
        ("--regression", "1x"),
        ("--regression", "twice"),
        ("--harm", "0"),
        ("--harm", "nan"),
    ],
)
def test_a_value_that_cannot_be_is_refused_in_one_line(options: tuple[str, str], tmp_path: Path) -> None:
    result = advise(plan_at(tmp_path), *options)
    assert result.exit_code == 2
    assert options[0] in result.stderr
    assert "Traceback" not in result.stderr
