"""Proofs that count for a time only, and boxes that somebody says are done."""

from __future__ import annotations

import pytest

from support.launches import HOUR, Course, course, kinds, ratio
from tminus.core import commands
from tminus.core.boxes import is_proven
from tminus.core.evolve import fold
from tminus.core.state import State
from tminus.errors import UsageError

DAY = 24 * HOUR
BOTH = """
phases:
  - id: release
    tasks:
      - {{ do: Restore drill, id: drill, proof: {{ {proof}, age: 2d }} }}
      - {{ do: Other, id: other, owner: lead }}
    rollout: {{ flag: page, stages: [{{ id: all, to: 100%, for: 5d }}] }}
"""


def drilled(proof: str = "sign-off: lead") -> Course:
    return course(BOTH.format(proof=proof))


def words(launch: Course) -> list[str]:
    return [reason["text"] for reason in launch.state.hold]


def test_a_signature_that_is_too_old_at_the_gate_is_asked_for_again() -> None:
    launch = drilled()
    launch.tell(commands.sign, "drill", "lead")
    launch.rest()
    launch.wait(2 * DAY)
    assert is_proven(launch.outline, launch.state, "drill", launch.now)
    launch.wait(60)
    assert words(launch)[0] == "Restore drill (proven 2 d ago, counts for 2d): waiting for lead to sign"
    launch.tell(commands.sign, "other", "lead")
    assert launch.state.stage is None
    launch.tell(commands.sign, "drill", "lead")
    assert "StageStarted" in kinds(launch.rest())
    drill = launch.state.tasks["drill"]
    assert (drill.first_proven_at, drill.proven_at) == (launch.state.started_at, launch.now)


def test_behind_its_gate_a_proof_may_grow_old() -> None:
    launch = drilled()
    for box in ("drill", "other"):
        launch.tell(commands.sign, box, "lead")
    launch.rest()
    launch.wait(5 * DAY)
    assert launch.state.phases_done == ("release",)
    assert is_proven(launch.outline, launch.state, "drill", launch.now)


def test_sent_out_again_the_launch_wants_a_fresh_proof() -> None:
    launch = drilled()
    for box in ("drill", "other"):
        launch.tell(commands.sign, box, "lead")
    launch.rest()
    launch.wait(3 * DAY)
    launch.tell(commands.rollback, "ann")
    launch.rest()
    launch.tell(commands.resume)
    launch.rest()
    assert [reason["id"] for reason in launch.state.hold] == ["box:drill"]


def test_a_probe_that_succeeded_too_long_ago_is_asked_again_and_only_then() -> None:
    launch = drilled('http: { url: "https://x.example.org/" }')
    launch.do("probe-http:drill")
    launch.rest()
    launch.wait(2 * DAY)
    assert launch.state.actions["probe-http:drill"].attempt == 1
    assert [getattr(event, "key", "") for event in launch.wait(1)] == ["probe-http:drill"]
    assert not is_proven(launch.outline, launch.state, "drill", launch.now)
    launch.do("probe-http:drill")
    assert kinds(launch.rest())[0] == "TaskProven"
    assert launch.wait(DAY) == []


def test_a_measurement_counts_as_long() -> None:
    launch = drilled("holds: [errors < 1%]")
    launch.found["errors"] = ratio(0, 100_000)
    launch.rest()
    assert is_proven(launch.outline, launch.state, "drill", launch.now)
    launch.found["errors"] = ratio(50_000, 100_000)
    launch.wait(2 * DAY + 1)
    assert not is_proven(launch.outline, launch.state, "drill", launch.now)


def test_a_signature_may_be_renewed_before_it_is_too_old() -> None:
    launch = drilled()
    launch.tell(commands.sign, "drill", "lead")
    launch.rest()
    launch.now += DAY
    launch.tell(commands.sign, "drill", "lead")
    launch.rest()
    assert kinds(launch.wait(2 * DAY)) == ["TaskProven"]
    assert launch.wait(1) != []
    assert not is_proven(launch.outline, launch.state, "drill", launch.now)
    with pytest.raises(UsageError, match="other is signed by lead, not by support"):
        launch.tell(commands.sign, "other", "support")


def test_the_state_is_the_fold_of_the_log_also_where_proofs_were_renewed() -> None:
    launch = drilled()
    for _ in range(3):
        launch.tell(commands.sign, "drill", "lead")
        launch.wait(3 * DAY)
    assert fold(launch.log, State()) == launch.state


def test_what_somebody_says_is_done_is_said_and_proves_nothing() -> None:
    launch = course("""
phases:
  - id: prepare
    tasks:
      - { do: Backup, id: backup, owner: lead, done: true, done-on: 2026-01-03T10:00:00 }
      - { do: Terms, id: terms, owner: product, done: true }
""")
    assert words(launch) == [
        "Backup (said to be done on 2026-01-03): waiting for lead to sign",
        "Terms (said to be done): waiting for product to sign",
    ]
