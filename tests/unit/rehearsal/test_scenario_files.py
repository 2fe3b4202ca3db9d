"""Scenarios as text: what they may say, and one line with a place and a hint for what they may not."""

from __future__ import annotations

from pathlib import Path

import pytest

from tminus.errors import PlanInvalid, UsageError
from tminus.rehearsal.scenario import parse_at
from tminus.rehearsal.scenario_files import STANDARD, find_scenario, read_scenario_text


@pytest.mark.parametrize("name", STANDARD)
def test_every_scenario_of_the_library_reads(name: str) -> None:
    found, scenario = find_scenario(name)
    assert found == name
    assert scenario.title


def test_the_library_holds_the_standard_set_and_nothing_else() -> None:
    folder = Path(__file__).parents[3] / "src" / "tminus" / "rehearsal" / "scenarios"
    assert {path.stem for path in folder.glob("*.yaml")} == set(STANDARD)


def test_a_scenario_says_when_what_how_much_and_for_how_long() -> None:
    scenario = read_scenario_text("""\
title: Everything
seed: 7
world: { rate: 20/s, day: daily, week: [1, 1, 1, 1, 1, 2, 2], regions: { us: 40% }, metrics: { errors: 0.2% } }
people: { everybody: { answers: 2h, only: office hours }, lead: { absent: true }, ops: { answers: 5m, exactly: true } }
events:
  - { at: stage 2 + 3h, metric: errors, times: 5, for: 2h, region: us }
  - { at: phase release + 1d, metric: answer, to: 3s, over: 1h, everybody: true }
  - { at: +2d, source: app, hung: 30m }
  - { at: stage first + 80%, crash: true }
  - { action: "rollback:1:2", fails: 2 }
""")
    first, second, third, fourth, fifth = scenario.events
    assert first.at is not None
    assert (first.at.stage, first.at.after, first.times) == ("2", 10_800.0, 5)
    assert second.at is not None
    assert (second.at.phase, second.at.after) == ("release", 86_400.0)
    assert third.down.seconds == 1800
    assert fourth.at is not None
    assert fourth.at.part == 0.8
    assert (fifth.action, fifth.fails) == ("rollback:1:2", 2)
    assert scenario.world.rate is not None
    assert scenario.world.rate.value == 20


@pytest.mark.parametrize(
    ("text", "line", "column", "words", "hint"),
    [
        ("titel: x\n", 1, 1, "`titel` is no key here", "did you mean title?"),
        ("title: x\nworld: { raet: 1/s }\n", 2, 10, "`raet` is no key here", "did you mean rate?"),
        ("title: x\nevents: [{ at: stage 1, metirc: a }]\n", 2, 25, "`metirc` is no key here", "did you mean metric?"),
        ("title: x\npeople: { a: { answer: 2h } }\n", 2, 16, "`answer` is no key here", "did you mean answers?"),
        ("title: x\nevents: [{ at: stag 2 + 3h, crash: true }]\n", 2, 16, "is no moment", "write stage first"),
        ("title: x\nevents: [{ at: stage 2 + soon, crash: true }]\n", 2, 16, "soon", "write"),
        ("title: x\nevents: [{ at: phase a + 80%, crash: true }]\n", 2, 16, "part of a stage's bake", "write stage"),
        ("title: x\nevents:\n  - { at: +1d, metric: a }\n", 3, 5, "how a goes wrong is said once", "write times: 5"),
        ("title: x\nevents:\n  - { at: +1d }\n", 3, 5, "an event is one thing", "write one of metric"),
        ("title: x\nevents:\n  - { at: +1d, metric: a, source: b }\n", 3, 5, "names metric and source", "write one of"),
        ("title: x\nevents:\n  - { metric: a, times: 2 }\n", 3, 5, "when it happens is missing", "write at:"),
        ("title: x\nevents:\n  - { at: +1d, crash: true, times: 2 }\n", 3, 5, "`times` is said of a metric", ""),
        ("title: x\nevents:\n  - { at: +1d, metric: a, times: -2 }\n", 3, 34, "greater than 0", ""),
        ("title: x\nworld: { rate: 5% }\n", 2, 16, "5% is no rate of requests", "write one such as 100/s"),
        ("title: x\nworld: { hours: [1, 2] }\n", 2, 17, "2 factors", "write 24 for hours"),
        ("events: []\n", 1, 1, "`title` is missing", "write title"),
        ("- a\n", 1, 1, "a scenario is a mapping", "begin with title"),
        ("title: [\n", 2, 1, "", ""),
    ],
)
def test_what_a_scenario_may_not_say_is_told_with_its_place(
    text: str, line: int, column: int, words: str, hint: str
) -> None:
    with pytest.raises(PlanInvalid) as raised:
        read_scenario_text(text, "bad.yaml")
    problem = raised.value.problems[0]
    assert (problem.file, problem.line, problem.column) == ("bad.yaml", line, column), str(problem)
    assert words in problem.message + problem.hint
    assert hint in problem.hint
    assert "scenario has" in raised.value.message


def test_a_name_that_is_no_scenario_and_no_file_is_refused_with_what_may_be_meant() -> None:
    with pytest.raises(UsageError, match="did you mean slow-leak"):
        find_scenario("slow-leek")


@pytest.mark.parametrize("text", ["stage a+b+c", "+", "", "stage", "x" * 5000, "stage " + "a " * 2000 + "+"])
def test_a_strange_moment_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"moment|duration|write"):
        parse_at(text)


def test_the_scenario_in_the_documentation_reads_and_the_library_is_documented() -> None:
    page = (Path(__file__).parents[3] / "docs" / "rehearsal.md").read_text(encoding="utf-8")
    written = page.partition("```yaml\n")[2].partition("```")[0]
    assert len(read_scenario_text(written).events) == 6
    assert all(f"| `{name}` |" in page for name in STANDARD)
