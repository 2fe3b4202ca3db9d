"""What the launch decides by itself: going back, telling people, holding."""

from __future__ import annotations

from dataclasses import replace

import pytest

from support.launches import HOUR, MINUTE, T0, course, kinds, ratio, reading
from tminus.core import commands
from tminus.core import events as e
from tminus.core.assess import assess
from tminus.core.assessment import Measurement
from tminus.core.decide import decide, needed_criteria
from tminus.core.facts import Facts
from tminus.core.state import ActionPhase, State, Status
from tminus.guards import threshold

STAGES = "stages: [{ id: few, to: 5%, for: 1h }, { id: all, to: 100%, for: 1h }]"
GUARDED = f"""
phases: [{{ id: release, rollout: {{ flag: page, guards: [errors], evidence: {{ needed: false }}, {STAGES} }} }}]
watching: {{ silence: 2m }}
"""
TRIGGERED = f"""
phases: [{{ id: release, rollout: {{ flag: page, {STAGES} }} }}]
rollback:
  when: [errors > 1%]
  within: 1m
  do: [{{ run: ./restore }}, {{ notify: lead }}, {{ call: "https://x.example.org/back" }}, {{ status: degraded }}]
"""
ALERTED = """
phases: [{ id: only, go: [product] }]
alerts: [{ id: slow, when: delay p95 > 1s, for: 2m, severity: high, notify: [lead, support] }]
"""


def test_a_launch_that_has_not_begun_or_has_ended_decides_nothing() -> None:
    launch = course(TRIGGERED, found={"errors": ratio(500, 1000)})
    for status in (Status.NEW, Status.COMPLETED, Status.ABORTED):
        assert decide(launch.outline, State(status=status), launch.facts, T0) == ()


# Guards


def test_a_guard_rolls_back_at_its_threshold_and_not_before() -> None:
    launch = course(GUARDED, guards={"errors": reading(threshold(0.01) - 0.001)}, seen_at=T0)
    before = launch.state.status
    launch.guards = {"errors": reading(threshold(0.01))}
    events = launch.rest()
    assert (before, kinds(events)) == (Status.RUNNING, ["RollbackStarted", "RollbackCompleted"])
    assert events[0] == e.RollbackStarted(
        cause={
            "kind": "guard",
            "text": "guard errors: 9 failures in 50 canary requests against 1 in 950; evidence of harm 100 of 100 needed",
        },
        evidence={"guards": {"errors": {"log_evidence": 4.6052, "canary": [9, 50], "control": [1, 950]}}},
    )


def test_a_guard_that_rolls_back_by_its_ceiling_says_so() -> None:
    high = replace(reading(threshold(0.01)), log_relative=-1.0, log_absolute=threshold(0.01) + 2)
    launch = course(GUARDED, guards={"errors": reading()}, seen_at=T0)
    launch.guards = {"errors": high}
    begun = launch.rest()[0]
    assert isinstance(begun, e.RollbackStarted)
    assert begun.cause["text"].endswith("100 needed; it is above its ceiling, whatever the old version has")


def test_evidence_while_nobody_has_the_new_variant_rolls_nothing_back() -> None:
    launch = course(GUARDED)
    launch.tell(commands.kill, "page")
    launch.guards = {"errors": reading(50.0)}
    assert "RollbackStarted" not in kinds(launch.rest())


# Triggers


def test_a_trigger_rolls_back_and_the_log_says_by_what() -> None:
    launch = course(TRIGGERED)
    launch.found["errors"] = ratio(500, 1000)
    started = launch.wait(MINUTE)[0]
    assert isinstance(started, e.RollbackStarted)
    assert started.cause == {
        "kind": "trigger",
        "text": "trigger errors > 1%: errors 50 % over 1 min: > 1 % holds",
    }
    assert (started.evidence["trigger"]["hits"], launch.state.share_of("page")) == (500, 0.0)


@pytest.mark.parametrize(
    "found",
    [None, Measurement(None, error="the source is down"), ratio(1, 20), ratio(0, 0), ratio(500, 1000, T0 - HOUR)],
    ids=["never measured", "source down", "inconclusive", "no data", "stale"],
)
def test_what_was_not_measured_never_rolls_back(found: Measurement | None) -> None:
    launch = course(TRIGGERED)
    if found is not None:
        launch.found["errors"] = found
    assert "RollbackStarted" not in kinds(launch.wait(MINUTE))


def test_a_trigger_works_while_a_person_holds_the_launch() -> None:
    launch = course(TRIGGERED)
    launch.tell(commands.hold, "ann")
    launch.found["errors"] = ratio(500, 1000)
    assert kinds(launch.wait(MINUTE))[0] == "RollbackStarted"


