"""`tminus check`: exit codes, and the same findings for people, scripts, GitHub and code scanning."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from tminus import __version__
from tminus.cli.commands import app
from tminus.cli.findings import as_github, as_sarif
from tminus.errors import Problem

CLEAN = "tminus: 1\ntitle: Clean\nroles: { lead: { people: [Ann] } }\nphases: [{ id: a, go: [lead] }]\n"
WARNED = CLEAN + "cohorts: { staff: {} }\n"
WAIVED = WARNED + "waive: [{ code: empty-cohort, at: cohorts.staff, because: They sign up on the day }]\n"
WRONG = CLEAN + "timezone: Nowhere\ncohorts: { staff: {} }\n"


def check(path: Path, text: str, *options: str) -> Result:
    path.write_text(text, encoding="utf-8")
    return CliRunner().invoke(app, ["check", str(path), *options])


@pytest.fixture
def path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """plan.yaml in a folder below the one that the command runs in."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "launch plans").mkdir()
    return tmp_path / "launch plans" / "plan.yaml"


@pytest.mark.parametrize("form", ["text", "json", "github", "sarif"])
@pytest.mark.parametrize(
    ("text", "usual", "strict"), [(CLEAN, 0, 0), (WARNED, 0, 2), (WAIVED, 0, 0), (WRONG, 2, 2), ("a: [", 2, 2)]
)
def test_errors_fail_and_warnings_only_where_it_is_strict(
    form: str, text: str, usual: int, strict: int, path: Path
) -> None:
    assert check(path, text, "--format", form).exit_code == usual
    assert check(path, text, "--format", form, "--strict").exit_code == strict


def test_a_file_that_is_not_there_is_a_finding_in_every_format(tmp_path: Path) -> None:
    for form in ("text", "json", "github", "sarif"):
        told = CliRunner().invoke(app, ["check", str(tmp_path / "none.yaml"), "--format", form])
        assert told.exit_code == 2
        assert "no-file" in told.stdout


def test_people_get_one_line_a_finding_and_the_reason_of_a_waiver(path: Path) -> None:
    warned = check(path, WARNED).stdout.splitlines()
    assert len(warned) == 2
    assert re.search(r"^warning .*plan\.yaml:5:12: empty-cohort: nobody is in", warned[0])
    assert warned[1].endswith("Clean: 1 phase, 0 stages, 1 warning")
    waived = check(path, WAIVED).stdout.splitlines()
    assert waived[0].startswith("waived ")
    assert waived[0].endswith("(waived: They sign up on the day)")
    assert waived[1].endswith("Clean: 1 phase, 0 stages")


def test_a_reason_cannot_send_escape_sequences_to_the_terminal(path: Path) -> None:
    text = WAIVED.replace("They sign up on the day", '"red \\e[31m\\n[bold]two[/bold]"')
    shown = check(path, text).stdout
    assert "\x1b" not in shown
    assert "[bold]two[/bold])" in shown.splitlines()[0]


def test_scripts_get_every_field(path: Path) -> None:
    data = json.loads(check(path, WAIVED, "--json").stdout)
    assert data["ok"] is True
    [problem] = data["problems"]
    assert (problem["code"], problem["severity"], problem["place"]) == ("empty-cohort", "warning", "cohorts.staff")
    assert problem["waived"] == "They sign up on the day"
    assert json.loads(check(path, WRONG, "--format", "json").stdout)["ok"] is False
    assert json.loads(check(path, WARNED, "--json", "--strict").stdout)["ok"] is False


def test_github_shows_each_finding_at_its_line(path: Path) -> None:
    error, warning = check(path, WRONG, "--format", "github").stdout.splitlines()
    assert error.startswith("::error file=")
    assert "plan.yaml,line=5,col=11,title=unknown-timezone::" in error
    assert warning.startswith("::warning file=")
    [notice] = check(path, WAIVED, "--format", "github").stdout.splitlines()
    assert notice.startswith("::notice file=")
    assert check(path, CLEAN, "--format", "github").stdout == ""


def test_words_of_a_plan_cannot_break_out_of_a_workflow_command() -> None:
    problem = Problem("a,b:c%\n.yaml", 1, 2, "code", "100% of a: b, c", "write\n::error::x", waived="no\r\n::stop::")
    [line] = as_github([problem])
    assert line == (
        "::notice file=a%2Cb%3Ac%25%0A.yaml,line=1,col=2,title=code"
        "::100%25 of a: b, c; write ::error::x (waived: no%0D%0A::stop::)"
    )


def sarif(path: Path, text: str) -> Any:
    return json.loads(check(path, text, "--format", "sarif").stdout)


@pytest.mark.parametrize("text", [CLEAN, WARNED, WAIVED, WRONG, "a: ["])
def test_sarif_has_what_the_standard_requires(text: str, path: Path) -> None:
    log = sarif(path, text)
    assert log["version"] == "2.1.0"
    assert log["$schema"].endswith("sarif-2.1.0.json")
    [run] = log["runs"]
    driver = run["tool"]["driver"]
    assert (driver["name"], driver["semanticVersion"]) == ("tminus check", __version__)
    assert run["columnKind"] in ("utf16CodeUnits", "unicodeCodePoints")
    ids = [rule["id"] for rule in driver["rules"]]
    assert ids == sorted(set(ids))
    for rule in driver["rules"]:
        assert rule["shortDescription"]["text"]
        assert rule["defaultConfiguration"]["level"] in ("error", "warning")
    for result in run["results"]:
        assert ids[result["ruleIndex"]] == result["ruleId"]
        assert result["level"] in ("none", "note", "warning", "error")
        assert result["message"]["text"]
        [location] = result["locations"]
        region = location["physicalLocation"]["region"]
        assert region["startLine"] >= 1
        assert region["startColumn"] >= 1


def test_sarif_names_files_relative_to_where_the_command_ran(path: Path) -> None:
    [result] = sarif(path, WARNED)["runs"][0]["results"]
    uri = result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"]
    assert uri == "launch%20plans/plan.yaml"
    assert result["locations"][0]["logicalLocations"] == [{"fullyQualifiedName": "cohorts.staff"}]


def test_sarif_names_a_file_elsewhere_by_its_whole_address(path: Path, tmp_path: Path) -> None:
    log = as_sarif([Problem("/elsewhere/plan.yaml", 1, 1, "empty", "the file is empty")])
    location = log["runs"][0]["results"][0]["locations"][0]["physicalLocation"]
    assert location["artifactLocation"]["uri"] == "file:///elsewhere/plan.yaml"


def test_sarif_shows_a_waiver_as_a_suppression_with_its_reason(path: Path) -> None:
    [result] = sarif(path, WAIVED)["runs"][0]["results"]
    assert result["suppressions"] == [
        {"kind": "inSource", "status": "accepted", "justification": "They sign up on the day"}
    ]
    assert "suppressions" not in sarif(path, WARNED)["runs"][0]["results"][0]
