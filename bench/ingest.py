"""How fast telemetry goes in and answers come out, as JSON with ratios to a bare DuckDB append in the same run.

    python bench/ingest.py [--rows 200000]

Throughput is measured in rows offered to rows committed, on a store in a file. The answers are asked of a store with an
hour of history at 200 rows a second, each question with a cursor 0.2 s behind, as a guard would.
"""

from __future__ import annotations

import argparse
import json
import math
import os
import platform
import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import duckdb
import numpy as np

from tminus.errors import IngestError
from tminus.plan.selector import Selector, parse_selector
from tminus.telemetry import ArmBatch, Buckets, Event, Kind, Point, Split, TelemetryStore, decode_events, labels_of

NOW = 1_800_000_000.0
REQUEST = 500
RATE, HISTORY_SECONDS = 200, 3600
BOUNDS = (0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1.0, 2.5, 5.0, 7.5, 10.0)
LABELS = [labels_of({"variant": v, "code": c}) for v in ("on", "off") for c in ("200", "500")]


def event(number: int, at: float) -> Event:
    labels = LABELS[(number % 2) * 2 + (number % 50 == 0)]
    return Event(str(number), "bench", "request", at, f"user-{number * 7919 % 2000}", labels)


def counter(number: int, at: float) -> Point:
    return Point("requests", Kind.COUNTER, at, float(number), LABELS[number % 4], True, NOW, stream=number % 4)


def histogram(number: int, at: float) -> Point:
    counts = [0] * (len(BOUNDS) + 1)
    for spread in range(4):
        counts[(number + spread * 3) % 12] += 1
    return Point("duration", Kind.HISTOGRAM, at, 0.4, LABELS[number % 4], buckets=Buckets(BOUNDS, tuple(counts)))


def offer_all(store: TelemetryStore, requests: list[list[Any]]) -> None:
    """Offer everything, waiting a little whenever the store says that its queue is full, as a sender would."""
    for request in requests:
        while True:
            try:
                store.offer(request)
                break
            except IngestError:
                time.sleep(0.01)
    store.flush(600)


def rows_per_second(directory: Path, make: Callable[[int, float], Any], count: int) -> float:
    rows = [make(number, NOW + number / 10_000) for number in range(count)]
    requests = [rows[start : start + REQUEST] for start in range(0, count, REQUEST)]
    store = TelemetryStore(directory / f"{make.__name__}.duckdb", clock=lambda: NOW)
    began = time.perf_counter()
    offer_all(store, requests)
    took = time.perf_counter() - began
    store.close()
    return count / took


def bare_rows_per_second(directory: Path, count: int) -> float:
    """The same number of rows of the events table from ready-made arrays, in commits of the store's batch size."""
    connection = duckdb.connect(str(directory / "bare.duckdb"), config={"threads": 2})
    connection.execute("CREATE TABLE t (series INTEGER, stamp DOUBLE, seq BIGINT, subject BIGINT, key BIGINT)")
    columns = {name: np.arange(count, dtype=np.int64) for name in ("series", "stamp", "seq", "subject", "key")}
    began = time.perf_counter()
    for start in range(0, count, 20_000):
        connection.begin()
        connection.register("incoming", {name: values[start : start + 20_000] for name, values in columns.items()})
        connection.execute("INSERT INTO t SELECT * FROM incoming")
        connection.commit()
    took = time.perf_counter() - began
    connection.close()
    return count / took


def visible_after_ms(store: TelemetryStore, first: int, times: int) -> list[float]:
    """From offer to the moment a question sees the row."""
    took = []
    for number in range(first, first + times):
        before = store.cursor
        began = time.perf_counter()
        store.offer([event(number, NOW)])
        while store.cursor == before:
            time.sleep(0.0005)
        took.append((time.perf_counter() - began) * 1000)
    return took