def test_what_was_measured_before_the_rollout_began_is_not_held_against_it() -> None:
    launch = course(TRIGGERED, found={"errors": ratio(500, 1000)})
    assert (launch.state.stage, launch.state.status) == ("few", Status.RUNNING)


def test_a_mended_release_is_not_rolled_back_by_what_was_seen_of_the_one_before() -> None:
    launch = course(TRIGGERED)
    launch.found["errors"] = ratio(500, 1000)
    launch.wait(MINUTE)
    for _ in range(3):
        launch.do()
        launch.rest()
    launch.tell(commands.resume)
    launch.rest()
    assert (launch.state.stage, launch.state.status) == ("few", Status.RUNNING)


# Going back


def test_rollback_actions_go_in_order_and_on_after_a_failed_one() -> None:
    launch = course(TRIGGERED)
    launch.tell(commands.rollback, "ann")
    launch.rest()
    assert list(launch.state.actions) == ["rollback:1:1"]
    launch.record(e.ActionFailed(key="rollback:1:1", attempt=5, error="exit 1", final=True))
    launch.rest()
    assert list(launch.state.actions) == ["rollback:1:1", "rollback:1:2", "rollback:1:3"]
    launch.do("rollback:1:3")
    events = launch.rest()
    assert e.StatusPublished(status="degraded", message="ann rolled back") in events
    assert e.RollbackCompleted(seconds=0.0, failed=("run ./restore",)) in events
    assert isinstance(events[-1], e.ActionRequested)
    assert events[-1].key == "rollback:1:failed:lead"


def test_a_rollback_waits_for_an_action_that_is_tried_again() -> None:
    launch = course(TRIGGERED)
    launch.tell(commands.rollback, "ann")
    launch.rest()
    launch.record(e.ActionFailed(key="rollback:1:1", attempt=1, error="exit 1", final=False, retry_at=T0 + 2))
    assert (launch.rest(), launch.state.status) == ([], Status.ROLLING_BACK)


def test_a_rollback_that_takes_too_long_pages_once() -> None:
    launch = course(TRIGGERED)
    launch.tell(commands.rollback, "ann")
    launch.rest()
    on_time, late, later = launch.wait(MINUTE), launch.wait(1), launch.wait(HOUR)
    assert (on_time, kinds(late), later) == ([], ["RollbackOverdue", "ActionRequested"], [])


def test_a_second_rollback_does_its_actions_anew() -> None:
    launch = course(TRIGGERED)
    for number in (1, 2):
        launch.tell(commands.rollback, "ann")
        for _ in range(3):
            launch.rest()
            launch.do()
        launch.rest()
        assert launch.state.status is Status.ROLLED_BACK
        assert f"rollback:{number}:4" in launch.state.actions
        if number == 1:
            launch.tell(commands.resume)
            launch.rest()


def test_after_a_rollback_nothing_goes_on_by_itself() -> None:
    launch = course()
    launch.tell(commands.rollback, "ann")
    launch.rest()
    assert (launch.wait(1000 * HOUR), launch.state.status) == ([], Status.ROLLED_BACK)


# No data


def test_silence_holds_alerts_once_at_the_deadline_and_never_rolls_back() -> None:
    launch = course(GUARDED, seen_at=T0)
    before, at, after = launch.wait(2 * MINUTE), launch.wait(1), launch.wait(9 * HOUR)
    assert (before, kinds(at), kinds(after)) == ([], ["AlertFired", "ActionRequested"], ["HoldStarted"])
    assert (launch.state.stage, launch.state.share_of("page")) == ("few", 0.05)


def test_data_that_come_back_resolve_the_alert_and_end_the_hold() -> None:
    launch = course(GUARDED, seen_at=T0)
    launch.wait(2 * HOUR)
    launch.seen_at = launch.now + MINUTE
    assert kinds(launch.wait(MINUTE)) == ["AlertResolved", "HoldEnded", "StagePromoted", "StageStarted"]


def test_a_stage_needs_measurements_of_its_own() -> None:
    launch = course(GUARDED, seen_at=T0 - 1)
    assert kinds(launch.wait(HOUR))[-1] == "HoldStarted"
    assert launch.state.hold[0]["id"] == "unseen:few"


def test_silence_counts_from_when_somebody_began_to_listen() -> None:
    launch = course(GUARDED)
    now = T0 + HOUR - 1
    deaf, fresh = Facts(), Facts(watching_since=now - MINUTE)
    said = [kinds(decide(launch.outline, launch.state, facts, now)) for facts in (deaf, fresh)]
    assert said == [["AlertFired", "ActionRequested"], []]


