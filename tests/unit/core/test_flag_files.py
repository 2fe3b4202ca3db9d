"""A plan's flags as flagd's file and back."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tminus.core.flag_files import export_flags, identifier_of, import_flags
from tminus.errors import UsageError
from tminus.flags import DefinitionInvalid, compile_flags
from tminus.flags.schema import schema_faults
from tminus.plan import read_plan
from tminus.plan.cohort_files import cohort_users
from tminus.plan.model import Cohort, Flag, Rollout

EXAMPLES = sorted(Path(__file__).parents[3].glob("examples/*/plan.yaml"))
SPLIT = {"fractional": [["on", 5], ["off", 95]]}


def exported(path: Path, share: float = 0.0) -> dict[str, Any]:
    document: dict[str, Any] = json.loads(json.dumps(export_flags(read_plan([path]), share)))
    return document


@pytest.mark.parametrize("share", [0.0, 0.05, 1.0])
@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.parent.name)
def test_an_example_passes_flagds_schema_at_every_width(path: Path, share: float) -> None:
    document = exported(path, share)
    assert schema_faults(document) == []
    assert set(compile_flags(document).keys()) == set(read_plan([path]).flags)


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.parent.name)
def test_the_way_there_and_back_loses_nothing(path: Path) -> None:
    plan, imported = read_plan([path]), import_flags(exported(path, 0.1))
    assert imported.left == ()
    assert {key: Flag.model_validate(one) for key, one in imported.part.get("flags", {}).items()} == plan.flags
    assert {key: Cohort.model_validate(one) for key, one in imported.part.get("cohorts", {}).items()} == plan.cohorts
    rollouts = {key: Rollout.model_validate(one) for key, one in imported.part.get("rollouts", {}).items()}
    assert rollouts == {phase.id: phase.rollout for phase in plan.phases if phase.rollout is not None}


def test_before_the_launch_nobody_has_anything_and_at_a_width_so_many_have() -> None:
    path = next(path for path in EXAMPLES if path.parent.name == "first")
    users = [{"targetingKey": f"user-{number}"} for number in range(2000)]
    for share, low, high in ((0.0, 0, 0), (0.05, 60, 140), (1.0, 2000, 2000)):
        flags = compile_flags(exported(path, share))
        assert low <= sum(flags.evaluate("new-checkout", user).variant == "on" for user in users) <= high


def test_variants_that_were_edited_in_the_file_are_the_ones_that_count() -> None:
    document = exported(next(path for path in EXAMPLES if path.parent.name == "first"))
    document["flags"]["new-checkout"]["variants"] = {"on": True, "off": False, "blue": True}
    imported = import_flags(document)
    assert imported.part["flags"]["new-checkout"]["variants"]["blue"] is True
    assert "were edited" in imported.left[0]


def test_a_file_of_somebody_elses_gives_variants_cohorts_and_what_a_plan_cannot_say() -> None:
    flag = {
        "state": "ENABLED",
        "variants": {"on": 1, "off": 0},
        "defaultVariant": "off",
        "targeting": {
            "if": [
                {"in": [{"var": "targetingKey"}, ["ann"]]},
                "on",
                {"==": [{"var": "tier"}, "gold"]},
                "on",
                {"var": "targetingKey"},
                SPLIT,
            ]
        },
    }
    others = {
        "b c": {"state": "ENABLED", "variants": {"on": 1}, "defaultVariant": "on"},
        "off": {"state": "DISABLED", "variants": {"on": 1}, "defaultVariant": "on"},
        "code": {"state": "ENABLED", "variants": {"on": 1}},
    }
    imported = import_flags({"flags": {"page": flag, **others}})
    assert imported.part == {
        "flags": {"page": {"variants": {"on": 1, "off": 0}, "default": "off", "rollout": "on"}},
        "cohorts": {"page-1": {"users": ["ann"]}, "page-2": {"rule": {"==": [{"var": "tier"}, "gold"]}}},
    }
    assert [words.split(":")[0] for words in imported.left] == ["page", "b c", "off", "code"]
    assert '"fractional"' in imported.left[0]


def test_what_cannot_be_served_is_not_imported() -> None:
    with pytest.raises(DefinitionInvalid, match="circle"):
        import_flags(
            {
                "flags": {"f": {"state": "ENABLED", "variants": {"on": 1}, "targeting": {"$ref": "a"}}},
                "$evaluators": {"a": {"$ref": "a"}},
            }
        )


@pytest.mark.parametrize(
    ("text", "column", "users"),
    [
        ("ann\nbob\nann\n\n", "", ("ann", "bob")),
        ("user_id,name\nu1,Ann\nu2,Bob\n", "", ("u1", "u2")),
        ("name,account\nAnn,a-1\nBob\nCy, a-3 \n", "account", ("a-1", "a-3")),
        ('"doe, jane",x\n', "", ("doe, jane",)),
    ],
)
def test_a_cohort_comes_from_a_csv(text: str, column: str, users: tuple[str, ...]) -> None:
    assert cohort_users(text, column) == users


@pytest.mark.parametrize(
    ("text", "column", "says"),
    [("", "", "nobody"), ("id\n", "", "nobody"), ("a,b\n1,2\n", "c", "no column 'c'"), ("x" * 200_000, "", "no CSV")],
)
def test_a_csv_that_names_nobody_says_why(text: str, column: str, says: str) -> None:
    with pytest.raises(UsageError, match=says):
        cohort_users(text, column)


@pytest.mark.parametrize(("text", "name"), [("beta users", "beta-users"), ("2026", "cohort-2026"), ("é!", "cohort")])
def test_a_files_name_becomes_a_plans(text: str, name: str) -> None:
    assert identifier_of(text) == name
