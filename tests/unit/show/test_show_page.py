"""The page: every word escaped, nothing loaded, nothing run; and as a browser lays it out."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from html.parser import HTMLParser
from pathlib import Path

import pytest
from playwright.sync_api import Browser, sync_playwright

from tminus.plan import read_plan, read_plan_text
from tminus.plan.timeline import timeline
from tminus.plan.timespans import Timeline
from tminus.show import as_page

EXAMPLES = sorted((Path(__file__).parents[3] / "examples").glob("*/plan.yaml"))
VOID = {"meta", "br"}


class Reader(HTMLParser):
    """The page's tags, attributes and text; AssertionError where tags are not closed in order."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.attributes: list[str] = []
        self.words = ""
        self._open: list[str] = []
        self.feed(page)
        self.close()
        assert self._open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes += [name for name, _ in attrs]
        if tag not in VOID:
            self._open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self._open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.words += data


@pytest.fixture(scope="module")
def chromium() -> Iterator[Callable[[str], Browser]]:
    """Starts a chromium once for this module."""
    with sync_playwright() as playwright:
        started: list[Browser] = []

        def start(program: str) -> Browser:
            if not started:
                started.append(playwright.chromium.launch(executable_path=program))
            return started[0]

        yield start
        for browser in started:
            browser.close()


def test_words_of_the_plan_are_text_and_never_markup(odd: Timeline) -> None:
    reader = Reader(as_page(odd))
    assert "script" not in reader.tags
    assert "b" in reader.tags  # our own; the summary's is text:
    assert "A summary; with, commas: and #hashes & <b>tags</b>" in reader.words
    assert all(phase.title in reader.words for phase in odd.phases)
    assert not any(name.startswith("on") for name in reader.attributes)


def test_the_page_is_alone(odd: Timeline) -> None:
    reader = Reader(as_page(odd))
    assert not {"src", "href", "srcset"} & set(reader.attributes)
    assert not {"link", "iframe", "img", "object"} & set(reader.tags)
    assert "default-src 'none'" in as_page(odd)


def test_gates_say_who_signs_and_triggers_what_takes_the_launch_back(odd: Timeline) -> None:
    words = Reader(as_page(odd)).words
    assert 'go by Lead; "the" <boss> and 製品担当' in words
    assert "canary error_rate > 1% for 2m" in words
    assert "within 5m" in words


def test_a_plan_without_any_length_gets_no_chart_and_no_error() -> None:
    page = as_page(timeline(read_plan_text("tminus: 1\ntitle: Open\nphases: [{ id: a }]")))
    assert "T+0d → open end" in Reader(page).words
    assert 'class="chart"' not in page


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.parent.name)
def test_every_example_is_a_page_with_its_phases_and_stages(path: Path) -> None:
    line = timeline(read_plan([path]))
    words = Reader(as_page(line)).words
    assert all(phase.title in words for phase in line.phases)
    assert all(stage.title in words for phase in line.phases for stage in phase.stages)


@pytest.mark.parametrize("columns", [320, 390, 768, 1440])
def test_nothing_sticks_out_at_any_width_and_nothing_complains(
    columns: int, odd: Timeline, need: Callable[[str], str], chromium: Callable[[str], Browser]
) -> None:
    page = chromium(need("chromium")).new_page(viewport={"width": columns, "height": 800})
    complaints: list[str] = []
    page.on("console", lambda message: complaints.append(message.text))
    page.on("dialog", lambda dialog: complaints.append(dialog.message))
    page.on("request", lambda request: complaints.append(request.url))
    page.set_content(as_page(odd))
    assert page.evaluate("document.documentElement.scrollWidth") <= columns
    wide = "[...document.querySelectorAll('.panel')].filter(one => one.scrollWidth > one.clientWidth + 1).length"
    assert page.evaluate(wide) == 0
    bars = "[...document.querySelectorAll('.phase-track .sure')].map(one => one.getBoundingClientRect().width)"
    assert page.evaluate(bars)[0] > 5
    assert complaints == []
    page.close()
