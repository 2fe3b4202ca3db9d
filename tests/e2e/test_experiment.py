"""An A/B test from end to end: variants over OFREP, what users did as CloudEvents, and the launch's own verdict.

The users are drawn from a seed. `green` truly keeps more of them than `plain` does, `big` truly keeps fewer.
"""

from __future__ import annotations

import json
import random
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from http.client import HTTPConnection
from pathlib import Path
from typing import Any

import httpx
import pytest
from server import NAME, Server, running

from tminus.core.events import ExperimentStarted, FlagSet, LaunchCompleted

SEED = 20260117
USERS = [f"user-{number}" for number in range(6_000)]
KEPT = {"plain": 0.5, "green": 0.6, "big": 0.4}
WAITS = "variant green of button is better on retention"

PLAN: dict[str, Any] = {
    "roles": {"lead": {}},
    "flags": {"button": {"variants": {"plain": 0, "green": 1, "big": 2}, "default": "plain"}},
    "metrics": {
        "retention": {"source": "events", "of": "opened", "did": "returned", "within": "1s"},
        "visits": {"source": "events", "count": "returned"},
    },
    "experiments": {
        "button": {
            "title": "Which button keeps them",
            "flag": "button",
            "arms": {"plain": "50%", "green": "25%", "big": "25%"},
            "to": "20%",
            "met": "opened",
            "metrics": {"retention": "more", "visits": "more"},
        }
    },
    "kpis": [
        {"that": "variant big of button is better on retention"},
        {"that": "variant big of button is not worse on retention"},
        {"that": "variant big of button is worse on retention"},
        {"that": "variant green of button is not worse on visits"},
    ],
    "phases": [
        {"id": "few", "go": ["lead"]},
        {"id": "all", "steps": [{"flag": "button", "to": "100%"}], "exit": [WAITS], "go": ["lead"]},
    ],
}


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with running(tmp_path_factory.mktemp("experiment"), PLAN) as one:
        one.shows(lambda view: view["experiments"] and view["experiments"][0]["state"] == "running")
        yield one


def variants(server: Server) -> dict[str, str]:
    """What every user is given, asked one by one as an OpenFeature client does."""
    connection, found = HTTPConnection("127.0.0.1", server.port), {}
    for user in USERS:
        body = json.dumps({"context": {"targetingKey": user}})
        connection.request("POST", "/ofrep/v1/evaluate/flags/button", body, {"Content-Type": "application/json"})
        found[user] = json.loads(connection.getresponse().read())["variant"]
    connection.close()
    return found


def events(given: dict[str, str]) -> Iterator[dict[str, object]]:
    """Everybody opens the page; some come back a little later, more or fewer by what they were given."""
    chance, now = random.Random(SEED), datetime.now(UTC)
    for number, (user, variant) in enumerate(given.items()):
        shown = {"feature_flag.key": "button", "feature_flag.result.variant": variant}
        head = {"specversion": "1.0", "source": "/page", "subject": user}
        yield {**head, "id": f"o{number}", "type": "opened", "time": now.isoformat(), "data": shown}
        if chance.random() < KEPT.get(variant, KEPT["plain"]):
            later = (now + timedelta(seconds=0.5)).isoformat()
            # Whoever counts the returns knows nothing of flags: users are the link.
            yield {**head, "id": f"r{number}", "type": "returned", "time": later, "data": {}}


def send(server: Server, given: dict[str, str]) -> None:
    batch = list(events(given))
    for start in range(0, len(batch), 2_000):
        answer = httpx.post(
            f"{server.address}/v1/events",
            content=json.dumps(batch[start : start + 2_000]),
            headers={"Content-Type": "application/cloudevents-batch+json"},
        )
        assert answer.status_code < 300, answer.text


def states(view: dict[str, Any]) -> dict[str, str]:
    return {one["text"]: one["state"] for one in view["criteria"]}


def test_the_better_arm_lets_the_launch_go_on_and_the_worse_one_is_shown_to_be_worse(server: Server) -> None:
    few = variants(server)
    inside = {user: variant for user, variant in few.items() if variant != "outside"}
    assert len(inside) / len(USERS) == pytest.approx(0.2, abs=0.02)
    assert states(server.view())["variant big of button is better on retention"] == "inconclusive"

    assert server.command("go", role="lead").status_code < 300
    server.shows(lambda view: view["experiments"][0]["share"] == 1.0)
    everybody = variants(server)
    assert {user: everybody[user] for user in inside} == inside
    assert set(everybody.values()) == set(KEPT)

    send(server, everybody)
    view = server.shows(lambda view: states(view)[WAITS] == "holds")
    view = server.shows(lambda view: states(view)["variant green of button is not worse on visits"] == "holds")
    assert states(view) == {
        WAITS: "holds",
        "variant big of button is better on retention": "fails",
        "variant big of button is not worse on retention": "fails",
        "variant big of button is worse on retention": "holds",
        "variant green of button is not worse on visits": "holds",
    }
    counts = Counter(everybody.values())
    seen = {one["arm"]: one for one in view["experiments"][0]["contests"] if one["metric"] == "retention"}
    assert seen["green"]["users"] == [counts["plain"], counts["green"]]
    assert (seen["green"]["state"], seen["big"]["state"]) == ("better", "worse")
    assert 0 < seen["green"]["low"] < 0.2 < seen["green"]["high"]
    assert view["experiments"][0]["doubt"] == ""

    said = printed(server.data)
    assert "Which button keeps them" in said
    assert any("green" in line and "better" in line and "●" in line for line in said.splitlines())
    assert any("big" in line and "worse" in line for line in said.splitlines())

    assert server.command("go", role="lead").status_code < 300
    assert server.ends() == 0
    kinds = [type(event) for event in server.events()]
    assert [kind for kind in kinds if kind in (ExperimentStarted, FlagSet, LaunchCompleted)] == [
        ExperimentStarted,
        FlagSet,
        LaunchCompleted,
    ]


def printed(data: Path) -> str:
    """What `tminus experiments` says of the running launch."""
    program = [sys.executable, "-c", "from tminus.cli import main; main()", "experiments", "--launch", NAME]
    done = subprocess.run([*program, "--data", str(data)], capture_output=True, text=True, timeout=60, check=True)
    return done.stdout
