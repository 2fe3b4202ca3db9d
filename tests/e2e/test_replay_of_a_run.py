"""A launch that `tminus run` has driven, with what its users sent, played once more under a stricter plan."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import world
from server import NAME, running


def plan(worst: str) -> dict[str, Any]:
    """Half of the users for some seconds, then all of them."""
    metric = {"source": "events", "bad": 'request{error="true"}', "total": "request", "unit": "%", "window": "3s"}
    stages = [{"id": "half", "to": "50%", "for": "5s"}, {"id": "all", "to": "100%", "for": "1s"}]
    return {
        "flags": {world.FLAG: {"variants": {"on": True, "off": False}, "default": "off"}},
        "metrics": {"error_rate": metric},
        "phases": [{"id": "release", "rollout": {"flag": world.FLAG, "stages": stages}}],
        "rollback": {"when": [f"canary error_rate > {worst} over 3s"]},
        "watching": {"every": "200ms"},
    }


def replay(path: Path, data: Path) -> dict[str, Any]:
    program = [sys.executable, "-c", "from tminus.cli import main; main()", "rehearse", str(path)]
    more = ["--replay", f"{data}:{NAME}", "--every", "500ms", "--json"]
    done = subprocess.run([*program, *more], capture_output=True, text=True, timeout=60, check=True)
    return dict(json.loads(done.stdout))


def test_a_run_that_shipped_would_have_been_rolled_back_by_a_stricter_plan(tmp_path: Path) -> None:
    data, stricter = tmp_path / "data", tmp_path / "stricter.yaml"
    with running(tmp_path, plan("90%"), data) as server, world.users(server.address, error_rate=0.3):
        assert server.ends() == 0, server.errors()
    stricter.write_text(json.dumps({"tminus": 1, "title": "Launch", **plan("5%")}))
    found = replay(stricter, data)
    assert found["end"] == "rolled back"
    assert "canary error_rate > 5% over 3s" in found["why"]
    same = replay(tmp_path / "plan.yaml", data)
    assert same["end"] != "rolled back"
    assert not [one for one in same["differences"] if one["what"] == "rollback"]
