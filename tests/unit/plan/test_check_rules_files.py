"""Findings of the file itself, waivers, and the plans that must stay clean."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from tminus.errors import Problem
from tminus.plan.reading import examine_plan, examine_texts

Codes = Callable[[str], list[str]]
Check = Callable[[str], tuple[Problem, ...]]


def codes_of_file(path: Path) -> list[str]:
    return [problem.code for problem in examine_plan([path])[1]]


def test_a_file_that_is_not_there_or_is_a_folder_is_told(tmp_path: Path) -> None:
    assert codes_of_file(tmp_path / "plan.yaml") == ["no-file"]
    assert codes_of_file(tmp_path) == ["no-file"]


def test_a_file_of_another_encoding_is_told_with_its_place(tmp_path: Path) -> None:
    path = tmp_path / "plan.yaml"
    path.write_bytes("tminus: 1\ntitle: Zürich\n".encode("cp1252"))
    [problem] = examine_plan([path])[1]
    assert (problem.code, problem.line, problem.column) == ("not-utf8", 2, 9)


def test_a_file_that_is_too_large_or_too_deep_is_told(tmp_path: Path) -> None:
    path = tmp_path / "plan.yaml"
    path.write_text("title: " + "x" * 2_000_001)
    assert codes_of_file(path) == ["too-large"]
    path.write_text("notes: " + "[" * 50 + "]" * 50)
    assert codes_of_file(path) == ["too-deep"]


def test_a_file_with_a_byte_order_mark_and_dos_lines_is_a_plan(base: str, tmp_path: Path) -> None:
    path = tmp_path / "plan.yaml"
    path.write_bytes(b"\xef\xbb\xbf" + base.replace("\n", "\r\n").encode())
    assert codes_of_file(path) == []


LEAP = """\
phases:
  - id: release
    rollout:
      flag: checkout
      guards: [errors]
      stages: [{ title: All at once, to: 100%, for: 1d }]
    exit: [errors < 1%]
"""


@pytest.mark.parametrize("at", ["", "phases.release", "phases.release.rollout.stages.all-at-once", "phases"])
def test_a_waiver_covers_its_place_and_all_beneath(at: str, check: Check) -> None:
    [problem] = check(f"{LEAP}waive: [{{ code: stage-leap, at: '{at}', because: Nobody uses it yet }}]")
    assert (problem.code, problem.waived) == ("stage-leap", "Nobody uses it yet")


@pytest.mark.parametrize("at", ["phases.releas", "phases.release.rollout.stages.1", "kpis"])
def test_a_waiver_elsewhere_covers_nothing_and_is_told_where_the_finding_is(at: str, check: Check) -> None:
    leap, idle = check(f"{LEAP}waive: [{{ code: stage-leap, at: {at}, because: Why not }}]")
    assert (leap.code, leap.waived, idle.code) == ("stage-leap", "", "idle-waiver")
    assert leap.place in idle.hint


def test_an_error_cannot_be_waived(check: Check) -> None:
    found = check("timezone: Nowhere\nwaive: [{ code: unknown-timezone, because: We like it }]")
    assert [(one.code, one.waived) for one in found] == [("unknown-timezone", ""), ("idle-waiver", "")]
    assert "is an error" in found[1].message


def test_a_waiver_needs_a_reason(codes: Codes) -> None:
    assert codes("waive: [{ code: stage-leap }]") == ["missing-key"]


def test_a_waiver_holds_while_another_part_of_the_plan_is_mistaken(check: Check) -> None:
    waive = "waive: [{ code: stage-leap, because: Nobody uses it yet }]\nsumary: One page"
    assert [(one.code, bool(one.waived)) for one in check(LEAP + waive)] == [
        ("stage-leap", True),
        ("unknown-key", False),
    ]


def test_an_escalation_from_the_first_second_and_no_loss_at_all_last_no_time_and_may(codes: Codes) -> None:
    assert codes("escalation: [{ after: 0s, notify: [lead] }]\nrecovery: { rpo: 0s, drill: load-test }") == []
    assert codes("recovery: { rto: 0s, drill: load-test }") == ["zero-duration"]


def test_a_name_that_is_mistaken_and_aliased_is_told_once(base: str) -> None:
    text = base.replace("go: [support]", "go: &go [suport]").replace("exit: [errors < 1%]", "go: *go")
    assert [one.code for one in examine_texts({"plan.yaml": text})[1]] == ["unknown-role"]
