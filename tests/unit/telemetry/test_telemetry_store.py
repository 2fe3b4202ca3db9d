"""Durability, bounds and trouble with the disk."""

from __future__ import annotations

import os
import subprocess
import sys
import textwrap
import time
from pathlib import Path

import pytest

from tminus.errors import IngestError, StoreError
from tminus.plan.selector import Selector
from tminus.telemetry import Kind, Point, TelemetryStore

NOW = 1_800_000_000.0
EVER = (NOW - 10_000_000, NOW + 10_000_000)


def test_a_redelivered_event_counts_once_in_a_batch_between_batches_and_after_a_restart(open_store, rows, tmp_path):
    store = open_store(tmp_path / "t.duckdb")
    event = rows.event("opened", "a", 1, id="same")
    store.offer([event, event])
    store.flush()
    store.offer([event])
    store.close()
    again = open_store(tmp_path / "t.duckdb")
    again.offer([event])
    again.flush()
    assert again.count(Selector("opened"), *EVER).value == 1
    assert again.health().duplicates == 1


def test_arrival_numbers_go_on_after_a_restart_even_when_all_rows_are_gone(open_store, clock, rows, tmp_path):
    store = open_store(tmp_path / "t.duckdb", retention_seconds=100, housekeeping_seconds=0.01)
    store.offer([rows.event("opened", "a", 1) for _ in range(5)])
    store.flush()
    clock.now += 10_000
    deadline = time.monotonic() + 20
    while store.count(Selector("opened"), *EVER).value and time.monotonic() < deadline:
        time.sleep(0.02)
    assert store.count(Selector("opened"), *EVER).value == 0
    store.close()
    assert open_store(tmp_path / "t.duckdb").cursor == 5


def test_rows_older_than_the_retention_or_from_the_future_are_refused_and_counted(open_store, rows):
    store = open_store(retention_seconds=100)
    accepted = store.offer([rows.event("opened", "a", at) for at in (-101, -99, 0, 3599, 3601)])
    assert accepted == 3
    assert store.health().dropped_time == 2


def test_a_flood_of_series_is_cut_off_and_counted_while_known_ones_go_on(open_store, rows):
    store = open_store(max_series=3)
    store.offer([rows.counter(1, 1, user=str(number)) for number in range(10)])
    store.flush()
    store.offer([rows.counter(1, 2, user="0")])
    store.flush()
    assert store.count(Selector("requests"), *EVER).value == 4
    assert (store.health().series, store.health().dropped_series) == (3, 7)


def test_series_without_rows_make_room_for_new_ones(open_store, clock, rows):
    store = open_store(max_series=3, retention_seconds=100, housekeeping_seconds=0.01)
    store.offer([rows.counter(1, 1, user=str(number)) for number in range(3)])
    store.flush()
    clock.now += 10_000
    deadline = time.monotonic() + 20
    while store.health().series and time.monotonic() < deadline:
        time.sleep(0.02)
    store.offer([rows.counter(1, 10_000, user="new")])
    store.flush()
    assert [series.labels for series in store.series()] == [(("user", "new"),)]


def test_a_full_queue_says_so_at_once_and_closing_tells_what_is_lost(rows):
    store = TelemetryStore(None, clock=lambda: NOW, capacity=10)
    with pytest.raises(IngestError) as too_many:
        store.offer([rows.event("opened") for _ in range(11)])
    assert too_many.value.status == 413
    # Without its database the store keeps what it has and the queue stays full, as on a full disk.
    store._database.close()
    store.offer([rows.event("opened") for _ in range(10)])
    with pytest.raises(IngestError) as full:
        store.offer([rows.event("opened")])
    assert (full.value.status, full.value.retryable) == (503, True)
    with pytest.raises(StoreError, match="10 rows of telemetry were not written"):
        store.close()


def test_a_closed_store_refuses_and_answers_in_words(open_store, rows):
    store = open_store()
    store.offer([rows.event("opened")])
    store.close()
    with pytest.raises(IngestError, match="shutting down"):
        store.offer([rows.event("opened")])
    with pytest.raises(StoreError):
        store.count(Selector("opened"), *EVER)


def test_a_file_in_use_by_another_process_is_named_with_that_process(tmp_path):
    path = tmp_path / "t.duckdb"
    holder = subprocess.Popen(
        [
            sys.executable,
            "-c",
            f"import duckdb, sys; c = duckdb.connect({str(path)!r}); print('up', flush=True); sys.stdin.read()",
        ],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    )
    assert holder.stdout is not None
    holder.stdout.readline()
    try:
        with pytest.raises(StoreError, match=rf"in use by another process \(process {holder.pid}\)"):
            TelemetryStore(path, clock=lambda: NOW)
    finally:
        holder.communicate(b"")
    TelemetryStore(path, clock=lambda: NOW).close()


