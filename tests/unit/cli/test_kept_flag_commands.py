"""What people type and see of flags that an earlier launch left: `flags drop`, `flags stale`, `status`, and the console."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from tminus.app.clock import SystemClock
from tminus.app.launching import begin_or_continue
from tminus.app.ledgers import open_ledger
from tminus.app.viewing import build_view, feed
from tminus.cli.commands import app
from tminus.console.panels import environment
from tminus.core.events import ExperimentStarted, FlagDropped, FlagKilled, FlagSet, LaunchCompleted
from tminus.core.facts import Facts
from tminus.plan import Plan, read_plan_text
from tminus.store import SqlEventLog

DAY = 86_400
HEAD = "tminus: 1\ntitle: Page\nphases: [{ id: only, steps: [{ status: operational }] }]\n"
FIRST = """
metrics: { buyers: { source: events, of: opened, did: bought, within: 1h } }
roles: { lead: {} }
regions: { north: { title: The north, countries: [DE] } }
cohorts: { gold: { tiers: [gold] } }
flags:
  page: { title: The page, owner: lead, expires: 2026-01-31T00:00:00 }
  half: {}
  quiet: {}
  button: { variants: { plain: 0, green: 1 }, default: plain }
experiments:
  button: { flag: button, layer: cart, from: 20%, arms: { plain: 50%, green: 50% }, to: 30%, metrics: { buyers: more },
    regions: [north], cohorts: [gold] }
"""


def plan(text: str) -> Plan:
    return read_plan_text(HEAD + text)


def run(data: Path, *words: str) -> Result:
    return CliRunner().invoke(app, [*words, "--data", str(data)])


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """Two launches: what the first one left is the second one's to serve."""
    log, now = SqlEventLog(tmp_path / "log.sqlite"), SystemClock().now()
    begin_or_continue(log, plan(FIRST), "one", 1.0, SystemClock())
    events: list[Any] = [FlagSet(flag="page", share=1.0), FlagSet(flag="half", share=0.5)]
    events += [ExperimentStarted(experiment="button", flag="button", share=0.1)]
    log.append("one", 1, [*events, FlagKilled(flag="half", reason="slow")], actor="ann", at=now - 40 * DAY)
    log.append("one", 1 + len(events) + 1, [LaunchCompleted()], actor="ann", at=now)
    begin_or_continue(log, plan("flags: { cart: {} }\n"), "two", 1.0, SystemClock())
    return tmp_path


def test_kept_flags_are_listed_when_they_are_stale(data: Path) -> None:
    found = {one["flag"]: one for one in json.loads(run(data, "flags", "stale", "--json").stdout)}
    assert found.keys() == {"page", "half"}
    assert found["page"]["words"] == "everybody has on, kept from one"
    assert (found["page"]["owner"], found["page"]["expires"], found["page"]["expired"]) == (
        "lead",
        "2026-01-31T00:00:00",
        True,
    )
    assert found["half"]["words"] == "ann pulled its kill switch: slow, kept from one"


def test_the_status_says_what_is_kept_and_from_where(data: Path) -> None:
    said = run(data, "status").output
    assert "flag page, kept from one: everybody has on" in said
    assert "flag half, kept from one: everybody has off, switched off by ann" in said
    assert "flag button, kept from one: its rule says who has what" in said
    assert "flag cart" not in said


def test_a_dropped_flag_is_gone_and_the_log_says_who_and_why(data: Path) -> None:
    said = run(data, "flags", "drop", "page", "--reason", "its code is gone", "--as", "bob")
    assert (said.exit_code, "drop recorded" in said.output) == (0, True)
    again = run(data, "flags", "drop", "page")
    assert (again.exit_code, "there is no kept flag page" in again.output) == (2, True)
    assert "bob dropped page: its code is gone; it is served no more" in run(data, "log").output
    assert "there is no flag page" in run(data, "flags", "why", "page", "--key", "u").output


def test_the_log_says_from_the_first_line_what_is_served_on(data: Path) -> None:
    said = " ".join(run(data, "log").output.split())
    assert "of earlier launches it goes on serving button, half, page, quiet" in said


def test_why_explains_a_kept_flag_and_who_pulled_its_switch(data: Path) -> None:
    said = run(data, "flags", "why", "half", "--key", "u").output
    assert said.startswith("ann pulled the kill switch: slow")
    assert "so the variant is on" in run(data, "flags", "why", "page", "--key", "u").output


def test_the_console_shows_where_a_flag_is_kept_from_and_offers_its_switch(data: Path) -> None:
    ledger = open_ledger(SqlEventLog(data / "log.sqlite"), "two", SystemClock())
    view = build_view(ledger.outline, ledger.state, Facts(), 0.0, [])
    html = environment().get_template("panel_flags.html").render(view=view)
    assert "everybody has on, kept from one" in html
    assert 'id="switch-page"' in html
    assert "switched off by ann: slow, kept from one" in html


def test_an_experiment_says_its_range_and_who_can_be_in(data: Path) -> None:
    (one,) = json.loads(run(data, "experiments", "--launch", "one", "--json").stdout)["experiments"]
    assert (one["layer"], one["range"], one["regions"], one["cohorts"]) == ("cart", [0.2, 0.3], ["The north"], ["gold"])
    assert "10 % of users in The north who are of gold" in run(data, "experiments", "--launch", "one").output
    ledger = open_ledger(SqlEventLog(data / "log.sqlite"), "one", SystemClock())
    told = [item.text for item in feed(ledger.outline, ledger.log.read("one"))]
    assert "button: 10 % of users in The north who are of gold are in the experiment: 50 % green, 50 % plain" in told


def test_an_exported_flag_says_its_range_in_its_metadata(tmp_path: Path) -> None:
    file = tmp_path / "plan.yaml"
    file.write_text(HEAD + FIRST)
    for at, end in (("0%", "50%"), ("10%", "30%")):
        text = CliRunner().invoke(app, ["flags", "export", str(file), "--at", at]).stdout
        flag = json.loads(text)["flags"]["button"]
        assert flag["metadata"] == {"tminus.layer": "cart", "tminus.from": "20%", "tminus.to": end}


def test_dropping_is_an_event_of_its_own(data: Path) -> None:
    run(data, "flags", "drop", "button", "--as", "bob")
    newest = SqlEventLog(data / "log.sqlite").read("two")[-1]
    assert (newest.event, newest.actor) == (FlagDropped(flag="button"), "bob")
