"""Two launches after each other on real servers: what the first one shipped is served until somebody drops it."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import httpx
from server import Server

USER = {"context": {"targetingKey": "ann"}}
SHIPS: dict[str, Any] = {
    "flags": {"page": {}, "half": {}},
    "phases": [{"id": "only", "steps": [{"flag": "page", "to": "on"}, {"flag": "half", "to": "50%"}]}],
}
NEXT: dict[str, Any] = {
    "flags": {"cart": {}},
    "roles": {"lead": {}},
    "phases": [{"id": "only", "go": ["lead"]}],
}


def asked(server: Server, flag: str, user: str = "ann") -> httpx.Response:
    body = {"context": {"targetingKey": user}}
    return httpx.post(f"{server.address}/ofrep/v1/evaluate/flags/{flag}", json=body, timeout=10.0)


def halves(server: Server) -> list[str]:
    return [asked(server, "half", f"user-{number}").json()["variant"] for number in range(30)]


def tminus(*words: str) -> subprocess.CompletedProcess[str]:
    program = [sys.executable, "-c", "from tminus.cli import main; main()", *words]
    return subprocess.run(program, capture_output=True, text=True, timeout=60, check=False)


def started(directory: Path, plan: dict[str, Any], data: Path, name: str) -> Server:
    directory.mkdir()
    return Server(directory, plan, data, ["--name", name])


def ended(server: Server) -> None:
    server.process.kill()
    server.process.wait()


def test_a_flag_is_served_after_the_next_launch_began_after_a_restart_and_until_it_is_dropped(tmp_path: Path) -> None:
    data = tmp_path / "data"
    first = started(tmp_path / "one", SHIPS, data, "first")
    try:
        assert first.ends() == 0
    finally:
        ended(first)
    second = started(tmp_path / "two", NEXT, data, "second")
    try:
        view = second.shows(lambda view: view["status"] == "running")
        kept = {flag["key"]: flag for flag in view["flags"] if flag["kept_from"]}
        assert {key: (flag["kept_from"], flag["stands"]) for key, flag in kept.items()} == {
            "page": ("first", "everybody has on"),
            "half": ("first", "some have on"),
        }
        answer = asked(second, "page").json()
        assert (answer["variant"], answer["metadata"]["launch"]) == ("on", "first")
        had = halves(second)
        assert set(had) == {"on", "off"}
        assert second.command("kill", target="page", reason="slow").status_code < 300
        assert asked(second, "page").json()["variant"] == "off"
        assert second.command("restore", target="page").status_code < 300
    finally:
        ended(second)  # kill -9
    again = Server(tmp_path / "two", NEXT, data, ["--name", "second"])
    try:
        again.shows(lambda view: view["status"] == "running")
        assert asked(again, "page").json()["variant"] == "on"
        assert halves(again) == had
        said = tminus("flags", "drop", "page", "--reason", "its code is gone", "--data", str(data), "--json")
        assert said.returncode == 0, said.stderr
        again.shows(lambda view: "page" not in [flag["key"] for flag in view["flags"]])
        assert asked(again, "page").status_code == 404
        assert halves(again) == had
        stale = json.loads(tminus("flags", "stale", "--days", "0", "--data", str(data), "--json").stdout)
        assert "page" not in [one["flag"] for one in stale]
        refused = tminus("flags", "drop", "cart", "--data", str(data))
        assert (refused.returncode, "present plan" in refused.stderr) == (2, True)
    finally:
        ended(again)
