"""The page in every state of a launch, as it stands before any script has run."""

from __future__ import annotations

import gzip
import math
import re
from html.parser import HTMLParser
from typing import Any

import pytest
from litestar import Litestar
from litestar.testing import TestClient

from tminus.console import login_page
from tminus.console.assets import Assets
from tminus.console.live import chart
from tminus.console.panels import chart_span
from tminus.core import events as e
from tminus.core.assessment import Measurement

Client = TestClient[Litestar]


class Page(HTMLParser):
    """Collects ids and what a strict content security policy would refuse."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.ids: list[str] = []
        self.buttons: dict[str, bool] = {}  # id -> enabled
        self.refused: list[str] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if "id" in given:
            self.ids.append(given["id"] or "")
        if tag == "button" and given.get("id"):
            self.buttons[given["id"] or ""] = "disabled" not in given
        inline = tag == "style" or "style" in given or (tag == "script" and "src" not in given)
        if inline or any(name.startswith("on") for name in given):
            self.refused.append(f"<{tag}>")


def page(client: Client, path: str = "/") -> tuple[str, Page]:
    """A page's HTML and what is in it."""
    answer = client.get(path)
    assert answer.status_code == 200, answer.text
    return answer.text, Page(answer.text)


def text_of(html: str, panel: str) -> str:
    """The words of one element by id, up to the next panel."""
    start = html.index(f'id="{panel}"')
    end = html.find('id="p-', start + 5)
    return re.sub(r"\s+", " ", re.sub(r"<[^>]*>", " ", html[html.index(">", start) + 1 : end]))


def good(metric: str) -> Any:
    """Everything as one wishes."""
    if metric == "load":
        return Measurement(0.31, newest=None, source="app")
    return Measurement(0.0005, hits=24, total=48_210, source="app")


def test_before_any_launch_the_page_says_how_to_start_one(empty_client: Client) -> None:
    html, _ = page(empty_client)
    assert "No launch yet" in html
    assert "tminus run" in html


def test_a_box_that_waits_can_be_signed_by_the_one_it_waits_for(stand: Any, client: Client) -> None:
    html, found = page(client)
    assert "Support is trained" in text_of(html, "p-boxes")
    assert found.buttons["sign-trained"]
    question, _ = page(client, "/confirm/sign?target=trained")
    assert 'name="role" value="support"' in question


def test_at_a_stage_the_page_says_where_it_is_and_who_has_it(stand: Any, client: Client) -> None:
    stand.at_first_stage()
    stand.clock.at += 1800
    stand.measure(good)
    html, found = page(client)
    assert "RUNNING AT 15 %" in text_of(html, "headline")
    assert "now 50 % of 1h" in text_of(html, "p-track")
    assert "15 % of users and staff" in text_of(html, "p-flags")
    assert found.buttons["do-hold"]
    assert found.buttons["do-rollback"]


def test_a_criterion_shows_value_target_and_the_word_beside_its_shape(stand: Any, client: Client) -> None:
    stand.at_first_stage()
    stand.measure(good)
    criteria = text_of(page(client)[0], "p-criteria")
    gate, trigger = criteria.split("Rolls back when")
    assert "Page load p95 holds · over 10 min 310 ms &lt; 2 s" in gate
    assert "clear" in trigger


def test_a_true_trigger_is_bad_and_a_failing_gate_too(stand: Any, client: Client) -> None:
    stand.at_first_stage()
    bad = {"load": Measurement(2.5), "error_rate": Measurement(0.3, hits=300, total=1000)}
    stand.measure(bad.__getitem__)
    criteria = text_of(page(client)[0], "p-criteria")
    assert "fails" in criteria
    assert "true now" in criteria
    assert "clear" not in criteria


def test_what_could_not_be_measured_looks_neither_good_nor_bad(stand: Any, client: Client) -> None:
    stand.at_first_stage()
    stand.measure(lambda metric: Measurement(None, error="the source timed out"))
    html, _ = page(client)
    rows = re.findall(r'class="criterion (tone-\w+)', html)
    assert rows
    assert set(rows) == {"tone-unknown"}
    assert "not measured · the source timed out" in text_of(html, "p-criteria")


