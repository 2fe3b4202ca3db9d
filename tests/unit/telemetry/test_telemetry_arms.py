"""The guard's input: units and errors by arm, nothing lost and nothing twice."""

from __future__ import annotations

from tminus.plan.selector import Selector, parse_selector

TOTAL, BAD = Selector("request"), parse_selector('request{ok="no"}')


def ask(store, after=0, total=TOTAL, bad=BAD):
    store.flush()
    return store.arms(total, bad, label="variant", after=after, dedup_seconds=60)


def test_a_unit_counts_once_a_window_and_its_errors_once(store, rows):
    store.offer([rows.event("request", "u1", at, variant="on", ok=ok) for at, ok in ((0, "yes"), (1, "no"), (2, "no"))])
    store.offer(
        [rows.event("request", "u1", 61, variant="on", ok="yes"), rows.event("request", "u2", 1, variant="off")]
    )
    assert ask(store).arms == {"off": (1, 0), "on": (2, 1)}


def test_a_unit_seen_in_an_earlier_call_counts_no_more_but_its_first_error_does(store, rows):
    store.offer([rows.event("request", "u1", 0, variant="on", ok="yes")])
    first = ask(store)
    store.offer([rows.event("request", "u1", 1, variant="on", ok="no")])
    second = ask(store, first.cursor)
    store.offer([rows.event("request", "u1", 2, variant="on", ok="no")])
    third = ask(store, second.cursor)
    assert [batch.arms for batch in (first, second, third)] == [{"on": (1, 0)}, {"on": (0, 1)}, {"on": (0, 0)}]


def test_the_error_may_arrive_before_the_unit(store, rows):
    bad = Selector("failed")
    store.offer([rows.event("failed", "u1", 1, variant="on")])
    first = ask(store, bad=bad)
    store.offer([rows.event("request", "u1", 0, variant="on")])
    second = ask(store, first.cursor, bad=bad)
    assert (first.arms, second.arms) == ({}, {"on": (1, 1)})


def test_late_events_count_when_they_arrive_under_their_own_window(store, rows):
    store.offer(
        [rows.event("request", "u1", 0, variant="on", ok="yes"), rows.event("request", "u1", 600, variant="on")]
    )
    first = ask(store)
    late = [
        rows.event("request", "u1", 5, variant="on", ok="no"),
        rows.event("request", "u1", 300, variant="on", ok="no"),
    ]
    store.offer(late)
    assert ask(store, first.cursor).arms == {"on": (1, 2)}


def test_events_without_a_subject_are_units_of_their_own(store, rows):
    store.offer([rows.event("request", "", 1, variant="on", ok=ok) for ok in ("yes", "no", "no")])
    assert ask(store).arms == {"on": (3, 2)}


def test_counters_are_summed(store, rows):
    store.offer(
        [rows.counter(10, 1, name="request", variant="on", ok="yes"), rows.counter(3, 1, name="request", ok="no")]
    )
    assert ask(store).arms == {"": (3, 3), "on": (10, 0)}


def test_nothing_new_is_an_empty_answer_with_the_same_cursor(store, rows):
    store.offer([rows.event("request", "u1", 0, variant="on")])
    cursor = ask(store).cursor
    again = ask(store, cursor)
    assert (again.cursor, again.arms) == (cursor, {})


def test_the_cursor_goes_on_over_a_restart(open_store, rows, tmp_path):
    store = open_store(tmp_path / "t.duckdb")
    store.offer([rows.event("request", "u1", 0, variant="on", ok="yes")])
    cursor = ask(store).cursor
    store.offer([rows.event("request", "u2", 0, variant="on", ok="no")])
    store.close()
    again = open_store(tmp_path / "t.duckdb")
    again.offer([rows.event("request", "u1", 1, variant="on", ok="no")])
    assert ask(again, cursor).arms == {"on": (1, 2)}