def test_nobody_is_missed_while_the_flag_is_switched_off() -> None:
    launch = course(GUARDED)
    launch.tell(commands.kill, "page")
    assert "AlertFired" not in kinds(launch.wait(HOUR))


# Alerts


def test_an_alert_fires_once_after_its_for_tells_its_roles_and_resolves() -> None:
    launch = course(ALERTED, found={"delay": Measurement(2.0)})
    launch.wait(MINUTE)
    fired = launch.wait(MINUTE)
    still = launch.wait(MINUTE)
    launch.found["delay"] = Measurement(0.5)
    over = launch.wait(MINUTE)
    assert (kinds(fired), still, over) == (
        ["AlertFired", "ActionRequested", "ActionRequested"],
        [],
        [e.AlertResolved(alert="slow", seconds=120.0)],
    )
    assert [event.spec["role"] for event in fired[1:] if isinstance(event, e.ActionRequested)] == ["lead", "support"]


def test_an_alert_that_cannot_be_measured_is_not_over() -> None:
    launch = course(ALERTED, found={"delay": Measurement(2.0)})
    launch.wait(2 * MINUTE)
    launch.found["delay"] = Measurement(None, error="the source is down")
    assert (launch.wait(MINUTE), list(launch.state.alerts)) == ([], ["slow"])


def test_an_alert_never_moves_the_launch() -> None:
    launch = course(ALERTED, found={"delay": Measurement(2.0)})
    launch.wait(2 * MINUTE)
    launch.tell(commands.go, "product")
    assert kinds(launch.rest())[-1] == "LaunchCompleted"


def test_an_alert_of_the_plan_may_be_called_as_our_own_is() -> None:
    launch = course(
        GUARDED + "alerts: [{ id: no-data, when: delay p95 > 1s, severity: low }]\n",
        found={"delay": Measurement(2.0)},
        seen_at=T0,
    )
    launch.wait(2 * MINUTE + 1)
    assert len(launch.state.alerts) == 2


# Holds


def test_a_hold_is_said_once_and_asks_each_role_once() -> None:
    launch = course("phases: [{ id: only, go: [lead, product] }]")
    begun = [one.event for one in launch.log[-3:]]
    assert kinds(begun) == ["HoldStarted", "ActionRequested", "ActionRequested"]
    assert launch.wait(HOUR) == []


def test_time_alone_is_no_hold() -> None:
    launch = course()
    assert (launch.wait(MINUTE), launch.state.hold_since) == ([], None)


def test_reasons_that_flicker_are_not_written_down_each_time() -> None:
    launch = course("phases: [{ id: only, exit: [errors < 1%, delay p95 < 1s] }]")
    written = 0
    for second in range(60):
        launch.found["delay"] = Measurement(2.0 if second % 2 else 0.5)
        written += kinds(launch.wait(1)).count("HoldStarted")
    assert written <= 3


def test_a_person_who_holds_stops_the_launch_until_the_resume() -> None:
    launch = course()
    launch.tell(commands.hold, "ann", "lunch")
    held = launch.wait(100 * HOUR)
    launch.tell(commands.resume)
    assert (held, kinds(launch.rest())) == ([], ["StagePromoted", "StageStarted"])


def test_an_abort_that_is_repeated_ends_the_launch_wherever_it_is() -> None:
    launch = course(TRIGGERED)
    launch.tell(commands.rollback, "ann")
    launch.rest()
    launch.tell(commands.abort, "ann")
    launch.tell(commands.abort, "ann")
    assert (launch.wait(HOUR), launch.state.status, launch.state.exposing) == ([], Status.ABORTED, False)
    assert launch.state.actions["rollback:1:1"].phase is ActionPhase.REQUESTED


# What has to be measured


def test_only_what_can_matter_now_is_measured() -> None:
    launch = course("""
phases:
  - { id: first, go: [lead], exit: [delay p95 < 1s] }
  - { id: second, exit: [delay p99 < 2s] }
rollback: { when: [errors > 1%] }
alerts: [{ id: slow, when: errors > 1% }]
""")
    assert [one.key for one in needed_criteria(launch.outline, launch.state)] == ["errors>0.01", "delay.p95<1"]


def test_the_same_criterion_is_assessed_with_the_same_words_for_trigger_and_alert() -> None:
    launch = course(TRIGGERED)
    criterion = launch.outline.plan.rollback.when[0]
    found = assess(criterion, launch.outline.plan.metrics["errors"], ratio(500, 1000), 60.0, T0)
    assert found.sentence == "errors 50 % over 1 min: > 1 % holds"
