"""Reading plans: every problem at once, each at its place, and never a traceback."""

from __future__ import annotations

import textwrap
from pathlib import Path

import pytest

from tminus.errors import PlanInvalid, Problem
from tminus.plan.criterion import Criterion
from tminus.plan.model import FlagAction, Plan
from tminus.plan.reading import examine_plan, examine_texts, read_plan, read_plan_text

SMALL = """\
tminus: 1
title: Small
phases:
  - id: only
    tasks: [{ do: Smoke tests }]
"""


def problems(text: str) -> list[Problem]:
    return [problem for problem in examine_texts({"plan.yaml": text})[1] if problem.severity == "error"]


def places(text: str) -> list[str]:
    return [f"{problem.line}:{problem.column} {problem.code}" for problem in problems(text)]


TWELVE = """\
tminus: 1
title: Twelve mistakes
timezone: Europe/Zurych
roles:
  lead: { reach: mailto://lead:geheim@example.org }
metrics:
  error_rate: { source: events, bad: 'request{error="true"}', total: request }
  answer: { source: app, histogram: http.server.request.duration, unit: s }
flags:
  new-page: { variants: { on: true, off: false }, default: of }
phases:
  - id: prepare
    titel: Prepare
    tasks:
      - { do: Smoke tests, owner: leed }
      - { do: Backup, priority: urgent, after: [smoke-test] }
  - id: release
    rollout:
      flag: new-page
      stages:
        - { to: 20%, for: 1w }
        - { to: 10%, for: 1 }
    exit:
      - error_rate p95 < 1%
      - answer < 5%
      - error_rate =< 1%
"""


def test_twelve_mistakes_are_twelve_problems_on_their_lines() -> None:
    found = [(problem.line, problem.code) for problem in problems(TWELVE)]
    assert found == [
        (3, "unknown-timezone"),
        (5, "secret-in-plan"),
        (10, "unknown-variant"),
        (13, "unknown-key"),
        (15, "unknown-role"),
        (16, "unknown-value"),
        (16, "unknown-task"),
        (22, "stages-not-rising"),
        (22, "bad-duration"),
        (24, "illegal-aggregate"),
        (25, "wrong-unit"),
        (26, "bad-criterion"),
    ]


def test_a_secret_in_the_plan_is_refused_and_never_repeated() -> None:
    assert "geheim" not in " ".join(str(problem) for problem in problems(TWELVE))


def test_a_problem_is_one_line_with_place_code_and_advice() -> None:
    [problem] = problems(SMALL.replace("tasks:", "taks:"))
    assert str(problem) == "plan.yaml:5:5: unknown-key: `taks` is no key here; did you mean tasks?"


def test_the_error_carries_all_problems_and_ends_with_code_two() -> None:
    with pytest.raises(PlanInvalid) as caught:
        read_plan_text(TWELVE)
    assert len(caught.value.problems) == 12
    assert caught.value.exit_code == 2
    assert str(caught.value).count("\n") == 11


def test_a_valid_plan_reads() -> None:
    plan = read_plan_text(SMALL)
    assert (plan.title, plan.phases[0].tasks[0].id) == ("Small", "smoke-tests")


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "empty"),
        ("# nothing but a comment\n", "empty"),
        ("- a list\n", "wrong-type"),
        ("just words\n", "wrong-type"),
        ("title: [unclosed\n", "bad-yaml"),
        ("title: 'unclosed\n", "bad-yaml"),
        ("title: a: b\n", "bad-yaml"),
        ("title: @home\n", "bad-yaml"),
        ("title: \x00\n", "bad-yaml"),
        ("phases:\n\t- id: x\n", "tab"),
        ("title: *nobody\n", "unknown-anchor"),
        ("a: &a [*a]\n", "unknown-anchor"),
        ("title: x\n---\ntitle: y\n", "many-documents"),
        ("{[a]: b}\n", "bad-key"),
        ("[" * 1000, "too-deep"),
        ("a: " + "{a: " * 1000, "too-deep"),
        ("x: " + "a" * 2_000_001, "too-large"),
    ],
)
def test_a_file_that_cannot_be_read_is_one_clear_problem(text: str, code: str) -> None:
    [problem] = problems(text)
    assert problem.code == code
    assert "\n" not in str(problem)