def test_the_guard_shows_its_evidence_against_the_line_and_the_counts_of_both_arms(stand: Any, client: Client) -> None:
    stand.at_first_stage()
    stand.measure(good, log_evidence=math.log(99.97))
    guard = text_of(page(client)[0], "p-guard")
    assert "99 of 100: evidence of harm" in guard
    assert "new version 2,214 3 0.14 %" in guard
    assert "old version 12,840 14 0.11 %" in guard


def test_a_hold_by_a_person_says_who_and_why_and_offers_to_resume(stand: Any, client: Client) -> None:
    stand.at_first_stage()
    stand.happen(e.LaunchHeld(reason="Ben looks into it"), actor="ada")
    html, found = page(client)
    assert "Ben looks into it" in text_of(html, "sentence")
    assert found.buttons["do-resume"]
    assert "do-hold" not in found.buttons


def test_a_rollback_is_told_assertively_and_nothing_can_be_pressed_twice(stand: Any, client: Client) -> None:
    stand.at_first_stage()
    stand.roll_back()
    html, found = page(client)
    assert "ROLLING BACK" in text_of(html, "p-alarm")
    assert "ROLLING BACK" not in text_of(html, "p-announce")
    assert not found.buttons["do-rollback"]
    assert not found.buttons["do-go"]


def test_a_countdown_is_not_read_aloud_every_second(stand: Any, client: Client) -> None:
    stand.at_first_stage()
    first = page(client)[0]
    stand.clock.at += 60
    second = page(client)[0]
    assert text_of(first, "sentence") != text_of(second, "sentence")
    assert text_of(first, "p-announce") == text_of(second, "p-announce")


def test_after_a_rollback_it_can_be_sent_out_again(stand: Any, client: Client) -> None:
    stand.at_first_stage()
    stand.roll_back()
    stand.happen(e.RollbackCompleted(seconds=2.0))
    html, found = page(client)
    assert "SEND OUT AGAIN" in html
    assert found.buttons["do-resume"]
    assert "Send it out again" in page(client, "/confirm/resume")[0]


def test_a_completed_launch_offers_nothing_but_the_kill_switch(stand: Any, client: Client) -> None:
    stand.at_first_stage()
    stand.happen(e.StagePromoted(stage="first"), e.PhaseCompleted(phase="rollout"), e.LaunchCompleted())
    html, found = page(client)
    assert "LAUNCHED" in text_of(html, "headline")
    assert [key for key, enabled in found.buttons.items() if enabled] == ["switch-new-search"]


def test_a_pulled_kill_switch_shows_who_pulled_it_and_can_be_put_back(stand: Any, client: Client) -> None:
    stand.at_first_stage()
    stand.happen(e.FlagKilled(flag="new-search", reason="slow"), actor="ben")
    assert "switched off by ben: slow" in text_of(page(client)[0], "p-flags")
    assert "Restore" in page(client, "/confirm/restore?target=new-search")[0]


def test_trouble_with_t_minus_itself_is_said(stand: Any, client: Client) -> None:
    stand.engine.trouble = "the log cannot be written: disk full"
    assert "disk full" in text_of(page(client)[0], "p-troubles")


def test_the_feed_is_newest_first_in_the_plans_zone(stand: Any, client: Client) -> None:
    stand.at_first_stage()
    html, _ = page(client)
    feed = text_of(html, "p-feed")
    assert feed.index("15 % of users") < feed.index("launch started by ada")
    assert "03:00" in feed
    assert "2027-01-15 03:00:00 America/New_York · 2027-01-15 08:00:00 UTC" in html


@pytest.mark.parametrize("state", ["first phase", "stage", "rolled back", "completed"])
def test_no_page_has_inline_code_or_an_id_twice(stand: Any, client: Client, state: str) -> None:
    if state != "first phase":
        stand.at_first_stage()
        stand.measure(good)
    if state == "rolled back":
        stand.roll_back()
    if state == "completed":
        stand.happen(e.StagePromoted(stage="first"), e.PhaseCompleted(phase="rollout"), e.LaunchCompleted())
    for path in ("/", "/status", "/confirm/rollback", "/confirm/kill?target=new-search"):
        found = page(client, path)[1]
        assert found.refused == []
        assert len(found.ids) == len(set(found.ids))


