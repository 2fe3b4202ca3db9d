"""Cohorts from a CSV file: the plan and its log hold the users themselves."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest

from tminus.app.ledgers import plan_data
from tminus.core.exposure import flag_definition
from tminus.core.flag_files import export_flags, import_flags
from tminus.core.outline import Outline
from tminus.core.state import FlagState, State
from tminus.flags import compile_flags
from tminus.plan import Plan, examine_plan, examine_texts, read_plan
from tminus.plan.cohort_files import MOST_USERS

TEXT = """
tminus: 1
title: Page
flags: { page: {} }
cohorts: { beta: { COHORT } }
phases: [{ id: a, rollout: { flag: page, stages: [{ to: 0%, cohorts: [beta], for: 1h }] } }]
"""
CSV = "name,user_id\nAnn,u1\nBert,u2\nAnn again,u1\n"


def written(folder: Path, cohort: str, csv: str | bytes | None = CSV) -> Path:
    (folder / "plan.yaml").write_text(TEXT.replace("COHORT", cohort))
    if csv is not None:
        (folder / "beta.csv").write_bytes(csv if isinstance(csv, bytes) else csv.encode())
    return folder / "plan.yaml"


def error(path: Path) -> str:
    plan, problems = examine_plan([path])
    (found,) = [problem for problem in problems if problem.severity == "error"]
    assert (plan, found.code, found.line) == (None, "cohort-file", 5)
    return f"{found.message}; {found.hint}"


def test_users_of_the_file_are_in_beside_those_of_the_plan(tmp_path: Path) -> None:
    plan = read_plan([written(tmp_path, "users: [cara, u2], file: beta.csv, column: user_id")])
    assert plan.cohorts["beta"].users == ("cara", "u2", "u1")
    assert plan.cohorts["beta"].sha256 == hashlib.sha256(CSV.encode()).hexdigest()
    state = State(flags={"page": FlagState(cohorts=("beta",))})
    flags = compile_flags(flag_definition(Outline(plan), state))
    answers = {user: flags.evaluate("page", {"targetingKey": user}).value for user in ("cara", "u1", "u2", "u3")}
    assert answers == {"cara": True, "u1": True, "u2": True, "u3": False}


def test_the_log_of_a_launch_says_the_users_and_the_hash_without_the_file(tmp_path: Path) -> None:
    path = written(tmp_path, "file: beta.csv, column: user_id")
    plan = read_plan([path])
    kept = plan_data(plan)
    (tmp_path / "beta.csv").unlink()
    assert Plan.model_validate(kept) == plan
    assert kept["cohorts"]["beta"]["users"] == ["u1", "u2"]


def test_an_overlay_names_its_file_from_its_own_folder(tmp_path: Path) -> None:
    (tmp_path / "over").mkdir()
    (tmp_path / "over" / "more.csv").write_text("u7\n")
    (tmp_path / "over" / "over.yaml").write_text("cohorts: { beta: { file: more.csv } }")
    path = written(tmp_path, "users: [ann]", None)
    assert read_plan([path, tmp_path / "over" / "over.yaml"]).cohorts["beta"].users == ("ann", "u7")


@pytest.mark.parametrize(
    ("cohort", "csv", "words"),
    [
        ("file: beta.csv", None, "`beta.csv` cannot be read: No such file or directory; look at the path"),
        ('file: "beta\\0.csv"', None, "cannot be read: embedded null byte; look at the path"),
        ("file: ., column: mail", None, "`.` cannot be read: Is a directory"),
        ("file: beta.csv, column: mail", CSV, "there is no column 'mail'; there are: name, user_id"),
        ("file: beta.csv", "\n", "`beta.csv`: the file names nobody"),
        ("file: beta.csv", b"\xff\xfe", "it is not UTF-8; save it as UTF-8"),
        ("file: beta.csv", b"u" * 10_000_001, "it has more than 10 MB"),
        ("file: beta.csv, sha256: ab12", CSV, "it is not the file that `sha256` says; if it is to be this one, write"),
    ],
)
def test_a_file_that_is_no_cohort_is_refused_at_its_place(
    tmp_path: Path, cohort: str, csv: str | bytes | None, words: str
) -> None:
    assert words in error(written(tmp_path, cohort, csv))


def test_as_many_users_as_a_rule_holds_are_served_and_one_more_is_refused(tmp_path: Path) -> None:
    users = "".join(f"user-{number}\n" for number in range(MOST_USERS))
    plan = read_plan([written(tmp_path, "file: beta.csv", users)])
    state = State(flags={"page": FlagState(share=0.05, cohorts=("beta",))})
    flags = compile_flags(flag_definition(Outline(plan), state))
    assert flags.evaluate("page", {"targetingKey": f"user-{MOST_USERS - 1}"}).reason == "TARGETING_MATCH"
    assert "more than 90,000 users" in error(written(tmp_path, "file: beta.csv", f"{users}one-more\n"))


def test_texts_alone_are_looked_at_without_any_file() -> None:
    plan, problems = examine_texts({"nowhere/plan.yaml": TEXT.replace("COHORT", "file: beta.csv")})
    assert plan is not None
    assert plan.cohorts["beta"].users == ()
    assert "cohort-file" not in {problem.code for problem in problems}


def test_an_exported_plan_needs_no_file_to_come_back(tmp_path: Path) -> None:
    plan = read_plan([written(tmp_path, "file: beta.csv, column: user_id")])
    assert import_flags(export_flags(plan)).part["cohorts"] == {"beta": {"users": ["u1", "u2"]}}