def test_an_alias_bomb_is_stopped_before_it_is_written_out() -> None:
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x, x]"]
    lines += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]" for n in range(1, 30)]
    assert [place.split()[1] for place in places("\n".join(lines))] == ["too-large"]


def test_anchors_in_anchors_cannot_pile_up_levels_that_nobody_sees() -> None:
    lines = ["a0: &a0 " + "[" * 30 + "]" * 30]
    lines += [f"a{n}: &a{n} " + "[" * 30 + f"*a{n - 1}" + "]" * 30 for n in range(1, 60)]
    assert [place.split()[1] for place in places("\n".join(lines))] == ["too-deep"]


def test_a_secret_of_the_wrong_type_is_not_repeated_either() -> None:
    text = SMALL + "roles: { lead: { reach: 48151623 } }\n"
    assert [(p.line, p.code) for p in problems(text)] == [(6, "wrong-type")]
    assert "48151623" not in str(problems(text)[0])


def test_words_of_the_plan_in_a_message_cannot_break_the_line_or_reach_the_terminal() -> None:
    [problem] = problems(SMALL.replace("do: Smoke", 'priority: "a\\n\\e[31mb", do: Smoke'))
    assert problem.code == "unknown-value"
    assert str(problem).isprintable()


def test_aliases_and_merge_keys_work_and_point_to_where_the_value_stands() -> None:
    text = textwrap.dedent("""\
        tminus: 1
        title: Aliases
        roles: { lead: { reach: env:LEAD_URL }, tester: { people: [Ann] } }
        phases:
          - id: a
            tasks:
              - &box { do: First, owner: tester }
              - { <<: *box, do: Second }
            go: &go [lead]
          - { id: b, go: *go }
        """)
    plan = read_plan_text(text)
    assert [(task.do, task.owner) for task in plan.phases[0].tasks] == [("First", "tester"), ("Second", "tester")]
    assert places(text.replace("go: &go [lead]", "go: &go [led]")) == ["9:14 unknown-role"]


def test_every_duplicate_key_is_found_not_the_first_alone() -> None:
    text = "tminus: 1\ntitle: x\ntitle: y\nphases:\n  - id: a\n    id: b\n"
    assert places(text) == ["3:1 duplicate-key", "6:5 duplicate-key"]


def test_words_that_older_yaml_takes_for_truth_are_text() -> None:
    text = SMALL + (
        "flags: { f: { variants: { on: true, off: false }, default: off } }\n"
        "rollback: { do: [{ flag: f, to: off }] }\nroles: { yes: {}, no: {} }\n"
    )
    plan = read_plan_text(text)
    assert plan.flags["f"].variants == {"on": True, "off": False}
    assert plan.rollback.do == (FlagAction(flag="f", to="off"),)
    assert list(plan.roles) == ["yes", "no"]


def test_a_task_with_two_mistakes_tells_both() -> None:
    text = SMALL.replace("do: Smoke tests", "do: Smoke tests, ownr: x, priority: hgh")
    assert [(p.code, p.hint) for p in problems(text)] == [
        ("unknown-key", "did you mean owner?"),
        ("unknown-value", "did you mean high?"),
    ]


@pytest.mark.parametrize(
    ("action", "code", "says"),
    [
        ("{ notfy: lead }", "unknown-action", "did you mean notify?"),
        ("{ status: down }", "unknown-value", "operational"),
        ("{ flag: f, to: 150% }", "fraction-outside", "outside 0% to 100%"),
        ("{ flag: f, too: off }", "unknown-key", "did you mean to?"),
        ("{ run: }", "wrong-type", "`run` is text"),
        ("just text", "unknown-action", "write one of"),
    ],
)
def test_an_action_with_a_mistake_gives_problems_of_the_action_that_was_meant(
    action: str, code: str, says: str
) -> None:
    found = [problem for problem in problems(SMALL + f"rollback:\n  do:\n    - {action}\n") if problem.line == 8]
    assert found[0].code in (code, "missing-key")
    assert any(problem.code == code and says in str(problem) for problem in found)
    assert len(found) <= 2


