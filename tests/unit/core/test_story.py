from __future__ import annotations

from pathlib import Path

import pytest

from support.launches import outline
from tminus.core import events as e
from tminus.core.events import decode
from tminus.core.outline import Outline
from tminus.core.story import story
from tminus.plan import read_plan_text

EXAMPLES = Path(__file__).parents[2] / "house" / "events-v1.jsonl"


@pytest.mark.parametrize("line", EXAMPLES.read_text().splitlines(), ids=lambda line: line[10:40].split('"')[0])
def test_every_event_is_told_in_one_line_with_a_mark(line: str) -> None:
    mark, words = story(decode(line), outline(), "ann")
    assert (len(mark), words.count("\n"), bool(words.strip())) == (1, 0, True)


PAGE = outline()


@pytest.mark.parametrize(
    ("event", "told"),
    [
        (e.LaunchHeld(reason="lunch"), ("✋", "ann holds the launch: lunch")),
        (e.LaunchHeld(), ("✋", "ann holds the launch")),
        (
            e.StageStarted(phase="release", stage="few", flag="page", share=0.05, cohorts=("staff",)),
            ("▮", "5 % of users and staff have page"),
        ),
        (e.StagePromoted(stage="few"), ("✓", "few passed: it baked long enough")),
        (
            e.StagePromoted(stage="few", evidence={"guards": {"errors": {"canary": [1, 2000]}}}),
            ("✓", "few passed: errors: 1 failure in 2,000 requests of the new version"),
        ),
        (e.PhaseStarted(phase="release"), ("▮", "Phase release begins")),
        (e.GateSigned(gate="phase:release", role="lead"), ("✋", "ann said go as lead")),
        (
            e.GateSigned(gate="attest:phase:release:mood >= 90%", role="product"),
            ("✋", "ann vouched for mood >= 90% as product"),
        ),
        (e.RollbackCompleted(seconds=90, failed=("run ./x",)), ("✓", "Rolled back in 1 min 30 s; failed: run ./x")),
        (e.ActionFailed(key="a:1", attempt=1, error="no", final=False), ("✗", "Failed, trying again: a 1: no")),
        (e.ActionFailed(key="a:1", title="run", attempt=5, error="no", final=True), ("✗", "Failed: run: no")),
        (e.FlagKilled(flag="page", reason="fire"), ("✋", "ann switched page off: fire")),
    ],
)
def test_an_event_reads_as_a_person_would_say_it(event: e.Event, told: tuple[str, str]) -> None:
    assert story(event, PAGE, "ann") == told


def test_an_event_of_a_stage_that_the_plan_no_longer_has_is_still_told() -> None:
    assert story(e.StagePromoted(stage="gone"), PAGE, "ann")[1] == "gone passed: it baked long enough"


def test_a_passed_stage_says_of_each_metric_what_it_is_and_leaves_the_regions_to_the_log() -> None:
    shop = Outline(
        read_plan_text("""tminus: 1
title: Shop
flags: { page: {} }
metrics:
  paid: { source: events, good: 'payment{ok="true"}', total: payment }
  tickets: { title: Support tickets, source: events, count: ticket, traffic: paid, better: lower }
phases: [{ id: release, rollout: { flag: page, guards: [paid, tickets], stages: [{ id: few, to: 5%, for: 1h }] } }]
""")
    )
    counted = {"tickets": {"canary": [9, 2000]}, "tickets in north": {"canary": [4, 900]}, "paid": {"canary": [90, 95]}}
    shown = {"paid": {"at_most": 1.02, "margin": 1.25, "by": "control"}}
    assert story(e.StagePromoted(stage="few", evidence={"guards": counted, "shown": shown}), shop, "ann")[1] == (
        "few passed: paid at least 98 % of the old version's, "
        "tickets: 9 support tickets in 2,000 requests of the new version"
    )
    assert (
        "90 successes in 95 requests" in story(e.StagePromoted(stage="few", evidence={"guards": counted}), shop, "")[1]
    )
