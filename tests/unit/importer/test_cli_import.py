"""`tminus import`: what goes where, reports for people and for scripts, one line for every mistake."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from tminus.cli.commands import app
from tminus.plan import read_plan_text

PAGE = """# Shop launch plan

## Phase 1: Beta (1 week)

- [x] Load test
- [ ] Database backup

### Success criteria

- Error rate < 0.1%
- Uptime > 99.5%

## Environment variables

```bash
DATABASE_URL=postgresql://shop:hunter2-hunter2@db:5432/shop
JWT_SECRET=sk_live_4eC39HqLyjWDarjtT1zdp7dc
```
"""


@pytest.fixture
def page(tmp_path: Path) -> Path:
    path = tmp_path / "page.md"
    path.write_text(PAGE, encoding="utf-8")
    return path


def run(*words: object, stdin: str | bytes | None = None) -> Result:
    return CliRunner().invoke(app, ["import", *map(str, words)], input=stdin)


def test_the_plan_goes_to_the_screen_and_to_a_file_alike(page: Path, tmp_path: Path) -> None:
    shown = run(page)
    assert shown.exit_code == 0
    plan = read_plan_text(shown.stdout)
    assert [task.do for task in plan.phases[0].tasks] == ["Load test", "Database backup"]
    done = run(page, "-o", tmp_path / "plan.yaml")
    assert done.exit_code == 0
    assert "2 boxes" in done.stdout
    assert (tmp_path / "plan.yaml").read_text(encoding="utf-8") == shown.stdout


def test_a_dash_reads_the_standard_input(page: Path) -> None:
    shown = run("-", stdin=PAGE)
    assert shown.exit_code == 0
    assert shown.stdout == run(page).stdout


def test_no_secret_is_shown_anywhere(page: Path, tmp_path: Path) -> None:
    shown = [run(page), run(page, "--report"), run(page, "--report", "json"), run(page, "-o", tmp_path / "p", "--json")]
    for result in shown:
        assert result.exit_code == 0
        assert "JWT_SECRET" in result.stdout or "variables" in result.stdout or "DATABASE_URL" in result.stdout
        assert "hunter2" not in result.stdout
        assert "sk_live" not in result.stdout
    assert "hunter2" not in (tmp_path / "p").read_text(encoding="utf-8")


@pytest.mark.parametrize("words", [["--report"], ["--report", "text"], ["--report=text"]])
def test_the_report_for_people_needs_no_kind(words: list[str], page: Path) -> None:
    for order in ([*words, page], [page, *words]):
        told = run(*order)
        assert told.exit_code == 0
        assert "all accounted for" in told.stdout
        assert "tminus: 1" not in told.stdout


def test_the_whole_account_is_json(page: Path, tmp_path: Path) -> None:
    data = json.loads(run(page, "--report", "json").stdout)
    assert data["report"] == 1
    assert data["page"] == "page.md"
    filled = [number for number, line in enumerate(PAGE.split("\n"), start=1) if line.strip()]
    assert [entry["line"] for entry in data["accounting"]] == filled
    assert sum(data["lines"][key] for key in ("mapped", "notes", "structure", "repeated")) == len(filled)
    assert {"metric `error_rate` has no source", "metric `uptime` has no source"} <= {
        one["what"] for one in data["open"]
    }
    written = json.loads(run(page, "-o", tmp_path / "plan.yaml", "--json").stdout)
    assert written == data | {"output": str(tmp_path / "plan.yaml"), "written": True}


def test_the_same_page_again_changes_nothing_and_says_so(page: Path, tmp_path: Path) -> None:
    output = tmp_path / "plan.yaml"
    run(page, "-o", output)
    before = output.read_bytes()
    again = run(page, "-o", output)
    assert again.exit_code == 0
    assert "nothing to do" in again.stdout
    assert output.read_bytes() == before


def test_an_edited_page_is_merged_and_what_changed_is_shown(page: Path, tmp_path: Path) -> None:
    output = tmp_path / "plan.yaml"
    run(page, "-o", output)
    mine = output.read_text(encoding="utf-8").replace("title: Error rate,", "title: Error rate, attest: cto,")
    mine = mine.replace("metrics:\n", "roles: { cto: { title: CTO } }\n\nmetrics:\n", 1)
    output.write_text(mine, encoding="utf-8")
    page.write_text(
        PAGE.replace("0.1%", "0.2%").replace("- [ ] Database backup", "- [x] Database backup"), encoding="utf-8"
    )

    looked = run(page, "-o", output, "--dry-run")
    assert looked.exit_code == 0
    assert "error_rate < 0.1% → error_rate < 0.2%" in looked.stdout
    assert output.read_text(encoding="utf-8") == mine

    data = json.loads(run(page, "-o", output, "--json").stdout)
    assert sorted(change["what"] for change in data["merged"]["changes"]) == ["added", "changed"]
    text = output.read_text(encoding="utf-8")
    assert "attest: cto," in text
    assert "error_rate < 0.2%" in text
    assert read_plan_text(text).phases[0].tasks[1].done


def test_a_file_that_no_import_has_written_is_left_alone(page: Path, tmp_path: Path) -> None:
    output = tmp_path / "plan.yaml"
    output.write_text("tminus: 1\n", encoding="utf-8")
    refused = run(page, "-o", output)
    assert refused.exit_code == 2
    assert "no import has written it" in refused.stderr
    assert output.read_text(encoding="utf-8") == "tminus: 1\n"


def test_every_mistake_is_one_line_with_what_to_do(page: Path, tmp_path: Path) -> None:
    folder = tmp_path / "folder"
    folder.mkdir()
    binary, empty, large = tmp_path / "a.png", tmp_path / "empty.md", tmp_path / "large.md"
    binary.write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 40)
    empty.write_bytes(b"\n \n")
    large.write_bytes(b"# A\n" * 13_000_000)
    wrong = [
        (tmp_path / "nope.md",), (folder,), (binary,), (empty,), (large,), ("",), ("a\0b",),
        (page, "-o", folder), (page, "-o", tmp_path / "nowhere" / "plan.yaml"), (page, "-o", binary),
    ]  # fmt: skip
    for words in wrong:
        result = run(*words)
        assert result.exit_code == 2, words
        assert isinstance(result.exception, SystemExit), words
        assert len(result.stderr.strip().splitlines()) == 1, result.stderr
        assert "(" in result.stderr, words
        told = json.loads(run(*words, "--json").stdout)
        assert told["error"]["code"]
        assert told["error"]["hint"]


def test_a_file_that_cannot_be_written_is_said(page: Path) -> None:
    told = run(page, "-o", page / "plan.yaml")
    assert (told.exit_code, len(told.stderr.strip().splitlines())) == (2, 1)
    assert "cannot be written" in told.stderr


def test_the_page_that_says_nothing_gives_a_plan_that_keeps_its_lines(tmp_path: Path) -> None:
    path = tmp_path / "page.md"
    path.write_text("Lunch is at noon.\n\nBring a jacket.\n", encoding="utf-8")
    plan = read_plan_text(run(path).stdout)
    assert [phase.id for phase in plan.phases] == ["launch"]
    assert plan.phases[0].tasks == ()
    assert {"Lunch is at noon.", "Bring a jacket."} <= {*plan.phases[0].notes, *plan.notes, plan.summary, plan.title}
