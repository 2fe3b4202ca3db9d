"""However the arrivals are cut, repeated, delayed and interrupted by restarts, the counts come out the same."""

from __future__ import annotations

import tempfile
from collections import defaultdict
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tminus.plan.selector import Selector, parse_selector
from tminus.telemetry import Event, Kind, Point, TelemetryStore

NOW = 1_800_000_000.0
DEDUP = 60.0
EVER = (NOW - 10_000, NOW + 10_000)

hits = st.tuples(
    st.sampled_from(["request", "failed"]),
    st.sampled_from(["", "u1", "u2", "u3"]),
    st.integers(0, 200),
    st.sampled_from(["on", "off"]),
    st.sampled_from(["yes", "no"]),
)


def expected_arms(rows, bad_name):
    """The definition, counted by hand over everything that ever arrived."""
    units, failed = defaultdict(set), defaultdict(set)
    for number, (name, subject, at, arm, ok) in enumerate(rows):
        unit = (subject or number, (NOW + at) // DEDUP)
        if name == "request":
            units[arm].add(unit)
        if name == bad_name and (name == "failed" or ok == "no"):
            failed[arm].add(unit)
    return {arm: (len(found), len(found & failed[arm])) for arm, found in units.items()}


@pytest.mark.parametrize(("bad", "bad_name"), [('request{ok="no"}', "request"), ("failed", "failed")])
@settings(max_examples=25, deadline=None)
@given(batches=st.lists(st.tuples(st.lists(hits, max_size=8), st.booleans()), max_size=6))
def test_calls_add_up_to_the_whole_however_they_are_cut_and_restarted(bad, bad_name, batches):
    added = defaultdict(lambda: [0, 0])
    arrived, cursor = [], 0
    with tempfile.TemporaryDirectory() as directory:
        path = Path(directory) / "t.duckdb"
        store = TelemetryStore(path, clock=lambda: NOW)
        for batch, restart in batches:
            store.offer(
                [
                    Event(str(number), "s", name, NOW + at, subject, (("ok", ok), ("variant", arm)))
                    for number, (name, subject, at, arm, ok) in enumerate(batch, start=len(arrived))
                ]
            )
            arrived += batch
            if restart:
                store.close()
                store = TelemetryStore(path, clock=lambda: NOW)
            store.flush()
            found = store.arms(
                Selector("request"), parse_selector(bad), label="variant", after=cursor, dedup_seconds=DEDUP
            )
            cursor = found.cursor
            for arm, (units, errors) in found.arms.items():
                added[arm][0] += units
                added[arm][1] += errors
        store.close()
    counted = {arm: tuple(sums) for arm, sums in added.items() if sums[0]}
    assert counted == expected_arms(arrived, bad_name)


@settings(max_examples=40, deadline=None)
@given(
    reports=st.lists(
        st.tuples(
            st.integers(0, 20),
            st.sampled_from(["go on", "repeat", "sender restarts", "store restarts"]),
        ),
        max_size=12,
    )
)
def test_running_totals_add_up_over_repeats_and_restarts_of_either_side(reports):
    counted_by_sender, total, started, at = 0, 0, 0.0, 0.0
    with tempfile.TemporaryDirectory() as directory:
        path = Path(directory) / "t.duckdb"
        store = TelemetryStore(path, clock=lambda: NOW)
        for more, happening in reports:
            at += 10.0
            if happening == "sender restarts":
                total, started = 0, at - 5.0
            total += more
            counted_by_sender += more
            point = Point("n", Kind.COUNTER, NOW + at, total, cumulative=True, started_at=NOW + started)
            for _ in range(2 if happening == "repeat" else 1):
                store.offer([point])
            if happening == "store restarts":
                store.close()
                store = TelemetryStore(path, clock=lambda: NOW)
        store.flush()
        found = store.count(Selector("n"), *EVER).value
        store.close()
    assert found == counted_by_sender
