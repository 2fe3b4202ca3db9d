"""`make bench-flags`: five evaluators are asked the same, and what is printed is whole."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[3] / "bench"))

from flags import PEERS, TARGETS, flagd_core, flagsmith, growthbook, ours, report, rollouts, start_up, unleash


def on(answer: Any) -> bool:
    return bool(getattr(answer, "value", answer))


def test_static_is_off_for_everybody_with_every_evaluator() -> None:
    with unleash() as calls:
        for asked in (ours(), flagd_core(), growthbook(), flagsmith(), calls):
            assert on(asked["static"]()) is False
            assert on(asked["rule"]()) in (True, False)


def test_the_report_has_every_peer_and_every_target() -> None:
    found = json.loads(json.dumps(report(1, 50)))
    assert set(found["us"]) == {"tminus", *PEERS}
    assert set(found["times_ours"]) == set(PEERS)
    assert set(found["holds"]) == set(TARGETS)
    assert all(value > 0 for flags in found["us"].values() for value in flags.values())


def test_start_up_counts_the_flags_and_the_bytes_they_keep() -> None:
    found = start_up(rollouts(200), 1)
    assert found["flags"] == 200
    assert 500 < found["bytes_a_flag"] < 5000
