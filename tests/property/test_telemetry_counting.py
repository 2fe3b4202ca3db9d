"""However the arrivals are cut, repeated, delayed and interrupted by restarts, the counts come out the same."""

from __future__ import annotations

import tempfile
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from tminus.plan.selector import Selector
from tminus.telemetry import Kind, Point, TelemetryStore

NOW = 1_800_000_000.0
EVER = (NOW - 10_000, NOW + 10_000)


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
