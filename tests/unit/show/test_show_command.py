"""`tminus show`: formats, files, and one line for every mistake."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from tminus.cli.commands import app


@pytest.fixture
def plan(tmp_path: Path, odd_text: str) -> Path:
    path = tmp_path / "plan.yaml"
    path.write_text(odd_text, encoding="utf-8")
    return path


def show(*words: str | Path) -> Result:
    return CliRunner().invoke(app, ["show", *map(str, words)])


FIRST = {"text": "Odd", "mermaid": "gantt", "ics": "BEGIN:VCALENDAR", "html": "<!doctype html>", "json": "{"}


@pytest.mark.parametrize(("form", "first"), FIRST.items())
def test_every_format_goes_to_the_screen_and_to_a_file_alike(form: str, first: str, plan: Path, tmp_path: Path) -> None:
    shown = show(plan, "--format", form)
    assert shown.exit_code == 0
    assert shown.stdout_bytes.lstrip().startswith(first.encode())
    assert show(plan, "--format", form, "-o", tmp_path / "out").exit_code == 0
    assert (tmp_path / "out").read_bytes() == shown.stdout_bytes


def test_json_tells_moments_with_the_offset_of_the_plans_zone(plan: Path) -> None:
    data = json.loads(show(plan, "--json").stdout)
    assert data["timeline"] == 1
    assert data["start"] == "2026-03-05T09:30:00-05:00"
    phase = data["phases"][0]
    assert phase["ends"] == {
        "dated": True,
        "earliest": "2026-03-12T10:30:00-04:00",
        "latest": "2026-03-12T10:30:00-04:00",
    }
    assert phase["gate"]["signers"] == ['Lead; "the" <boss>', "製品担当"]
    assert data["ends"]["latest"] is None
    assert data["triggers"] == [{"when": "canary error_rate > 1% for 2m"}]


def test_json_without_dates_counts_seconds(tmp_path: Path) -> None:
    path = tmp_path / "plan.yaml"
    path.write_text("tminus: 1\ntitle: T\nphases: [{ id: a, lasts: 1d..2d }]")
    data = json.loads(show(path, "--format", "json").stdout)
    assert data["start"] is None
    assert data["phases"][0]["ends"] == {"dated": False, "earliest": 86400.0, "latest": 172800.0}


def test_start_gives_a_plan_its_dates(tmp_path: Path) -> None:
    path = tmp_path / "plan.yaml"
    path.write_text("tminus: 1\ntitle: T\ntimezone: Asia/Tokyo\nphases: [{ id: a, lasts: 1d }]")
    assert "DTSTART:20260112T000000Z" in show(path, "--format", "ics", "--start", "2026-01-12T09:00").stdout
    refused = show(path, "--format", "ics")
    assert refused.exit_code == 2
    assert refused.stdout == ""


@pytest.mark.parametrize("start", ["tomorrow", "2026-01-12T09:00+01:00", "0001-01-01", "9999-12-31"])
def test_a_start_that_is_none_is_one_line(plan: Path, start: str) -> None:
    refused = show(plan, "--start", start)
    assert refused.exit_code == 2
    assert len(refused.stderr.splitlines()) == 1


def test_a_wrong_plan_tells_its_problems_as_check_does(tmp_path: Path) -> None:
    path = tmp_path / "plan.yaml"
    path.write_text("tminus: 1\ntitle: T\nphases: [{ id: a, lasts: soon }]")
    refused = show(path)
    assert refused.exit_code == 2
    assert "bad-duration" in refused.stderr
    assert json.loads(show(path, "--json").stdout)["error"]["code"] == "plan-invalid"


def test_a_file_that_cannot_be_written_is_one_line_and_leaves_nothing_behind(plan: Path, tmp_path: Path) -> None:
    refused = show(plan, "-o", tmp_path / "nowhere" / "out.html")
    assert refused.exit_code == 2
    assert "cannot be written" in refused.stderr
    (tmp_path / "taken").mkdir()
    assert show(plan, "-o", tmp_path / "taken").exit_code == 2
    assert sorted(one.name for one in tmp_path.iterdir()) == ["plan.yaml", "taken"]


def test_a_file_that_is_there_is_replaced_and_keeps_its_rights(plan: Path, tmp_path: Path) -> None:
    out = tmp_path / "out.txt"
    out.write_text("old")
    out.chmod(0o640)
    assert show(plan, "-o", out).exit_code == 0
    assert out.read_text(encoding="utf-8").startswith("Odd")
    assert out.stat().st_mode & 0o777 == 0o640


def test_a_device_is_written_to_and_never_replaced(plan: Path) -> None:
    assert show(plan, "-o", "/dev/null").exit_code == 0
    assert Path("/dev/null").is_char_device()


def test_a_link_stays_a_link_and_its_file_is_replaced(plan: Path, tmp_path: Path) -> None:
    (tmp_path / "real.txt").write_text("old")
    (tmp_path / "link.txt").symlink_to(tmp_path / "real.txt")
    assert show(plan, "-o", tmp_path / "link.txt").exit_code == 0
    assert (tmp_path / "link.txt").is_symlink()
    assert (tmp_path / "real.txt").read_text(encoding="utf-8").startswith("Odd")


def test_overlays_are_laid_over_the_plan(plan: Path, tmp_path: Path) -> None:
    over = tmp_path / "over.yaml"
    over.write_text("title: Laid over")
    assert show(plan, over).stdout.startswith("Laid over")
