"""Revenue per user from end to end: orders with amounts as CloudEvents, and what `tminus experiments` says of both arms."""

from __future__ import annotations

import json
import random
import re
import subprocess
import sys
from collections import defaultdict
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
from server import NAME, Server, running

SEED = 20261121
USERS = [f"user-{number}" for number in range(2_000)]
BETTER = "variant new of shop is better on revenue"
SPEND = "spent > $1"

REVENUE = {"source": "events", "sum": "order_placed", "value": "amount", "unit": "$", "per": "user"}
PLAN: dict[str, Any] = {
    "roles": {"lead": {}},
    "flags": {"shop": {"variants": {"old": 0, "new": 1}, "default": "old"}},
    "metrics": {
        "revenue": {**REVENUE, "title": "Revenue", "of": "visited"},
        "spent": {**REVENUE, "window": "1h"},
    },
    "experiments": {
        "shop": {
            "flag": "shop",
            "arms": {"old": "50%", "new": "50%"},
            "to": "100%",
            "met": "visited",
            "metrics": {"revenue": "more"},
        }
    },
    "kpis": [{"that": SPEND}],
    "phases": [{"id": "all", "exit": [BETTER], "go": ["lead"]}],
}


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with running(tmp_path_factory.mktemp("revenue"), PLAN) as one:
        one.shows(lambda view: view["experiments"] and view["experiments"][0]["state"] == "running")
        yield one


def events() -> Iterator[tuple[str, float, dict[str, object]]]:
    """Everybody visits. Who has the new shop buys as often, and pays half as much again. No two amounts are alike."""
    chance, now = random.Random(SEED), datetime.now(UTC)
    for number, user in enumerate(USERS):
        variant = ("old", "new")[number % 2]
        shown = {"feature_flag.key": "shop", "feature_flag.result.variant": variant}
        head = {"specversion": "1.0", "source": "/shop", "subject": user}
        yield variant, 0.0, {**head, "id": f"v{number}", "type": "visited", "time": now.isoformat(), "data": shown}
        for order in range(chance.randrange(3)):
            amount = round(chance.uniform(10, 50) * (1.5 if variant == "new" else 1), 2)
            time = (now + timedelta(milliseconds=1 + order)).isoformat()
            data = {"amount": amount, "currency": "USD"}
            told = {**head, "id": f"o{number}.{order}", "type": "order_placed", "time": time, "data": data}
            yield variant, amount, told


def send(server: Server, batch: list[dict[str, object]]) -> None:
    answer = httpx.post(
        f"{server.address}/v1/events",
        content=json.dumps(batch),
        headers={"Content-Type": "application/cloudevents-batch+json"},
    )
    assert answer.status_code < 300, answer.text


def test_revenue_per_user_of_both_arms_decides_the_launch(server: Server) -> None:
    told, earned = [], defaultdict[str, float](float)
    for variant, amount, event in events():
        told.append(event)
        earned[variant] += amount
    send(server, told)
    send(server, told[:1_000])  # a sender that got no answer sends again: nobody pays twice
    means = {variant: earned[variant] / (len(USERS) / 2) for variant in ("old", "new")}

    view = server.shows(lambda view: {c["text"]: c["state"] for c in view["criteria"]}[BETTER] == "holds")
    [contest] = view["experiments"][0]["contests"]
    assert (contest["users"], contest["state"], contest["asymptotic"]) == ([1_000, 1_000], "better", True)
    # No amount was paid before the experiment, so nothing adjusts the means.
    assert contest["values"] == [f"{means[variant]:.4g} $" for variant in ("old", "new")]
    assert 0 < contest["low"] < means["new"] / means["old"] - 1 < contest["high"]

    spent = sum(earned.values()) / len({event["subject"] for event in told if event["type"] == "order_placed"})
    server.shows(lambda view: [c["value"] for c in view["criteria"] if c["text"] == SPEND] == [pytest.approx(spent)])
    [said] = [c for c in server.view()["criteria"] if c["text"] == SPEND]
    assert (said["value_text"], said["target_text"]) == (f"${spent:.1f}", "$1")

    lines = printed(server.data).splitlines()
    assert any("revenue per user, more is better" in line for line in lines)
    for variant in ("old", "new"):
        assert any(re.search(rf"{variant} +1,000 +{re.escape(f'{means[variant]:.4g} $')}", line) for line in lines)

    assert server.command("go", role="lead").status_code < 300
    assert server.ends() == 0


def printed(data: Path) -> str:
    """What `tminus experiments` says of the running launch."""
    program = [sys.executable, "-c", "from tminus.cli import main; main()", "experiments", "--launch", NAME]
    done = subprocess.run([*program, "--data", str(data)], capture_output=True, text=True, timeout=60, check=True)
    return done.stdout
