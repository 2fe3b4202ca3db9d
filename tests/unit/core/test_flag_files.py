"""A plan's flags as flagd's file and back."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tminus.core.flag_files import export_flags, identifier_of, import_flags, part_text
from tminus.errors import UsageError
from tminus.flags import DefinitionInvalid, compile_flags
from tminus.flags.schema import schema_faults
from tminus.plan import Plan, examine_texts, read_plan
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


def test_what_only_the_plan_knows_reaches_no_client() -> None:
    """flagd merges the metadata of the set into that of every answer."""
    document = exported(next(path for path in EXAMPLES if path.parent.name == "repz"), 0.1)
    flags = compile_flags(document)
    assert document["$tminus"]["flags"]
    for key in flags.keys():  # noqa: SIM118
        assert not [name for name in flags.evaluate(key, {"targetingKey": "ann"}).metadata if "plan" in name]


@pytest.mark.parametrize(
    "part",
    [
        3,
        [],
        {"flags": 3},
        {"flags": {"x": 3}},
        {"flags": {"x": {"variants": 3}}},
        {"rollouts": {"x": {}}},
        {"cohorts": {"x": None}},
        {"secrets": {}},
    ],
)
def test_a_plans_part_that_no_export_wrote_is_refused_in_one_line(part: Any) -> None:
    with pytest.raises(DefinitionInvalid, match=r"\$tminus.*is not as tminus flags export writes it"):
        import_flags({"flags": {}, "$tminus": part})


def test_every_flag_that_cannot_be_served_is_told_at_once() -> None:
    good = {"state": "ENABLED", "variants": {"on": True}, "defaultVariant": "on"}
    flags = {
        "a": good | {"defaultVariant": "no"},
        "b": good,
        "c": good | {"targeting": {"fly": [1]}},
        "d": good | {"state": 1},
    }
    with pytest.raises(UsageError) as refused:
        import_flags({"flags": flags})
    said = str(refused.value)
    assert "3 flags cannot be served" in said
    assert all(f"flag '{key}'" in said for key in "acd")
    assert "flag 'b'" not in said


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


RULED = {
    "state": "ENABLED",
    "variants": {"on": 1, "off": 0},
    "defaultVariant": "off",
    "targeting": {"if": [{"in": [{"var": "targetingKey"}, ["ann"]]}, "on", {"$ref": "gold"}, "on", SPLIT]},
    "metadata": {"owner": "growth", "tminus.fractional": 1},
}
SOMEBODY_ELSES = {
    "flags": {
        "checkout.v2": RULED,
        "2025_banner": {"state": "ENABLED", "variants": {"only": {"text": "Hi"}}, "defaultVariant": "only"},
        "off": {"state": "DISABLED", "variants": {"on": 1}, "defaultVariant": "on"},
        "code": {"state": "ENABLED", "variants": {"on": ""}, "defaultVariant": None},
    },
    "$evaluators": {"gold": {"==": [{"var": "tier"}, "gold"]}},
}


def plan_with(part: dict[str, Any], more: str = "") -> Plan:
    text = "tminus: 1\ntitle: T\nphases: [{ id: only }]\n"
    plan, problems = examine_texts({"plan.yaml": text, "part.yaml": part_text(part), "more.yaml": more or "{}"})
    assert plan is not None, problems
    return plan


def test_a_file_of_somebody_elses_comes_in_whole_and_goes_out_the_same() -> None:
    imported = import_flags(SOMEBODY_ELSES)
    assert imported.left == ()
    document = export_flags(plan_with(imported.part))
    assert {key: document[key] for key in SOMEBODY_ELSES} == SOMEBODY_ELSES
    assert schema_faults(document) == []
    again = import_flags(document)
    assert again.left == ()
    assert plan_with(again.part) == plan_with(imported.part)


def test_what_the_sets_metadata_says_is_written_to_each_flag() -> None:
    document = {
        "flags": {"f": RULED, "g": {**RULED, "metadata": {}}},
        "metadata": {"tminus.fractional": 3, "v": "7"},
    }
    imported = import_flags(document | {"$evaluators": SOMEBODY_ELSES["$evaluators"]})
    pinned = {key: flag["metadata"] for key, flag in imported.part["flags"].items()}
    assert pinned["f"] == {"owner": "growth", "tminus.fractional": 1, "v": "7"}
    assert pinned["g"] == {"tminus.fractional": 3, "v": "7"}
    assert "metadata of the whole set (tminus.fractional, v)" in imported.left[0]


def test_what_a_plan_cannot_hold_is_listed_and_nothing_of_it_comes_in() -> None:
    deep: Any = {"var": "a"}
    for _ in range(25):
        deep = {"!": [deep]}
    flags = {
        "b c": {"state": "ENABLED", "variants": {"on": 1}, "defaultVariant": "on"},
        "mixed": {"state": "ENABLED", "variants": {"on": 1, "off": "x"}, "defaultVariant": "on"},
        "deep": {**RULED, "targeting": {"if": [deep, "on"]}},
        "large": {"state": "ENABLED", "variants": {"on": 10**20}},
        "odd": {"state": "ENABLED", "variants": {"on": 1}, "metadata": {"a": None}, "color": "red"},
    }
    imported = import_flags({"flags": flags, "colour": 1})
    assert imported.part == {"flags": {"odd": {"variants": {"on": 1}, "default": None}}}
    assert [words.split(":")[0] for words in imported.left] == ["colour", "b c", "mixed", "odd", "odd", "deep", "large"]
    assert "letters, digits, -, _ and ." in imported.left[1]
    assert "must all be booleans" in imported.left[2]


def test_a_flag_that_no_rollout_moves_may_be_edited_in_its_file() -> None:
    document = json.loads(json.dumps(export_flags(plan_with(import_flags(SOMEBODY_ELSES).part))))
    document["flags"]["checkout.v2"] |= {"targeting": SPLIT, "metadata": {}}
    document["flags"]["off"]["state"] = "ENABLED"
    document["$evaluators"]["gold"] = {"==": [{"var": "tier"}, "silver"]}
    imported = import_flags(document)
    assert [words.split(":")[0] for words in imported.left] == [
        "the evaluators were edited in the file; the plan's part has the edited ones",
        "checkout.v2",
        "off",
    ]
    assert export_flags(plan_with(imported.part))["flags"] == {
        **document["flags"],
        "checkout.v2": {name: one for name, one in document["flags"]["checkout.v2"].items() if name != "metadata"},
    }


def test_an_owner_of_the_plans_is_no_edit_of_the_metadata() -> None:
    own = "owner: lead, expires: 2027-01-01T00:00:00, metadata: { team: a, owner: theirs }"
    more = f"roles: {{ lead: {{}} }}\nflags: {{ off: {{ {own} }} }}"
    plan = plan_with(import_flags(SOMEBODY_ELSES).part, more)
    imported = import_flags(export_flags(plan))
    assert imported.left == ()
    assert Flag.model_validate(imported.part["flags"]["off"]) == plan.flags["off"]


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


def test_the_numbers_one_and_zero_come_out_of_the_log_as_numbers() -> None:
    flag = Flag.model_validate({"variants": {"on": 1, "off": 0}, "metadata": {"a": True, "b": 1}})
    again = Flag.model_validate(flag.model_dump(mode="json", by_alias=True, exclude_defaults=True))
    assert json.dumps(again.variants) == '{"on": 1, "off": 0}'
    assert json.dumps(again.metadata) == '{"a": true, "b": 1}'


def test_a_flag_without_a_default_comes_out_of_the_log_without_one() -> None:
    dumped = Flag.model_validate({"default": None}).model_dump(mode="json", by_alias=True, exclude_defaults=True)
    assert dumped == {"default": None}
