"""The console in a real browser over a real server: what a person sees and presses at 02:40, with nothing simulated."""

from __future__ import annotations

import contextlib
import re
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
import world
from playwright.sync_api import Browser, Page, Request, Response, expect, sync_playwright
from server import Server, running

from tminus.app.settings import login_name

SOON = 10_000  # ms that a page may take to show what is so
METRIC = {
    "title": "Error rate",
    "source": "events",
    "bad": 'request{error="true"}',
    "total": "request",
    "unit": "%",
    "window": "10s",
}
STAGES = [{"id": "half", "to": "50%", "for": "1w"}, {"id": "all", "to": "100%", "for": "1w"}]
PLAN: dict[str, Any] = {
    "title": "New page",
    "flags": {world.FLAG: {"variants": {"on": True, "off": False}, "default": "off"}},
    "metrics": {"error_rate": METRIC},
    "phases": [
        {
            "id": "rollout",
            "rollout": {"flag": world.FLAG, "guards": ["error_rate"], "stages": STAGES},
            "exit": ["error_rate < 10% over 10s"],
        }
    ],
    # Long enough to be seen under way, and then one step that fails for good.
    "rollback": {
        "within": "1m",
        "do": [
            {"flag": world.FLAG, "to": "off"},
            {"run": "sleep 2"},
            {"run": "echo no such cache >&2; exit 3", "once": True},
        ],
    },
    "watching": {"every": "500ms"},
}
PACE = ("--pace", "600")  # a stage of a week stands for 17 minutes: it runs as long as a test looks


@pytest.fixture(scope="module")
def browser() -> Iterator[Callable[[str], Browser]]:
    """Starts Debian's chromium once for this module."""
    with contextlib.ExitStack() as stack:
        started: list[Browser] = []

        def start(program: str) -> Browser:
            if not started:
                playwright = stack.enter_context(sync_playwright())
                started.append(playwright.chromium.launch(executable_path=program))
                stack.callback(started[0].close)
            return started[0]

        yield start


@pytest.fixture
def chromium(need: Callable[[str], str], browser: Callable[[str], Browser]) -> Browser:
    return browser(need("chromium"))


@contextlib.contextmanager
def at_a_stage(directory: Path) -> Iterator[Server]:
    """A launch at 50 % with people who use it, measured."""
    with running(directory, PLAN, options=PACE) as server:
        server.shows(lambda view: view["status"] == "running")
        with world.users(server.address):
            server.shows(lambda view: view["guard"] and any(c["value"] is not None for c in view["criteria"]))
            yield server


class Visit:
    """A page, everything it asked for and everything it complained of."""

    def __init__(self, browser: Browser, **settings: Any) -> None:
        self.page: Page = browser.new_context(**settings).new_page()
        self.requests: list[Request] = []
        self.answers: list[Response] = []
        self.complaints: list[str] = []
        self.page.on("request", lambda request: self.requests.append(request))
        self.page.on("response", lambda answer: self.answers.append(answer))
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))
        self.page.on("console", lambda said: self.complaints.append(said.text) if said.type == "error" else None)

    def close(self) -> None:
        """Leave."""
        self.page.context.close()

    def bytes_on_the_wire(self) -> int:
        """What loading took: heads and bodies as they were sent, without the stream that never ends."""
        sizes = [answer.request.sizes() for answer in self.answers if not answer.url.endswith("/live")]
        return sum(size["responseBodySize"] + size["responseHeadersSize"] for size in sizes)


@contextlib.contextmanager
def visiting(browser: Browser, server: Server, **settings: Any) -> Iterator[Visit]:
    visit = Visit(browser, **settings)
    try:
        visit.page.goto(server.address)
        yield visit
    finally:
        visit.close()


def somebody_with_the_new_page(server: Server) -> str:
    """A user whom the rollout has reached."""
    return next(user for user in map(str, range(100)) if variant(server, user) == "on")


def variant(server: Server, user: str) -> str:
    """What a service is told for this user, over OFREP."""
    url = f"{server.address}/ofrep/v1/evaluate/flags/{world.FLAG}"
    return str(httpx.post(url, json={"context": {"targetingKey": user}}).json()["variant"])


