"""What every event log must do: SQLite, PostgreSQL and memory take the same tests."""

import math
import threading

import pytest

from tminus.core.events import (
    GateSigned,
    HoldEnded,
    HoldStarted,
    LaunchStarted,
    PhaseStarted,
    RollbackStarted,
    StageStarted,
)
from tminus.errors import Conflict, StoreError
from tminus.ports import EventLog

STARTED = LaunchStarted(title="Enhanced profile", plan={"tminus": 1, "phases": [{"id": "ramp"}]}, pace=60.0)


def test_events_are_numbered_from_one_and_read_back_as_they_were_returned(log: EventLog) -> None:
    first = log.append("profile", 0, [STARTED, PhaseStarted(phase="ramp")], actor="alice", at=1000.25)
    second = log.append("profile", 2, [HoldEnded(seconds=3.5)], actor="tminus", at=1001.0)
    assert [one.seq for one in first + second] == [1, 2, 3]
    assert log.read("profile") == first + second
    assert log.head("profile") == 3
    assert (first[0].event, first[0].actor, first[0].at) == (STARTED, "alice", 1000.25)


def test_a_launch_that_does_not_exist_is_empty(log: EventLog) -> None:
    assert log.read("nothing") == []
    assert log.head("nothing") == 0
    assert log.verify("nothing") == 0
    assert log.launches() == []


def test_whoever_appends_second_gets_a_conflict_and_none_of_it_is_recorded(log: EventLog) -> None:
    won = log.append("profile", 0, [STARTED], actor="a", at=1.0)
    with pytest.raises(Conflict) as caught:
        log.append("profile", 0, [STARTED, PhaseStarted(phase="ramp")], actor="b", at=2.0)
    assert caught.value.retryable
    assert log.read("profile") == won


def test_an_append_beyond_the_end_is_refused_and_is_not_a_race_to_be_tried_again(log: EventLog) -> None:
    log.append("profile", 0, [STARTED], actor="a", at=1.0)
    with pytest.raises(StoreError, match="ends at event 1, but event 5 has been seen") as caught:
        log.append("profile", 5, [HoldEnded()], actor="a", at=2.0)
    assert not isinstance(caught.value, Conflict)
    assert not caught.value.retryable
    assert log.head("profile") == 1


def test_appending_nothing_records_nothing(log: EventLog) -> None:
    assert log.append("profile", 0, [], actor="a", at=1.0) == []
    assert log.launches() == []


def test_reading_can_start_after_a_number_and_stop_at_a_limit(log: EventLog) -> None:
    log.append("profile", 0, [HoldEnded(seconds=float(n)) for n in range(1, 11)], actor="a", at=1.0)
    assert [one.seq for one in log.read("profile", after=7)] == [8, 9, 10]
    assert [one.seq for one in log.read("profile", after=2, limit=3)] == [3, 4, 5]
    assert log.read("profile", limit=0) == []
    assert log.read("profile", after=10) == []


def test_launches_are_kept_apart_and_listed_newest_first(log: EventLog) -> None:
    log.append("old", 0, [STARTED], actor="a", at=10.0)
    log.append("new", 0, [STARTED, HoldEnded()], actor="a", at=30.0)
    log.append("middle", 0, [STARTED], actor="a", at=20.0)
    assert [one.launch for one in log.launches()] == ["new", "middle", "old"]
    assert all(one.seq == 1 and one.event == STARTED for one in log.launches())
    assert [log.head(name) for name in ("old", "middle", "new")] == [1, 1, 2]


def test_the_hashes_are_those_of_the_documented_formula(log: EventLog) -> None:
    """Pinned: computed with sha256sum, so that no store and no later version can change them unnoticed."""
    one, two = log.append(
        "profile", 0, [PhaseStarted(phase="ramp"), HoldEnded(seconds=2.0)], actor='al "ice"', at=1700000000.125
    )
    assert one.previous == ""
    assert two.previous == one.hash
    assert [one.hash, two.hash] == [
        "76b334820b7cef6748fb8b2cc64f1f98b05ca70f1630f9f206274e20bff69646",
        "57faf471ac2f61ada93a58fda27d4868e9ca6b147d03e18dc2a00e1205e3d3e6",
    ]


def test_what_is_returned_is_what_a_replay_will_see(log: EventLog) -> None:
    event = RollbackStarted(cause={"kind": "guard", "text": "worse"}, evidence={"window": (1, 2), "n": {"c": 3}})
    (returned,) = log.append("profile", 0, [event], actor="a", at=1.0)
    assert returned == log.read("profile")[0]
    assert returned.event.evidence["window"] == [1, 2]  # type: ignore[attr-defined]


@pytest.mark.parametrize("at", [0.1 + 0.2, 1764000000.123456, 1.0, 5e-324, 1.7976931348623157e308])
def test_times_come_back_exactly(log: EventLog, at: float) -> None:
    log.append("profile", 0, [HoldEnded()], actor="a", at=at)
    assert log.read("profile")[0].at == at
    assert log.verify("profile") == 1


def test_any_text_survives(log: EventLog) -> None:
    odd = "Zoë\n\t'); DROP TABLE events; -- 🚀 \u2028 \\u0000"
    signed = GateSigned(gate=odd, role="rôle", note="nul: \x00")
    log.append(odd, 0, [signed, HoldStarted(reasons=({"id": "1", "kind": "x", "text": odd},))], actor=odd, at=1.0)
    (one, two) = log.read(odd)
    assert (one.launch, one.actor, one.event) == (odd, odd, signed)
    assert two.event.reasons[0]["text"] == odd  # type: ignore[attr-defined]
    assert log.verify(odd) == 2


@pytest.mark.parametrize("share", [math.nan, math.inf])
def test_an_event_that_could_not_be_read_back_is_refused_before_anything_is_written(
    log: EventLog, share: float
) -> None:
    bad = StageStarted(phase="p", stage="s", flag="f", share=share)
    with pytest.raises(StoreError, match="StageStarted cannot be recorded") as caught:
        log.append("profile", 0, [STARTED, bad], actor="a", at=1.0)
    assert not caught.value.retryable
    assert log.head("profile") == 0


UNKEEPABLE = [("p", "a", math.nan), ("p", "a", math.inf), ("p", "\ud800", 1.0), ("\ud800", "a", 1.0), ("p", "a\0", 1.0)]


@pytest.mark.parametrize(("launch", "actor", "at"), UNKEEPABLE)
def test_a_time_or_name_no_log_can_keep_is_refused(log: EventLog, launch: str, actor: str, at: float) -> None:
    with pytest.raises(StoreError) as caught:
        log.append(launch, 0, [STARTED], actor=actor, at=at)
    assert not caught.value.retryable
    assert log.launches() == []


def test_eight_threads_that_compare_and_set_lose_nothing(log: EventLog) -> None:
    each, conflicts = 15, []

    def work(name: str) -> None:
        done = 0
        while done < each:
            try:
                log.append("profile", log.head("profile"), [HoldEnded(seconds=float(done))], actor=name, at=1.0)
                done += 1
            except Conflict:
                conflicts.append(name)

    threads = [threading.Thread(target=work, args=(f"t{n}",)) for n in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    records = log.read("profile")
    assert log.verify("profile") == len(records) == 8 * each
    for n in range(8):  # everybody's own appends are there once each, in the order they were made
        own = [one.event.seconds for one in records if one.actor == f"t{n}"]  # type: ignore[attr-defined]
        assert own == [float(k) for k in range(each)]
