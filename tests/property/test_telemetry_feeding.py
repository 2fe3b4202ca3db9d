"""What feeds guards: however the arrivals are cut, delayed and interrupted by restarts, the sums come out the same.

The kinds are asked through the source that the guards ask, and held against the definition, counted by hand over all
that ever arrived.
"""

from __future__ import annotations

import tempfile
from collections import defaultdict
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from tminus.metrics.embedded_arms import ERROR_SECONDS, UNIT_SECONDS, EmbeddedArmSource
from tminus.metrics.selecting import VARIANT_LABEL
from tminus.plan.model import Metric
from tminus.ports import EVERYWHERE, Exposure, Feed
from tminus.telemetry import Buckets, Event, Kind, Point, TelemetryStore, labels_of
from tminus.telemetry.batch import NOTED_SECONDS
from tminus.telemetry.subjects import GRACE_SECONDS

NOW = 1_800_000_000.0
SINCE = NOW - 50
WITHIN = 60.0
ARMS = ("on", "off")
PAGE = Exposure("page", "on", ("off",), since=SINCE)
TRAFFIC = Metric.model_validate({"source": "events", "bad": 'request{ok="no"}', "total": "request"})
PLACES = {"dach": frozenset({"CH", "DE"}), "swiss": frozenset({"CH"})}


def metric(**keys):
    return Metric.model_validate({"source": "events", **keys})


UNITS = {
    "errors": Feed(TRAFFIC, PAGE, places=PLACES),
    "successes": Feed(metric(good='request{ok="yes"}', total="request"), PAGE, places=PLACES),
    "failures apart": Feed(metric(bad="failed", total="request"), PAGE, places=PLACES),
    "tickets": Feed(metric(count="failed"), PAGE, traffic=TRAFFIC, places=PLACES),
    "users": Feed(metric(unique="failed"), PAGE, traffic=TRAFFIC, places=PLACES),
}
SHARE = Feed(metric(of="request", did="failed", within=f"{WITHIN:.0f}s"), PAGE)

events = st.tuples(
    st.sampled_from(["request", "failed"]),
    st.sampled_from(["", "u1", "u2", "u3"]),
    st.sampled_from([-4000.0, -40.0, -39.5, 0.0, 0.25, 1.0, 30.0, 59.0, 61.0]),  # before or after it arrives
    st.sampled_from(ARMS),
    st.sampled_from(["yes", "no"]),
    st.sampled_from(["", "CH", "de", "us"]),
)
batches = st.lists(
    st.tuples(st.lists(events, max_size=6), st.integers(0, 120), st.booleans(), st.booleans()), max_size=8
)


class Telling:
    """A store that is restarted now and then, sources asked now and then, and what they said in all."""

    def __init__(self, directory, feeds):
        self._path, self.clock, self._feeds = Path(directory) / "t.duckdb", NOW, feeds
        self._store = self._open()
        self._positions = dict.fromkeys(feeds, 0)
        self._met_up_to = 0
        self.met = [0, 0, 0]
        self.sums = defaultdict(lambda: [0, 0, 0, 0])
        self.arrived = []  # (time of arrival, event)

    def _open(self):
        return TelemetryStore(self._path, clock=lambda: self.clock)

    def arrive(self, batch, seconds, restart):
        self.clock += seconds
        rows = [(self.clock, *event[:2], self.clock + event[2], *event[3:]) for event in batch]
        self._store.offer([_event(number, row) for number, row in enumerate(rows, start=len(self.arrived))])
        self.arrived += rows
        if restart:
            self._store.close()
            self._store = self._open()
        self._store.flush()

    def ask(self):
        for name, feed in self._feeds.items():
            self._positions[name], places = EmbeddedArmSource(self._store).arms(feed, self._positions[name])
            for place, rungs in places.items():
                for rung, counts in enumerate(rungs):
                    sums = self.sums[name, place, rung]
                    for i, attribute in enumerate(("control_units", "control_hits", "canary_units", "canary_hits")):
                        sums[i] += getattr(counts, attribute)
                    assert counts.canary_hits <= counts.canary_units
                    assert counts.control_hits <= counts.control_units

    def meet(self):
        feed = UNITS["errors"]
        self._met_up_to, seen = EmbeddedArmSource(self._store).seen(feed, self._met_up_to)
        for i, more in enumerate((seen.canary, seen.control, seen.both)):
            self.met[i] += more

    def at_once(self, feed):
        """The answer of one call over everything."""
        places = EmbeddedArmSource(self._store).arms(feed, 0)[1]
        return {
            place: [(c.control_units, c.control_hits, c.canary_units, c.canary_hits) for c in rungs]
            for place, rungs in places.items()
        }

    def close(self):
        self._store.close()


def _event(number, row):
    _, name, subject, at, arm, ok, country = row
    labels = {"ok": ok, VARIANT_LABEL: arm, **({"country": country} if country else {})}
    return Event(str(number), "s", name, at, subject, labels_of(labels))


