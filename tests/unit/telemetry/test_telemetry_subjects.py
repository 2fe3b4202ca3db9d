"""Users: met once, and judged once they have had their time."""

from __future__ import annotations

import pytest

from tminus.errors import UsageError
from tminus.plan.selector import Selector
from tminus.telemetry import Met, Split

NOW = 1_800_000_000.0
SPLIT = Split("variant", (frozenset({"on"}), frozenset({"off"})))
WITHIN = 60.0


def ripe(store, after=0, since=0.0):
    store.flush()
    batch = store.ripe(Selector("opened"), Selector("saved"), WITHIN, split=SPLIT, after=after, since=since)
    return batch.sums(0) or (0, 0), batch.sums(1) or (0, 0), batch.cursor


def met(store, after=0, since=0.0):
    store.flush()
    return store.met(Selector("opened"), split=SPLIT, after=after, since=since)


@pytest.fixture
def at(store, clock, rows):
    """Let the clock stand at so many seconds and have something arrive; nothing at all is a heartbeat."""

    def arrive(seconds, *events):
        clock.now = NOW + seconds
        store.offer(events or [rows.event("heartbeat", at=seconds)])
        store.flush()

    return arrive


def test_a_user_is_counted_once_the_time_is_over_and_never_again(store, rows, at):
    at(0, rows.event("opened", "ann", 0, variant="on"), rows.event("opened", "bob", 0, variant="off"))
    at(30, rows.event("saved", "ann", 30))
    early = ripe(store)
    at(100)
    due = ripe(store, early[2])
    at(200, rows.event("opened", "ann", 200, variant="on"))
    at(400)
    assert (early[:2], due[:2]) == (((0, 0), (0, 0)), ((1, 1), (1, 0)))
    assert ripe(store, due[2])[:2] == ((0, 0), (0, 0))


def test_what_is_done_too_late_is_not_done(store, rows, at):
    at(0, rows.event("opened", "ann", 0, variant="on"), rows.event("opened", "bob", 0, variant="on"))
    at(70, rows.event("saved", "ann", 61), rows.event("saved", "bob", 60))
    at(200)
    assert ripe(store)[0] == (2, 1)


def test_what_arrives_after_the_judgement_changes_nothing_not_even_for_who_asks_late(store, rows, at):
    at(0, rows.event("opened", "ann", 0, variant="on"))
    at(100)
    at(200, rows.event("saved", "ann", 30))
    assert ripe(store)[0] == (1, 0)


def test_a_sender_who_was_away_gets_its_time_from_the_arrival_on(store, rows, at):
    at(0)
    at(5000, rows.event("opened", "ann", 0, variant="on"))
    before = ripe(store)
    at(5050, rows.event("saved", "ann", 20))
    at(5200)
    assert (before[0], ripe(store, before[2])[0]) == ((0, 0), (1, 1))


def test_the_first_time_since_the_attempt_began_is_the_first(store, rows, at):
    at(0, rows.event("opened", "ann", 0, variant="on"))
    at(100, rows.event("opened", "ann", 100, variant="on"), rows.event("saved", "ann", 110))
    at(300)
    assert ripe(store, since=NOW + 50)[0] == (1, 1)


def test_who_moves_to_the_other_arm_is_a_user_of_either(store, rows, at):
    at(0, rows.event("opened", "ann", 0, variant="off"))
    at(100, rows.event("opened", "ann", 100, variant="on"))
    at(300)
    assert ripe(store)[:2] == ((1, 0), (1, 0))


def test_a_clock_that_goes_back_ripens_nobody_early(store, rows, at):
    at(1000, rows.event("opened", "ann", 1000, variant="on"))
    at(500)
    at(1050)
    assert ripe(store)[0] == (0, 0)
    at(1100)
    assert ripe(store)[0] == (1, 0)


def test_no_time_at_all_is_refused(store):
    with pytest.raises(UsageError, match="above 0"):
        store.ripe(Selector("opened"), Selector("saved"), 0.0, split=SPLIT, after=0)


def test_a_user_is_met_once_in_each_arm_and_then_in_both(store, rows):
    store.offer([rows.event("opened", name, 1, variant="off") for name in ("ann", "bob", "ann")])
    first = met(store)
    store.offer([rows.event("opened", "ann", 2, variant="on"), rows.event("opened", "cid", 2, variant="on")])
    second = met(store, first.cursor)
    store.offer([rows.event("opened", name, 3, variant="on") for name in ("ann", "cid")])
    third = met(store, second.cursor)
    assert first == Met(3, (0, 2), 0)
    assert second == Met(5, (2, 0), 1)
    assert third == Met(7, (0, 0), 0)
    assert met(store) == Met(7, (2, 2), 1)


def test_nobody_is_nobody_and_what_was_before_is_another_release(store, rows):
    store.offer([rows.event("opened", "", 1, variant="on"), rows.event("opened", "ann", 1, variant="on")])
    store.offer([rows.counter(5, 1, name="opened", variant="on")])
    assert met(store).by_arm == (1, 0)
    assert met(store, since=NOW + 10).by_arm == (0, 0)


def test_the_same_question_asked_again_has_the_same_answer(store, rows):
    store.offer([rows.event("opened", "ann", 1, variant="off")])
    first = met(store)
    store.offer([rows.event("opened", name, 2, variant="on") for name in ("ann", "bob")])
    store.offer([rows.event("opened", "bob", 2, variant="off")])
    assert met(store, first.cursor) == met(store, first.cursor) == Met(4, (2, 1), 2)
    assert met(store, 2) == Met(4, (1, 1), 1)
    assert met(store) == Met(4, (2, 2), 2)


def test_who_was_met_before_a_restart_is_no_new_acquaintance(open_store, rows, tmp_path):
    store = open_store(tmp_path / "t.duckdb")
    store.offer([rows.event("opened", "ann", 1, variant="off")])
    cursor = met(store).cursor
    store.close()
    again = open_store(tmp_path / "t.duckdb")
    again.offer([rows.event("opened", "ann", 2, variant="off"), rows.event("opened", "ann", 2, variant="on")])
    assert met(again, cursor) == Met(3, (1, 0), 1)