def test_holding_roll_back_takes_it_from_everybody_and_the_page_tells_it_live(
    tmp_path: Path, chromium: Browser
) -> None:
    with at_a_stage(tmp_path) as server, visiting(chromium, server) as visit:
        page, user = visit.page, somebody_with_the_new_page(server)
        headline = page.locator("#headline")
        expect(headline).to_have_text("RUNNING AT 50 %")
        page.evaluate("window.stillTheSamePage = true")
        first_load = visit.bytes_on_the_wire()

        page.locator("#chart .u-over").hover()
        expect(page.locator("#chart-says")).to_contain_text(
            re.compile(r"evidence of harm .* new 0 of \d+ failed, old 0")
        )
        page.locator("#do-rollback").hover()
        page.mouse.down()
        expect(headline).to_have_text("ROLLING BACK", timeout=SOON)
        page.mouse.up()
        assert variant(server, user) == "off"
        expect(page.locator("#p-guard")).to_contain_text("Run sleep 2 under way")
        expect(headline).to_have_text("ROLLED BACK", timeout=SOON)
        expect(page.locator("#p-alarm")).to_contain_text("ROLLED BACK")
        expect(page.locator("#p-guard .steps")).to_contain_text("failed · ended with status 3: no such cache")
        expect(page.locator("#p-feed")).to_contain_text(f"ROLLBACK: {login_name()} rolled back")

        # What went wrong waits for a person, and a person says what became of it.
        page.locator("#p-stuck").get_by_role("button", name="Done").click()
        page.locator("dialog").get_by_role("button", name="It is done").click()
        expect(page.locator("#p-stuck .rows")).to_have_count(0, timeout=SOON)

        assert page.evaluate("window.stillTheSamePage") is True
        assert visit.complaints == []
        assert {request.url.split("/")[2] for request in visit.requests} == {server.address.split("/")[2]}
        assert first_load < 100_000
        log = httpx.get(f"{server.address}/api/launch/log").json()
        assert [item["actor"] for item in log if item["kind"] == "RollbackStarted"] == [login_name()]


def test_a_launch_is_rolled_back_with_tab_and_enter_alone(tmp_path: Path, chromium: Browser) -> None:
    with at_a_stage(tmp_path) as server, visiting(chromium, server) as visit:
        page = visit.page
        expect(page.locator("#do-rollback")).to_be_enabled()
        for _ in range(10):
            page.keyboard.press("Tab")
            if page.evaluate("document.activeElement.id") == "do-rollback":
                break
        assert page.evaluate("document.activeElement.matches(':focus-visible')")
        page.keyboard.press("Enter")
        expect(page.locator("dialog")).to_contain_text("50 % of users go back to the old version")
        assert page.locator("#headline").inner_text() == "RUNNING AT 50 %"
        page.keyboard.press("Escape")
        assert page.evaluate("document.activeElement.id") == "do-rollback"
        page.keyboard.press("Enter")
        expect(page.locator("dialog button.grave")).to_be_focused()
        page.keyboard.press("Enter")
        expect(page.locator("#headline")).to_have_text(re.compile("ROLL(ING|ED) BACK"), timeout=SOON)
        assert visit.complaints == []


def test_the_page_fits_a_phone_reads_without_script_and_says_when_it_is_stale(
    tmp_path: Path, chromium: Browser
) -> None:
    with at_a_stage(tmp_path) as server:
        for scheme in ("light", "dark"):
            phone = {"width": 360, "height": 740}
            with visiting(chromium, server, viewport=phone, color_scheme=scheme, has_touch=True) as visit:
                expect(visit.page.locator("#p-guard")).to_contain_text("new version")
                assert visit.page.evaluate("document.documentElement.scrollWidth") <= phone["width"]

        with visiting(chromium, server, java_script_enabled=False) as visit:
            expect(visit.page.locator("#headline")).to_have_text("RUNNING AT 50 %")
            visit.page.locator("#do-hold").click()
            visit.page.get_by_role("button", name="Hold").click()
            expect(visit.page.locator("#headline")).to_have_text("HELD AT 50 %")

        with visiting(chromium, server) as visit:
            expect(visit.page.locator("#headline")).to_have_text("HELD AT 50 %")
            expect(visit.page.locator("#stale")).to_be_hidden()
            server.process.kill()
            killed_at = time.monotonic()
            expect(visit.page.locator("#stale")).to_be_visible(timeout=SOON)
            expect(visit.page.locator("#stale")).to_contain_text(re.compile(r"No news from T-minus for \d+ s"))
            assert time.monotonic() - killed_at < SOON / 1000