def expected_units(rows, name, place):
    """The definition: a row counts as a unit when it is the first of a unit or of a hit."""
    is_hit = {
        "errors": lambda kind, ok: kind == "request" and ok == "no",
        "successes": lambda kind, ok: kind == "request" and ok == "yes",
    }.get(name, lambda kind, ok: kind == "failed")
    hit_seconds = {"successes": UNIT_SECONDS, "users": None}.get(name, ERROR_SECONDS)
    unit_seconds = None if name == "users" else UNIT_SECONDS
    known, sums = set(), [0, 0, 0, 0]
    for number, (_, kind, subject, at, arm, ok, country) in enumerate(rows):
        if at < SINCE:
            continue

        def new(what, seconds, subject=subject, number=number, at=at, arm=arm):
            key = (what, arm, subject or number, at // seconds if seconds else 0)
            return key not in known and not known.add(key)

        unit = new("unit", unit_seconds) if kind == "request" else False
        hit = new("hit", hit_seconds) if is_hit(kind, ok) else False
        if place == EVERYWHERE or country.upper() in PLACES[place]:
            first = 2 if arm == "on" else 0
            sums[first] += unit or hit
            sums[first + 1] += hit
    return sums


def expected_met(rows):
    by_user = defaultdict(set)
    for _, kind, subject, at, arm, _, _ in rows:
        if kind == "request" and subject and at >= SINCE:
            by_user[subject].add(arm)
    arms = [sum(arm in found for found in by_user.values()) for arm in ARMS]
    return [*arms, sum(len(found) == 2 for found in by_user.values())]


@settings(max_examples=25, deadline=None)
@given(batches=batches)
def test_units_hits_and_users_add_up_to_the_definition(batches):
    with tempfile.TemporaryDirectory() as directory:
        telling = Telling(directory, UNITS)
        for batch, seconds, restart, ask in batches:
            telling.arrive(batch, seconds, restart)
            if ask:
                telling.ask()
                telling.meet()
        telling.ask()
        telling.meet()
        telling.close()
    for name in UNITS:
        for place in (EVERYWHERE, *PLACES):
            assert telling.sums[name, place, 0] == expected_units(telling.arrived, name, place), (name, place)
    assert telling.met == expected_met(telling.arrived)


def expected_share(batches):
    """Of the users who have had their time by the newest noted arrival: how many, and how many did it."""
    notes, clock, newest = [], NOW, 0.0
    for rows, at in batches:
        clock = at
        if rows and clock >= newest + NOTED_SECONDS:
            newest = clock
            notes.append(clock)
    noted = lambda at: next((note for note in notes if note >= at), None)  # noqa: E731
    first, sums = {}, [0, 0, 0, 0]
    everything = [row for rows, _ in batches for row in rows]
    for row in everything:
        arrived, kind, subject, at, arm, _, _ = row
        if kind == "request" and subject and at >= SINCE:
            first.setdefault((arm, subject), (arrived, at))
    for (arm, subject), (arrived, began) in first.items():
        born = noted(arrived)
        if born is None or born + WITHIN + GRACE_SECONDS > notes[-1]:
            continue
        did = any(
            kind == "failed" and who == subject and began <= at <= began + WITHIN
            for when, kind, who, at, *_ in everything
            if (judged := noted(when)) is not None and judged < born + WITHIN + GRACE_SECONDS
        )
        offset = 2 if arm == "on" else 0
        sums[offset] += 1
        sums[offset + 1] += did
    return sums


@settings(max_examples=30, deadline=None)
@given(batches=batches)
def test_shares_count_everybody_once_when_the_time_is_over(batches):
    told = []
    with tempfile.TemporaryDirectory() as directory:
        telling = Telling(directory, {"share": SHARE})
        for batch, seconds, restart, ask in batches:
            before = len(telling.arrived)
            telling.arrive(batch, seconds, restart)
            told.append((telling.arrived[before:], telling.clock))
            if ask:
                telling.ask()
        telling.ask()
        telling.close()
    assert telling.sums["share", EVERYWHERE, 0] == expected_share(told)


points = st.tuples(
    st.sampled_from(ARMS),
    st.lists(st.integers(0, 5), min_size=4, max_size=4),
    st.floats(0, 3),
    st.sampled_from(["", "CH", "us"]),
)


@settings(max_examples=25, deadline=None)
@given(
    reports=st.lists(st.tuples(st.lists(points, max_size=4), st.booleans(), st.booleans()), max_size=8),
    levels=st.lists(st.floats(0, 6), min_size=1, max_size=3).map(sorted),
)
def test_observations_and_counters_add_up_however_they_are_cut(reports, levels):
    feeds = {
        "levels": Feed(metric(histogram="took"), PAGE, levels=tuple(levels), places=PLACES),
        "sums": Feed(metric(count="ticket"), PAGE, traffic=metric(bad="ticket", total="ran"), places=PLACES),
    }
    sent, at = 0, NOW
    with tempfile.TemporaryDirectory() as directory:
        telling = Telling(directory, feeds)
        for report, restart, ask in reports:
            rows = []
            for arm, counts, value, country in report:
                at += 0.001
                labels = labels_of({VARIANT_LABEL: arm, **({"country": country} if country else {})})
                buckets = Buckets((1.0, 2.0, 4.0), tuple(counts))
                rows += [Point("took", Kind.HISTOGRAM, at, 0.0, labels, buckets=buckets)]
                rows += [Point(name, Kind.COUNTER, at, value, labels) for name in ("ran", "ticket")]
                sent += sum(counts)
            telling._store.offer(rows)
            telling.arrive([], 1, restart)
            if ask:
                telling.ask()
        telling.ask()
        once = {name: telling.at_once(feed) for name, feed in feeds.items()}
        telling.close()
    for name, places in once.items():
        for place, rungs in places.items():
            assert [telling.sums[name, place, rung] for rung in range(len(rungs))] == [list(rung) for rung in rungs]
    assert sum(telling.sums["levels", EVERYWHERE, 0][::2]) == sent