def meeting_ms(store: TelemetryStore, split: Split, first: int, times: int) -> list[float]:
    """Who is new among the users of 0.2 s, call after call."""
    took, cursor = [], store.met(Selector("request"), split=split, after=0).cursor
    for number in range(first, first + times * (RATE // 5), RATE // 5):
        store.offer([event(one, NOW) for one in range(number, number + RATE // 5)])
        store.flush()
        began = time.perf_counter()
        cursor = store.met(Selector("request"), split=split, after=cursor).cursor
        took.append((time.perf_counter() - began) * 1000)
    return took


def cost_ms(ask: Callable[[], object], times: int = 40) -> dict[str, float]:
    took = []
    for _ in range(times):
        began = time.perf_counter()
        ask()
        took.append((time.perf_counter() - began) * 1000)
    return spread(took)


def spread(took: list[float]) -> dict[str, float]:
    ordered = sorted(took)
    return {"median": round(statistics.median(ordered), 2), "p95": round(ordered[int(len(ordered) * 0.95)], 2)}


def questions(directory: Path) -> dict[str, Any]:
    now = NOW - HISTORY_SECONDS
    store = TelemetryStore(directory / "history.duckdb", clock=lambda: now)
    count = RATE * HISTORY_SECONDS
    times = [NOW - HISTORY_SECONDS + number / RATE for number in range(count)]
    events = [event(number, at) for number, at in enumerate(times)]
    for begin in range(0, count, 5000):
        now = times[min(begin + 5000, count) - 1]
        offer_all(store, [events[begin : begin + 5000]])
    newest = store.cursor
    histograms = [histogram(number, at) for number, at in enumerate(times)]
    offer_all(store, [histograms[start : start + 5000] for start in range(0, count, 5000)])
    total, bad = Selector("request"), parse_selector('request{code=~"5.."}')
    start, end = NOW - HISTORY_SECONDS, NOW

    # The newest events were followed by as many histograms, so this cursor stands 0.2 s of events back.
    behind = newest - RATE // 5
    split = Split("variant", (frozenset({"on"}), frozenset({"off"})))

    def arms(after: int, unit_seconds: float = 1.0, hit_seconds: float = 3600.0) -> Callable[[], ArmBatch]:
        return lambda: store.arms(
            total, bad, split=split, after=after, unit_seconds=unit_seconds, hit_seconds=hit_seconds
        )

    def ripe(after: int) -> Callable[[], ArmBatch]:
        return lambda: store.ripe(total, bad, 60, split=split, after=after)

    def above() -> object:
        return store.above(Selector("duration"), (0.05, 0.1, 0.25, 0.5), split=split, after=store.cursor - RATE // 5)

    def quantile(seconds: float) -> Callable[[], object]:
        return lambda: store.quantile(Selector("duration"), 0.95, NOW - seconds, end)

    assert arms(0)().sums(0)[1] > 0
    assert ripe(0)().sums(0)[0] > 0
    found = {
        "history_rows_each": count,
        "arms_ms_0.2s_of_news": cost_ms(arms(behind)),
        "arms_ms_from_0": cost_ms(arms(0), 5),
        "once_ms_0.2s_of_news": cost_ms(arms(behind, math.inf, math.inf)),
        "above_ms_0.2s_of_news": cost_ms(above),
        "met_ms_from_0": cost_ms(lambda: store.met(total, split=split, after=0), 5),
        "met_ms_0.2s_of_news": spread(meeting_ms(store, split, count, 20)),
        "ripe_ms_from_0": cost_ms(ripe(0), 5),
        "ripe_ms_25s_of_news": cost_ms(ripe(newest - 25 * RATE)),
        "ripe_ms_no_news": cost_ms(ripe(store.cursor)),
        "quantile_ms_over_2m": cost_ms(quantile(120)),
        "quantile_ms_over_1h": cost_ms(quantile(3600)),
        "count_ms_over_1h": cost_ms(lambda: store.count(total, start, end)),
        "unique_ms_over_1h": cost_ms(lambda: store.unique(total, start, end)),
        "share_ms_over_1h": cost_ms(lambda: store.share(total, bad, 60, start, end), 5),
        "offer_to_visible_ms": spread(visible_after_ms(store, 2 * count, 20)),
        "cursor_after_events": newest,
    }
    store.close()
    found["file_mib"] = round((directory / "history.duckdb").stat().st_size / 2**20, 1)
    return found


def decoding_per_second(count: int) -> float:
    tree = [
        {
            "specversion": "1.0",
            "id": str(number),
            "source": "bench",
            "type": "request",
            "subject": f"user-{number % 2000}",
            "time": "2026-01-12T09:00:00Z",
            "data": {"variant": "on", "code": "200"},
        }
        for number in range(count)
    ]
    body = json.dumps(tree).encode()
    began = time.perf_counter()
    decode_events(body, "application/json", NOW)
    return count / (time.perf_counter() - began)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=int, default=200_000)
    rows = parser.parse_args().rows
    with tempfile.TemporaryDirectory() as name:
        directory = Path(name)
        bare = bare_rows_per_second(directory, rows)
        stored = {make.__name__: rows_per_second(directory, make, rows) for make in (event, counter, histogram)}
        report = {
            "machine": {"python": platform.python_version(), "cpus": os.cpu_count(), "system": platform.platform()},
            "versions": {"duckdb": duckdb.__version__, "numpy": np.__version__},
            "rows": rows,
            "bare_duckdb_rows_per_s": round(bare),
            "rows_per_s": {kind: round(rate) for kind, rate in stored.items()},
            "ratio_to_bare": {kind: round(rate / bare, 4) for kind, rate in stored.items()},
            "cloudevents_decoded_per_s": round(decoding_per_second(20_000)),
            "questions": questions(directory),
        }
    print(json.dumps(report, indent=2))


if __name__ == "__main__":
    main()
