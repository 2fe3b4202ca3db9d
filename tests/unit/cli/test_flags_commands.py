"""`tminus flags export|import|why|stale` as typed."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from tminus.app.clock import SystemClock
from tminus.app.launching import begin_or_continue
from tminus.cli.commands import app
from tminus.plan import read_plan
from tminus.plan.reading import read_plan_text
from tminus.store import SqlEventLog

PLAN = """
tminus: 1
title: Page
roles: { lead: {} }
flags: { page: { title: The page }, cart: { owner: lead, expires: 2099-12-31T00:00:00 } }
cohorts: { staff: { users: [ann] } }
phases: [{ id: release, rollout: { flag: page, stages: [{ id: few, to: 50%, cohorts: [staff] }] } }]
"""


def run(*words: object) -> Result:
    return CliRunner().invoke(app, ["flags", *map(str, words)])


@pytest.fixture
def plan(tmp_path: Path) -> Path:
    path = tmp_path / "plan.yaml"
    path.write_text(PLAN)
    return path


@pytest.fixture
def served(tmp_path: Path) -> Path:
    begin_or_continue(SqlEventLog(tmp_path / "log.sqlite"), read_plan_text(PLAN), "one", 1.0, SystemClock(), "ann")
    return tmp_path


def test_a_plan_goes_out_and_comes_back(plan: Path, tmp_path: Path) -> None:
    file = tmp_path / "flags.json"
    assert "2 flags" in run("export", plan, "--at", "10%", "-o", file).output
    back = run("import", file)
    assert back.exit_code == 0
    assert "title: The page" in back.output
    assert json.loads(run("import", file, "--json").output)["plan"]["cohorts"] == {"staff": {"users": ["ann"]}}


def test_what_an_export_comes_back_as_lies_over_the_plan_and_keeps_the_rollouts_as_comments(
    plan: Path, tmp_path: Path
) -> None:
    out, back = tmp_path / "out.json", tmp_path / "back.yaml"
    run("export", plan, "-o", out)
    assert run("import", out, "-o", back).exit_code == 0
    assert read_plan([plan, back]).model_dump() == read_plan([plan]).model_dump()
    assert "# rollouts:\n#   release:\n#     flag: page\n" in back.read_text()


def test_an_import_that_would_move_users_stops_until_it_is_allowed(plan: Path, tmp_path: Path) -> None:
    file, part = tmp_path / "flags.json", tmp_path / "part.yaml"
    run("export", plan, "--at", "10%", "-o", file)
    stopped = run("import", file, "--against", plan, "-o", part)
    assert stopped.exit_code == 2
    assert "this moves 10 % of users (10 % from off to on)" in stopped.output
    assert not part.exists()
    assert run("import", file, "--against", plan, "--allow-moves", "-o", part).exit_code == 0
    assert part.exists()


def test_a_csv_of_users_becomes_a_cohort(tmp_path: Path) -> None:
    file = tmp_path / "beta users.csv"
    file.write_text("name,id\nAnn,u1\nBob,u2\n")
    assert run("import", file, "--column", "id").output == "cohorts:\n  beta-users:\n    users:\n    - u1\n    - u2\n"
    assert json.loads(run("import", file, "--json").output)["plan"]["cohorts"]["beta-users"]["users"] == [
        "name",
        "Ann",
        "Bob",
    ]


def test_why_tells_conditions_bucket_and_arm(plan: Path, tmp_path: Path) -> None:
    file = tmp_path / "flags.json"
    run("export", plan, "--at", "10%", "-o", file)
    told = run("why", "page", "--key", "bob", "--context", '{"country": "CA"}', "--file", file).output
    assert 'targetingKey is "ann": no' in told
    assert "of 100000" in told
    data = json.loads(run("why", "page", "--key", "ann", "--file", file, "--json").output)
    assert (data["variant"], data["reason"], data["steps"][0]["holds"]) == ("on", "TARGETING_MATCH", True)


def test_without_a_file_the_running_launch_is_asked(served: Path) -> None:
    told = run("why", "page", "--key", "bob", "--data", served)
    assert told.exit_code == 0
    assert "the flag has no rule" in told.output


def test_stale_flags_are_listed_with_the_places_in_the_sources(served: Path, tmp_path: Path) -> None:
    sources = tmp_path / "sources"
    (sources / "node_modules").mkdir(parents=True)
    (sources / "shop.py").write_text("first\nif flags.on('cart'):\n    cartoon()\n")
    (sources / "node_modules" / "cart.js").write_text("cart")
    told = run("stale", "--days", "0", "--code", sources, "--data", served).output
    assert "nobody has on" in told
    assert "shop.py:2" in told
    found = {
        one["flag"]: one
        for one in json.loads(run("stale", "--days", "0", "--code", sources, "--data", served, "--json").output)
    }
    assert (found["cart"]["places"], found["page"]["places"]) == (["shop.py:2"], [])
    assert (found["cart"]["owner"], found["page"]["owner"]) == ("lead", "")
    assert "for 0 days; expires on 2099-12-31; lead owns it" in " ".join(told.split())
    assert "No flag has been" in run("stale", "--data", served).output


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["export", "PLAN", "--at", "500"], "percentage"),
        (["import", "nowhere.json"], "cannot be read"),
        (["import", "PLAN.txt"], "is not JSON"),
        (["why", "page", "--key", "u", "--context", "{", "--file", "PLAN"], "--context is not JSON"),
        (["why", "page", "--key", "u", "--context", "[]", "--file", "PLAN"], "must be an object"),
        (["why", "pagee", "--key", "u", "--file", "PLAN"], "there is no flag pagee (did you mean page?)"),
        (["import", "BROKEN"], "broken.json: flag 'f', defaultVariant"),
        (["stale", "--data", "nowhere"], "there is no launch"),
    ],
)
def test_bad_input_is_one_line_with_what_to_do(words: list[str], says: str, plan: Path) -> None:
    plan.with_suffix(".txt").write_text("tminus: 1")
    broken = plan.with_name("broken.json")
    flag = {"state": "ENABLED", "variants": {"on": True}, "defaultVariant": "off"}
    broken.write_text(json.dumps({"flags": {"f": flag}}))
    names = {"PLAN": plan, "PLAN.txt": plan.with_suffix(".txt"), "BROKEN": broken}
    result = run(*(names.get(word, word) for word in words))
    assert result.exit_code in (2, 3)
    assert says in " ".join(result.output.split())
    assert "Traceback" not in result.output


def test_a_foreign_definition_comes_in_is_launched_over_a_plan_and_says_what_stays_behind(tmp_path: Path) -> None:
    rule = {"if": [{"cat": []}, "on", {"fractional": [["on", 20], ["off", 80]]}]}
    flag = {"state": "ENABLED", "variants": {"on": True, "off": False}, "defaultVariant": "off", "targeting": rule}
    file, part, plan = tmp_path / "foreign.json", tmp_path / "part.yaml", tmp_path / "plan.yaml"
    file.write_text(json.dumps({"flags": {"page": flag, "page v2": flag}}))
    plan.write_text(PLAN)
    came = run("import", file, "-o", part)
    assert "page v2: a flag's name in a plan has letters" in came.stderr
    assert "targeting: {if: [{cat: []}, on, {fractional: [[on, 20], [off, 80]]}]}" in part.read_text()
    out = run("export", plan, part)
    assert "flagd's schema has no such rule" in out.stderr
    assert json.loads(out.stdout)["flags"]["page"] == flag


def test_an_import_with_another_rule_says_whom_it_moves(plan: Path, tmp_path: Path) -> None:
    flag = {"state": "ENABLED", "variants": {"on": True, "off": False}, "defaultVariant": "off"}
    file = tmp_path / "foreign.json"
    file.write_text(json.dumps({"flags": {"page": flag | {"targeting": {"fractional": [["on", 1], ["off", 3]]}}}}))
    stopped = run("import", file, "--against", plan)
    assert stopped.exit_code == 2
    assert "page: this moves 25 % of users (25 % from off to on)" in stopped.output


def test_a_flag_that_a_list_of_flags_does_not_have_is_refused_with_the_nearest(tmp_path: Path) -> None:
    file = tmp_path / "flags.json"
    flag = {"key": "cart", "state": "ENABLED", "variants": {"on": True}, "defaultVariant": "on"}
    file.write_text(json.dumps({"flags": [flag]}))
    refused = run("why", "card", "--key", "u", "--file", file)
    assert refused.exit_code == 2
    assert "there is no flag card (did you mean cart?)" in refused.output


def test_several_faulty_flags_are_told_with_their_file(tmp_path: Path) -> None:
    file = tmp_path / "flags.json"
    flag = {"state": "ENABLED", "variants": {"on": True}, "defaultVariant": "no"}
    file.write_text(json.dumps({"flags": {"a": flag, "b": flag}}))
    refused = run("import", file)
    assert refused.exit_code == 2
    assert f"{file}: 2 flags cannot be served" in refused.output.replace("\n", "")