def test_what_people_write_is_never_markup(stand: Any, client: Client) -> None:
    stand.happen(e.LaunchHeld(reason="<script>alert(1)</script>"), actor="<b>ada</b>")
    html, _ = page(client)
    assert "<script>alert" not in html
    assert "<b>ada" not in html
    assert "New &lt;search&gt;" in html


def test_every_page_forbids_inline_code_framing_and_caching(client: Client) -> None:
    for path in ("/", "/status", "/confirm/hold", "/series"):
        headers = client.get(path).headers
        assert headers["content-security-policy"].startswith("default-src 'self'")
        assert "frame-ancestors 'none'" in headers["content-security-policy"]
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["cache-control"] == "no-store"


def test_rolling_back_asks_first_and_says_what_will_happen(stand: Any, client: Client) -> None:
    stand.at_first_stage()
    html, _ = page(client, "/confirm/rollback")
    assert "15 % of users go back to the old version" in html
    assert 'method="post" action="/api/launch/rollback"' in html
    part, _ = page(client, "/confirm/rollback?part=true")
    assert "<html" not in part


def test_a_go_asks_which_role_it_is(stand: Any, client: Client) -> None:
    stand.at_first_stage()
    html, _ = page(client, "/confirm/go")
    assert re.findall(r"<option>(\w+)</option>", html) == ["lead", "support"]


@pytest.mark.parametrize("path", ["/confirm/launch", "/confirm/sign?target=nothing", "/confirm/kill?target=x"])
def test_a_question_about_nothing_is_gone(client: Client, path: str) -> None:
    answer = client.get(path)
    assert answer.status_code == 404
    assert "no longer there" in answer.text


def test_a_refusal_is_told_once_on_the_confirm_page(client: Client) -> None:
    client.cookies.set("tminus-problem", "ada%20holds%20the%20launch%20%3Calready%3E")
    assert "ada holds the launch &lt;already&gt;" in client.get("/confirm/hold").text
    client.cookies.clear()
    assert "already" not in client.get("/confirm/hold").text


def test_the_public_sees_status_message_and_since_and_nothing_else(stand: Any, client: Client) -> None:
    stand.at_first_stage()
    stand.happen(e.StatusPublished(status="degraded", message="Search may be slow."))
    html, _ = page(client, "/status")
    assert "Search may be slow." in html
    assert "Degraded since" in html
    assert not re.search("search-|New &lt;search|15 %|rollout|lead|ada", html.replace("Search may", ""))


def test_a_static_file_is_kept_for_ever_under_its_hash_and_unknown_under_another(client: Client) -> None:
    url = Assets().url("console.js")
    answer = client.get(url)
    assert answer.headers["cache-control"] == "public, max-age=31536000, immutable"
    assert answer.headers["content-type"].startswith("text/javascript")
    wrong = url.replace(url.split("/")[2], "0" * 12)
    for path in (wrong, "/static/x", "/static/../page.html", "/static/%2e%2e/panels.py"):
        assert client.get(path).status_code == 404


def test_the_whole_page_is_under_100_kb_over_the_wire(stand: Any, client: Client) -> None:
    stand.at_first_stage()
    stand.measure(good)
    html, _ = page(client)
    urls = re.findall(r'(?:src|href)="(/static/[^"]+)"', html)
    sizes = [len(gzip.compress(client.get(url).content)) for url in urls] + [len(gzip.compress(html.encode()))]
    assert sum(sizes) < 100_000