def test_a_file_that_is_no_database_is_a_clear_error(tmp_path):
    path = tmp_path / "notes.txt"
    path.write_text("shopping\n" * 1000)
    with pytest.raises(StoreError, match="is not a DuckDB file"):
        TelemetryStore(path, clock=lambda: NOW)


def test_a_directory_that_is_missing_is_a_clear_error(tmp_path):
    with pytest.raises(StoreError, match="No such file"):
        TelemetryStore(tmp_path / "none" / "t.duckdb", clock=lambda: NOW)


def test_a_database_that_refuses_all_work_is_opened_again_and_the_batch_is_written_once(open_store, rows, tmp_path):
    store = open_store(tmp_path / "t.duckdb")
    store.offer([rows.event("opened", "a", 1)])
    store.flush()
    store._database._connection.close()
    store.offer([rows.event("opened", "b", 2)])
    store.flush(30)
    assert store.health().ok
    assert store.count(Selector("opened"), *EVER).value == store.cursor == 2


# The process may not write files beyond a size, which is what a full disk looks like; then the limit is lifted.
FULL_DISK = """
    import random, resource, signal, sys, time
    from pathlib import Path
    from tminus.errors import StoreError
    from tminus.plan.selector import Selector
    from tminus.telemetry import Event, TelemetryStore

    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    store = TelemetryStore(Path(sys.argv[1]), clock=lambda: 1e9)
    hard = resource.getrlimit(resource.RLIMIT_FSIZE)[1]
    resource.setrlimit(resource.RLIMIT_FSIZE, (1_000_000, hard))
    offered = 0
    while store.health().ok and offered < 200_000:
        store.offer([Event(str(random.random()), "s", "opened", 1e9, str(random.random())) for _ in range(5000)])
        offered += 5000
        time.sleep(0.05)
    try:
        store.flush(1)
    except StoreError as error:
        print(error)
    print(store.health().queued > 0)
    resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, hard))
    store.flush(30)
    print(store.health().ok, store.count(Selector("opened"), 0, 2e9).value == offered)
    store.close()
    again = TelemetryStore(Path(sys.argv[1]), clock=lambda: 1e9)
    print(again.count(Selector("opened"), 0, 2e9).value == offered == again.cursor)
    again.close()
"""


def test_a_full_disk_is_reported_and_nothing_is_lost_or_doubled_once_there_is_room(tmp_path):
    ran = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(FULL_DISK), str(tmp_path / "t.duckdb")], capture_output=True, text=True
    )
    assert ran.returncode == 0, ran.stderr
    said = ran.stdout.splitlines()
    assert "the disk is full" in said[0]
    assert said[1:] == ["True", "True True", "True"]


KILLED = """
    import sys, time
    from pathlib import Path
    from tminus.telemetry import Kind, Point, TelemetryStore

    store = TelemetryStore(Path(sys.argv[1]), clock=lambda: 1e9)
    for number in range(1, 1_000_000):
        store.offer([Point("requests", Kind.COUNTER, 1e9 + number / 1000, float(number), cumulative=True, started_at=1e9)])
        print(number, flush=True)
        time.sleep(0.001)
"""


@pytest.mark.parametrize("after", [40, 300])
def test_a_killed_process_goes_on_from_its_last_commit_without_a_gap(tmp_path, after):
    path = tmp_path / "t.duckdb"
    process = subprocess.Popen(
        [sys.executable, "-c", textwrap.dedent(KILLED), str(path)], stdout=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    sent = 0
    while sent < after:
        sent = int(process.stdout.readline())
    process.kill()
    sent = max([sent, *(int(line) for line in process.communicate()[0].split("\n")[:-1] if line)])
    store = TelemetryStore(path, clock=lambda: 1e9)
    try:
        total = float(sent + 10)
        store.offer([Point("requests", Kind.COUNTER, 1e9 + 3000, total, cumulative=True, started_at=1e9)])
        store.flush()
        assert store.count(Selector("requests"), 0, 2e9).value == total
    finally:
        store.close()


def test_the_file_holds_no_subject(open_store, rows, tmp_path):
    path = tmp_path / "t.duckdb"
    store = open_store(path)
    store.offer([rows.event("opened", "ada@example.org", 1)])
    store.close()
    files: list[Path] = [path / name if path.is_dir() else tmp_path / name for name in os.listdir(tmp_path)]
    assert all(b"ada@example.org" not in file.read_bytes() for file in files)