def test_a_criterion_may_be_a_mapping_that_asks_for_the_plain_number() -> None:
    text = SMALL + "metrics: { x: { attest: lead } }\nroles: { lead: {} }\n"
    text += "rollback: { when: [{ that: x < 1%, point: true }] }\n"
    assert read_plan_text(text).rollback.when[0].point is True
    assert problems(text.replace("point:", "points:"))[0].code == "bad-criterion"


def test_an_overlay_merges_mappings_and_replaces_lists(tmp_path: Path) -> None:
    (tmp_path / "plan.yaml").write_text(SMALL + "roles: { lead: { reach: env:A }, other: {} }\n")
    (tmp_path / "staging.yaml").write_text(
        "title: Staging\nroles: { lead: { title: Lead } }\nphases: [{ id: new, go: [lead, other] }]\n"
    )
    plan = read_plan([tmp_path / "plan.yaml", tmp_path / "staging.yaml"])
    assert (plan.title, [phase.id for phase in plan.phases]) == ("Staging", ["new"])
    assert (plan.roles["lead"].title, plan.roles["lead"].reach, "other" in plan.roles) == ("Lead", "env:A", True)


def test_a_problem_points_into_the_file_the_value_came_from(tmp_path: Path) -> None:
    base, over = tmp_path / "plan.yaml", tmp_path / "staging.yaml"
    base.write_text(SMALL + "timezone: Mars\n")
    over.write_text("titel: x\n")
    found = examine_plan([base, over])[1]
    assert [(p.file, p.line, p.code) for p in found if p.severity == "error"] == [
        (str(base), 6, "unknown-timezone"),
        (str(over), 1, "unknown-key"),
    ]


def test_an_unreadable_overlay_does_not_cause_complaints_about_what_it_would_have_brought(tmp_path: Path) -> None:
    base, over = tmp_path / "plan.yaml", tmp_path / "over.yaml"
    base.write_text("tminus: 1\ntitle: x\n")
    over.write_text("phases: [\n")
    assert [problem.code for problem in examine_plan([base, over])[1]] == ["bad-yaml"]


def test_a_missing_overlay_hides_no_mistake_in_the_text_of_the_others(tmp_path: Path) -> None:
    base = tmp_path / "plan.yaml"
    base.write_text("title: x\ntitle: y\n")
    found = examine_plan([base, tmp_path / "none.yaml"])[1]
    assert [problem.code for problem in found] == ["duplicate-key", "no-file"]


def test_files_that_are_not_there_not_text_or_directories_are_clear_problems(tmp_path: Path) -> None:
    latin = tmp_path / "latin.yaml"
    latin.write_bytes(b"tminus: 1\ntitle: caf\xe9\n")
    big = tmp_path / "big.yaml"
    big.write_bytes(b"\xff" * 2_000_002)
    found = {path.name: examine_plan([path])[1] for path in (latin, big, tmp_path, tmp_path / "none.yaml")}
    assert [(p.line, p.column, p.code) for p in found["latin.yaml"]] == [(2, 11, "not-utf8")]
    assert [p.code for p in found["big.yaml"]] == ["too-large"]
    assert [p.code for p in found[tmp_path.name]] == ["no-file"]
    assert [p.code for p in found["none.yaml"]] == ["no-file"]


def test_a_byte_order_mark_is_no_mistake(tmp_path: Path) -> None:
    (tmp_path / "plan.yaml").write_bytes(b"\xef\xbb\xbf" + SMALL.encode())
    assert read_plan([tmp_path / "plan.yaml"]).title == "Small"


def test_ids_are_made_from_words_and_unique_and_given_ones_come_first() -> None:
    tasks = "[{ do: Smoke tests }, { do: Other, id: smoke-tests }, { do: Smoke tests! }, { do: '123' }]"
    plan = read_plan_text(SMALL.replace("[{ do: Smoke tests }]", tasks))
    assert [task.id for task in plan.phases[0].tasks] == ["smoke-tests-2", "smoke-tests", "smoke-tests-3", "task"]


def test_a_plan_survives_being_written_as_json_and_read_again() -> None:
    example = Path(__file__).parents[3] / "examples" / "profile-enhancement" / "plan.yaml"
    plan = read_plan([example])
    again = Plan.model_validate(plan.model_dump(mode="json", by_alias=True))
    assert again == plan
    assert isinstance(again.phases[1].exit[0], Criterion)
