"""What is asked over OFREP comes back: counted by variant in `why`, by flag in `flags stale`, and in the console."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from typing import Any

import httpx
import pytest
from server import Server, running

ASKED = 60
PLAN: dict[str, Any] = {
    "roles": {"lead": {}},
    "flags": {"new-page": {"variants": {"on": True, "off": False}, "default": "off"}, "cart": {}},
    "metrics": {"errors": {"source": "events", "bad": 'request{error="true"}', "total": "request"}},
    "phases": [
        {
            "id": "only",
            "rollout": {"flag": "new-page", "guards": ["errors"], "stages": [{"to": "50%", "for": "1h"}]},
        }
    ],
}


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A launch at 50 % whose flag was asked for, for so many users, and reported."""
    with running(tmp_path_factory.mktemp("launch"), PLAN) as server:
        server.shows(lambda view: view["headline"] == "RUNNING AT 50 %")
        with httpx.Client() as client:
            for user in range(ASKED):
                answer = client.post(
                    f"{server.address}/ofrep/v1/evaluate/flags/new-page",
                    json={"context": {"targetingKey": f"user-{user}"}},
                )
                assert answer.status_code == 200
        server.shows(lambda view: sum((view["evaluations"] or {}).get("by_variant", {}).values()) == ASKED)
        yield server


def command(server: Server, *words: str) -> Any:
    program = [sys.executable, "-c", "from tminus.cli import main; main()", *words, "--data", str(server.data)]
    done = subprocess.run([*program, "--json"], capture_output=True, text=True, check=True)
    return json.loads(done.stdout)


def test_stale_asks_the_server_who_was_asked_for(server: Server) -> None:
    found = {one["flag"]: one for one in command(server, "flags", "stale", "--days", "0")}
    assert (found["cart"]["last_asked"], found["cart"]["evaluations"]) == (None, 0)
    assert found["cart"]["unasked"].startswith("not asked for in the ")
    assert "new-page" not in found, "it is asked for, and half the users have it"
    asked = httpx.get(f"{server.address}/api/flags/evaluations").json()
    assert sum(asked["counted"]["new-page"].values()) == ASKED
    assert set(asked["newest"]) == {"new-page"}


def test_why_shows_the_evaluations_by_variant(server: Server) -> None:
    told = command(server, "why")
    assert told["evaluations"]["flag"] == "new-page"
    by_variant = told["evaluations"]["by_variant"]
    assert set(by_variant) == {"on", "off"}
    assert sum(by_variant.values()) == ASKED


def test_the_console_says_how_often_a_flag_was_answered(server: Server) -> None:
    page = httpx.get(server.address).text
    assert f"{ASKED} answers in the last hour" in page


def test_when_the_server_is_gone_the_file_is_read(server: Server) -> None:
    server.process.terminate()
    server.ends()
    found = {one["flag"]: one for one in command(server, "flags", "stale", "--days", "0")}
    assert found["cart"]["evaluations"] == 0
    assert found["cart"]["telemetry_since"] is not None
