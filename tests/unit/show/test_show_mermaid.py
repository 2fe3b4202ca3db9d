"""The Mermaid chart, read back by the rules of Mermaid's own grammar for Gantt charts."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from tminus.plan import read_plan, read_plan_text
from tminus.plan.timeline import timeline
from tminus.plan.timespans import Timeline
from tminus.show import as_mermaid

EXAMPLES = sorted((Path(__file__).parents[3] / "examples").glob("*/plan.yaml"))
COMMANDS = ("gantt", "dateformat", "axisformat", "title", "section", "click", "href", "call", "todaymarker", "excludes")
DATE = r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d"
DATA = re.compile(rf"((?:(?:crit|active|milestone), )*)(\w+), ({DATE}), ({DATE}|0d)")


@dataclass
class Chart:
    title: str = ""
    sections: dict[str, list[tuple[str, set[str], str, str]]] = field(default_factory=dict)


def parsed(text: str) -> Chart:
    """Read a chart; AssertionError on anything that Mermaid would read differently from what was meant."""
    first, title, date_format, axis_format, *rest = text.splitlines()
    assert first == "gantt"
    assert date_format.strip() == "dateFormat YYYY-MM-DDTHH:mm:ss"
    assert axis_format.strip() in ("axisFormat %d %b", "axisFormat day %-j", "axisFormat year %-y day %-j")
    chart, tasks, names = Chart(shown(title.strip().removeprefix("title "))), [], set()
    for one in map(str.strip, rest):
        if one.startswith("%% "):
            continue
        if one.startswith("section "):
            tasks = chart.sections.setdefault(shown(one.removeprefix("section ")), [])
            continue
        words, colon, data = one.partition(":")
        assert colon
        assert not words.lower().startswith(COMMANDS)
        found = DATA.fullmatch(data)
        assert found, data
        assert found[2] not in names
        names.add(found[2])
        assert ("milestone" in found[1]) == (found[4] == "0d")
        tasks.append((shown(words.strip()), set(filter(None, found[1].split(", "))), found[3], found[4]))
    return chart


def shown(words: str) -> str:
    """What Mermaid shows for written words: `#35;` is a character, and nothing else may be special."""
    bare = re.sub(r"#\d+;", "", words)
    assert not set(bare) & set('#;:%{}<>"&\\`|[]'), bare
    return re.sub(r"#(\d+);", lambda found: chr(int(found[1])), words)


def test_odd_titles_come_back_as_they_were(odd: Timeline) -> None:
    chart = parsed(as_mermaid(odd))
    assert chart.title == odd.title
    assert list(chart.sections) == [*(phase.title for phase in odd.phases), "Told"]
    words = [task[0] for tasks in chart.sections.values() for task in tasks]
    assert "task: 5%; #2 5 %" in words
    assert 'Gate, go by Lead; "the" <boss> and 製品担当' in words


def test_times_are_those_on_the_wall_of_the_plans_zone(odd: Timeline) -> None:
    (bar, gate) = parsed(as_mermaid(odd)).sections[odd.phases[0].title]
    assert bar[1:] == ({"crit"}, "2026-03-05T09:30:00", "2026-03-12T10:30:00")
    assert gate[1:] == ({"crit", "milestone"}, "2026-03-12T10:30:00", "0d")


def test_an_open_end_is_a_milestone_and_not_an_invented_bar(odd: Timeline) -> None:
    tasks = parsed(as_mermaid(odd)).sections["done %% {nothing}"]
    assert tasks[0] == ("done %% {nothing}, open end", {"milestone"}, "2026-03-16T00:00:00", "0d")


def test_days_are_counted_from_day_one_where_nothing_has_a_date() -> None:
    text = as_mermaid(timeline(read_plan_text("tminus: 1\ntitle: Days\nphases: [{ id: a, lasts: 2d }]")))
    assert "axisFormat day %-j" in text
    assert parsed(text).sections["a"] == [("a", set(), "2001-01-01T00:00:00", "2001-01-03T00:00:00")]


def test_a_phase_without_a_date_has_no_bar_among_dates() -> None:
    plan = "tminus: 1\ntitle: T\nphases: [{ id: a, lasts: 1d }, { id: b, starts: 2026-05-01, lasts: 1d }]"
    chart = parsed(as_mermaid(timeline(read_plan_text(plan))))
    assert chart.sections["a"] == []
    assert len(chart.sections["b"]) == 1


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.parent.name)
def test_every_example_is_a_chart_with_a_section_a_phase(path: Path) -> None:
    line = timeline(read_plan([path]))
    assert list(parsed(as_mermaid(line)).sections) == [phase.title for phase in line.phases]
