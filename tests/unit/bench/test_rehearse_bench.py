"""`make bench BENCH=rehearse`: a quick run measures all that the whole one does."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

BENCH = Path(__file__).parents[3] / "bench"
sys.path.insert(0, str(BENCH))

from rehearse import TARGETS, grown, made  # noqa: E402


def test_a_quick_run_measures_everything_and_says_it_as_json() -> None:
    program = [sys.executable, str(BENCH / "rehearse.py"), "--quick", "--json"]
    found = json.loads(subprocess.run(program, capture_output=True, check=True, text=True, timeout=120).stdout)
    assert found["targets"] == TARGETS
    assert found["profile"]["cpu_seconds_per_launch"] > 0
    assert (found["many"]["launches"], found["many"]["thousand_measured"]) == (8, False)
    assert found["many"]["peak_megabytes"] > found["many"]["peak_megabytes_a_process"] > 10
    assert found["growth"].keys() == {"metrics", "phases", "launches"}
    assert all(len(one["cpu_seconds"]) == 2 for one in found["growth"].values())


def test_what_takes_twice_as_long_at_twice_the_size_grows_with_the_exponent_one() -> None:
    assert grown({5: 0.1, 10: 0.2, 20: 0.4})["exponent"] == pytest.approx(1.0)
    assert grown({5: 0.1, 10: 0.1, 20: 0.1})["exponent"] == pytest.approx(0.0)


def test_a_made_plan_lasts_six_weeks_and_judges_every_metric_at_every_stage() -> None:
    plan = made(metrics=4, phases=3)
    stages = [stage for phase in plan.phases if phase.rollout for stage in phase.rollout.stages]
    assert sum(stage.bakes.seconds for stage in stages) == pytest.approx(6 * 7 * 86_400, rel=0.01)
    assert all(len({one.metric for one in stage.exit}) == 4 for stage in stages)
