"""What guards are fed with, for every kind of metric that can be counted by variant."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from itertools import count

import pytest

from tminus.errors import SourceError
from tminus.guards import Counts
from tminus.metrics.embedded_arms import EmbeddedArmSource
from tminus.metrics.selecting import VARIANT_LABEL
from tminus.plan.model import Metric
from tminus.ports import EVERYWHERE, Exposure, Feed, Seen
from tminus.telemetry import Buckets, Event, Kind, Point, TelemetryStore, labels_of

NOW = 1_800_000_000.0
PAGE = Exposure("page", "on", ("off",))
ERRORS = Metric.model_validate({"source": "events", "bad": 'request{error="true"}', "total": "request"})
PAID = Metric.model_validate({"source": "events", "good": 'pay{ok="true"}', "total": "pay"})
TICKETS = Metric.model_validate({"source": "events", "count": "ticket"})
LATENCY = Metric.model_validate({"source": "app", "histogram": "duration", "unit": "ms"})
SAVED = Metric.model_validate({"source": "events", "of": "opened", "did": "saved", "within": "60s"})
USERS = Metric.model_validate({"source": "events", "unique": "shared"})


class Clock:
    now = NOW + 600

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def store(clock: Clock) -> Iterator[TelemetryStore]:
    store = TelemetryStore(None, clock=clock)
    yield store
    store.close()


numbers = count()


def happened(name: str, user: str, at: float, variant: str = "on", **labels: str) -> Event:
    found = labels_of({VARIANT_LABEL: variant} | {key.replace("__", "."): value for key, value in labels.items()})
    return Event(id=str(next(numbers)), source="test", type=name, at=NOW + at, subject=user, labels=found)


def asked(user: str, at: float, *, failed: bool, variant: str = "on", **labels: str) -> Event:
    return happened("request", user, at, variant, error=str(failed).lower(), **labels)


def took(counts: tuple[int, ...], at: float, variant: str | None = "on") -> Point:
    labels = labels_of({VARIANT_LABEL: variant} if variant is not None else {})
    return Point("duration", Kind.HISTOGRAM, NOW + at, 0.0, labels, buckets=Buckets((100.0, 200.0, 400.0), counts))


def arrive(store: TelemetryStore, *items: Event | Point) -> None:
    store.offer(items)
    store.flush()


def counts(store: TelemetryStore, feed: Feed, *items: Event | Point) -> dict[str, tuple[Counts, ...]]:
    after = store.cursor
    arrive(store, *items)
    return EmbeddedArmSource(store).arms(feed, after)[1]


def test_a_user_who_keeps_failing_counts_once_an_hour_and_stays_in_the_traffic(store: TelemetryStore) -> None:
    events = [asked("ann", 10 * n, failed=True) for n in range(5)]
    events += [asked("bob", 10 * n, failed=False, variant="off") for n in range(5)]
    assert counts(store, Feed(ERRORS, PAGE), *events)[EVERYWHERE] == (Counts(5, 0, 5, 1),)


def test_who_failed_in_the_attempt_before_fails_anew_in_this_one(store: TelemetryStore) -> None:
    before = [asked(f"user-{n}", n, failed=True) for n in range(20)]
    [found] = counts(store, Feed(ERRORS, replace(PAGE, since=NOW - 1)), *before)[EVERYWHERE]
    assert found.canary_hits == 20
    again = [asked(f"user-{n}", 100 + n, failed=True) for n in range(20)]
    [found] = counts(store, Feed(ERRORS, replace(PAGE, since=NOW + 60)), *again)[EVERYWHERE]
    assert found.canary_hits == 20


def test_what_is_dated_before_the_attempt_does_not_count_however_late_it_comes(store: TelemetryStore) -> None:
    late = [asked("ann", 0, failed=True), asked("bob", 90, failed=False)]
    assert counts(store, Feed(ERRORS, replace(PAGE, since=NOW + 60)), *late)[EVERYWHERE] == (Counts(0, 0, 1, 0),)


def test_the_first_call_starts_at_the_present(store: TelemetryStore) -> None:
    arrive(store, asked("ann", 0, failed=True))
    assert EmbeddedArmSource(store).arms(Feed(ERRORS, PAGE), None) == (1, {EVERYWHERE: (Counts(0, 0, 0, 0),)})


def test_every_success_counts_as_units_do(store: TelemetryStore) -> None:
    events = [happened("pay", "ann", 10 * n, ok="true") for n in range(5)] + [happened("pay", "ann", 60, ok="false")]
    events += [happened("pay", "bob", 1, "off", ok="true")]
    assert counts(store, Feed(PAID, PAGE), *events)[EVERYWHERE] == (Counts(1, 1, 6, 5),)


def test_tickets_are_held_against_the_traffic_of_their_arm(store: TelemetryStore) -> None:
    events = [asked(f"u{n}", n, failed=False, variant=variant) for n in range(40) for variant in ("on", "off")]
    events += [happened("ticket", "u1", 100), happened("ticket", "u1", 200), happened("ticket", "u2", 100)]
    found = counts(store, Feed(TICKETS, PAGE, traffic=ERRORS), *events)[EVERYWHERE]
    assert found == (Counts(40, 0, 42, 2),)


def test_of_what_is_better_more_often_a_user_may_bring_several_an_hour(store: TelemetryStore) -> None:
    messages = Metric.model_validate({"source": "events", "count": "sent", "better": "higher"})
    events = [happened("sent", "ann", 10 * n) for n in range(4)]
    assert counts(store, Feed(messages, PAGE, traffic=ERRORS), *events)[EVERYWHERE] == (Counts(0, 0, 4, 4),)


def test_a_count_without_traffic_is_no_evidence(store: TelemetryStore) -> None:
    with pytest.raises(SourceError, match="among how many"):
        counts(store, Feed(TICKETS, PAGE), happened("ticket", "ann", 0))


def test_a_kind_that_no_variant_has_is_refused(store: TelemetryStore) -> None:
    gauge = Metric.model_validate({"source": "app", "gauge": "depth"})
    with pytest.raises(SourceError, match="cannot count this kind"):
        counts(store, Feed(gauge, PAGE), asked("ann", 0, failed=False))


def test_a_user_is_unique_once_in_the_attempt(store: TelemetryStore) -> None:
    events = [asked(name, at, failed=False) for at in (0, 200) for name in ("ann", "bob", "cid")]
    events += [happened("shared", "ann", at) for at in (1, 90, 300)]
    assert counts(store, Feed(USERS, PAGE, traffic=ERRORS), *events)[EVERYWHERE] == (Counts(0, 0, 4, 1),)


def test_levels_are_in_base_units_and_each_is_a_rung(store: TelemetryStore) -> None:
    feed = Feed(LATENCY, PAGE, levels=(0.1, 0.3))
    points = [took((5, 3, 2, 1), 1), took((8, 0, 0, 1), 1, "off"), took((1, 1, 1, 1), 1, "purple")]
    assert counts(store, feed, *points)[EVERYWHERE] == (Counts(9, 1, 11, 6), Counts(9, 1, 11, 2))
    assert EmbeddedArmSource(store).arms(feed, None)[1] == {EVERYWHERE: (Counts(0, 0, 0, 0),) * 2}


def test_the_levels_are_the_controls_quantiles(store: TelemetryStore) -> None:
    source, feed = EmbeddedArmSource(store), Feed(LATENCY, PAGE)
    arrive(store, took((1000, 0, 0, 0), 1, "on"), took((0, 500, 500, 0), 1, "off"))
    assert source.levels(feed, (0.25, 0.75), 60, NOW + 30) == pytest.approx((0.15, 0.3))
    assert source.levels(feed, (0.5,), 60, NOW + 500) == ()


def test_before_anybody_has_it_everybody_is_control(store: TelemetryStore) -> None:
    arrive(store, took((0, 1000, 0, 0), 1, None), took((0, 0, 1000, 0), 1, "off"))
    assert EmbeddedArmSource(store).levels(Feed(LATENCY, PAGE), (0.25,), 60, NOW + 30) == pytest.approx((0.15,))


def test_too_few_observations_give_no_levels(store: TelemetryStore) -> None:
    arrive(store, took((0, 999, 0, 0), 1, "off"))
    assert EmbeddedArmSource(store).levels(Feed(LATENCY, PAGE), (0.5,), 60, NOW + 30) == ()
    assert EmbeddedArmSource(store).levels(Feed(ERRORS, PAGE), (0.5,), 60, NOW + 30) == ()


def test_a_user_is_judged_when_the_time_is_over(store: TelemetryStore, clock: Clock) -> None:
    source, feed = EmbeddedArmSource(store), Feed(SAVED, PAGE)
    start, _ = source.arms(feed, None)
    arrive(store, happened("opened", "ann", 500), happened("saved", "ann", 520), happened("opened", "bob", 500, "off"))
    early = source.arms(feed, start)
    clock.now += 100
    arrive(store, happened("heartbeat", "", 590))
    due = source.arms(feed, early[0])
    assert early[1] == {EVERYWHERE: (Counts(0, 0, 0, 0),)}
    assert due[1] == {EVERYWHERE: (Counts(1, 0, 1, 1),)}
    assert source.arms(feed, due[0]) == (due[0], early[1])


def test_a_share_without_a_time_is_never_ripe(store: TelemetryStore) -> None:
    timeless = Metric.model_validate({"source": "events", "of": "opened", "did": "saved"})
    with pytest.raises(SourceError, match="how much time"):
        counts(store, Feed(timeless, PAGE), happened("opened", "ann", 0))


def test_places_are_counted_where_the_data_says_a_country(store: TelemetryStore) -> None:
    feed = Feed(
        ERRORS, PAGE, places={"dach": frozenset({"DE", "CH"}), "swiss": frozenset({"CH"}), "us": frozenset({"US"})}
    )
    events = [
        asked("a", 1, failed=True, geo__country__iso_code="ch"),
        asked("b", 1, failed=False, country="DE", variant="off"),
        asked("c", 1, failed=False),
    ]
    assert counts(store, feed, *events) == {
        EVERYWHERE: (Counts(1, 0, 2, 1),),
        "dach": (Counts(1, 0, 1, 1),),
        "swiss": (Counts(0, 0, 1, 1),),
    }


def test_who_is_outside_the_rollouts_countries_is_no_control_of_it(store: TelemetryStore) -> None:
    feed = Feed(ERRORS, replace(PAGE, countries=frozenset({"DE", "CH"})))
    events = [
        asked("a", 1, failed=True, country="de"),
        asked("b", 1, failed=False, country="US", variant="off"),
        asked("c", 1, failed=False, geo__country__iso_code="CH", variant="off"),
        asked("d", 1, failed=False, variant="off"),
    ]
    assert counts(store, feed, *events)[EVERYWHERE] == (Counts(2, 0, 1, 1),)


def test_another_flags_measurements_are_not_ours(store: TelemetryStore) -> None:
    events = [asked("a", 1, failed=True, feature_flag__key=flag) for flag in ("page", "other")]
    assert counts(store, Feed(ERRORS, PAGE), *events)[EVERYWHERE] == (Counts(0, 0, 1, 1),)


def test_users_are_met_once_and_those_in_both_arms_are_told(store: TelemetryStore) -> None:
    source, feed = EmbeddedArmSource(store), Feed(ERRORS, PAGE)
    start, nobody = source.seen(feed, None)
    arrive(store, *(asked(name, 1, failed=False, variant="off") for name in ("ann", "bob", "ann")))
    first = source.seen(feed, start)
    arrive(store, asked("ann", 2, failed=False), asked("cid", 2, failed=False))
    assert nobody == Seen()
    assert first == (3, Seen(0, 2, 0))
    assert source.seen(feed, first[0]) == (5, Seen(2, 0, 1))


def test_observations_have_no_users(store: TelemetryStore) -> None:
    arrive(store, took((5, 3, 2, 1), 1))
    assert EmbeddedArmSource(store).seen(Feed(LATENCY, PAGE), 0) == (1, Seen())