def test_without_the_vendors_scripts_the_page_says_so_and_still_says_everything(
    stand: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    from tminus.console import console_routes

    monkeypatch.setattr(Assets, "complete", property(lambda self: False))
    with TestClient(Litestar(console_routes(lambda: stand.desk), openapi_config=None)) as client:
        html, _ = page(client)
    assert "no live updates" in text_of(html, "p-troubles")
    assert "vendor/" not in html
    assert 'http-equiv="refresh"' in html
    assert "Support is trained" in html


def test_series_carry_the_line_that_matters_and_the_stage_changes(stand: Any, client: Client) -> None:
    stand.at_first_stage()
    stand.notebook.note("search", stand.clock.at, {"evidence": 0.5})
    found = client.get("/series?names=evidence&since=0").json()
    assert found["series"]["evidence"] == [[stand.clock.at, 0.5]]
    assert found["log_threshold"] == pytest.approx(math.log(100))
    assert [mark["kind"] for mark in found["marks"]] == ["stage"]


def test_news_of_the_evidence_come_with_the_counts_it_rests_on(stand: Any) -> None:
    stand.at_first_stage()
    noted = {"evidence": 0.5, "units:canary": 210, "errors:canary": 3, "units:control": 990, "errors:control": 4}
    stand.notebook.note("search", stand.clock.at, noted)
    assert {name: points[0][1] for name, points in chart(stand.desk, 0.0)["series"].items()} == noted


def test_the_small_charts_of_a_young_launch_stand_still_and_double_their_span(stand: Any) -> None:
    spans = []
    began = stand.clock.at
    points = [(began + second, 1.0) for second in range(5001)]
    for seconds in (10, 50, 70, 5000):
        stand.clock.at = began + seconds
        since, until = chart_span(stand.desk.view(), 600.0, points[: seconds + 1])
        spans.append((since - began, until - began))
    assert spans == [(0, 60), (0, 60), (0, 120), (3200, 5000)]


def test_a_criterion_measured_since_half_a_minute_is_a_line_in_an_old_launch_too(stand: Any, client: Client) -> None:
    stand.at_first_stage()
    stand.clock.at += 3000
    for second in range(30):
        stand.notebook.note("search", stand.clock.at + second, {"criterion:load.p95<2;over=600": 0.3 + second / 100})
    stand.clock.at += 30
    stand.measure(good)
    line = re.search(r'aria-label="Page load p95 over.*?<path d="([^"]*)"', page(client)[0], re.DOTALL)
    assert line is not None
    assert line[1].count("L") > 20


def test_a_rollback_shows_each_step_a_clock_and_what_the_plan_allows(stand: Any, client: Client) -> None:
    stand.at_first_stage()
    stand.measure(good)
    stand.roll_back()
    flag, told = "rollback:1:1", "rollback:1:2"
    stand.happen(e.ActionRequested(key=flag, kind="state", spec={}, title="flag new-search to off"))
    stand.happen(e.ActionSucceeded(key=flag, title="flag new-search to off", attempt=1))
    stand.happen(e.ActionRequested(key=told, kind="notify", spec={}, title="notify lead"))
    stand.clock.at += 65
    html, found = page(client)
    panel = text_of(html, "p-guard")
    assert panel.startswith(" Rollback 1:08 since it began; the plan allows 5 min")
    assert "Flag new-search to off done 1.0 s" in panel
    assert "Notify lead asked for 1:05" in panel
    assert "nothing to compare" not in panel
    assert found.refused == []
    stand.happen(e.RollbackCompleted(seconds=69.0))
    assert "1 min 9 s from first step to last" in text_of(page(client)[0], "p-guard")


def test_a_failed_action_is_listed_and_a_person_says_what_became_of_it(stand: Any, client: Client) -> None:
    stand.at_first_stage()
    key = "step:rollout:1:1"
    stand.happen(e.ActionRequested(key=key, kind="run", spec={}, title="run deploy --now"))
    stand.happen(e.ActionStarted(key=key, title="run deploy --now", attempt=1, worker="w", until=0.0))
    stand.happen(e.ActionFailed(key=key, title="run deploy --now", attempt=1, error="exit code 3", final=True))
    html, found = page(client)
    assert "Run deploy --now failed · exit code 3" in text_of(html, "p-stuck")
    assert found.buttons[f"done-{key}"]
    assert found.buttons[f"again-{key}"]
    question = page(client, f"/confirm/settle?target={key}&outcome=again")[0]
    assert "Try it again: run deploy --now" in question
    assert 'name="outcome" value="again"' in question
    assert 'action="/api/launch/settle"' in question


def test_an_action_in_order_has_no_place_among_those_that_wait_for_a_person(stand: Any, client: Client) -> None:
    stand.at_first_stage()
    html, _ = page(client)
    assert "Waits for a person" not in html
    assert client.get("/confirm/settle?target=step:rollout:1:1&outcome=done").status_code == 404


def test_the_sign_in_form_posts_the_token_and_where_to_go_on() -> None:
    html = login_page('/"><script>', "That token is not known here.")
    assert 'action="/login"' in html
    assert "That token is not known here." in html
    assert "<script>" not in html.replace("<script defer", "")
