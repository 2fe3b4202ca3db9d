"""Why nothing is measured of the new variant, by a real engine on a real telemetry store."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import count
from typing import Any

import pytest

from support.engines import Rig
from support.launches import HOUR, MINUTE
from tminus.app.exposures import TelemetrySink
from tminus.core.events import AlertFired, AlertResolved, RollbackStarted, StagePromoted
from tminus.engine import Engine, Watch
from tminus.exposing.report import Sample
from tminus.held import Counts
from tminus.metrics.embedded_arms import EmbeddedArmSource
from tminus.metrics.embedded_exposures import EmbeddedExposureSource
from tminus.telemetry import Event, TelemetryStore, labels_of

STAGES = "stages: [{ id: few, to: 5%, cohorts: [staff], for: 5m }, { id: all, to: 100%, for: 1h }]"
GUARDED = f"phases: [{{ id: release, rollout: {{ flag: page, guards: [errors], {STAGES} }} }}]"
NO_DATA = "no data"
numbers = count()


class Launch(Rig):
    """The rig with eyes of its own: telemetry and evaluations are in a store, on the rig's clock."""

    def restart(self, worker: str = "second") -> None:
        """All that was in memory is gone, the telemetry is not."""
        super().restart(worker)
        if not hasattr(self, "store"):
            self.store = TelemetryStore(None, clock=self.clock.now)
            self.sink = TelemetrySink(self.store, self.clock.now)
            self.counts: Counts = {}
        arms = {"app": EmbeddedArmSource(self.store)}
        self.watch = Watch(self.outline, {}, arms, exposures=EmbeddedExposureSource(self.store))
        self.engine = Engine(self.ledger, self.watch, self.dispatcher, worker=worker)

    def evaluated(self, times: int, variant: str | None, flag: str = "page", *users: str) -> None:
        """So many answers, and a sample of who it was."""
        key = flag, variant, "SPLIT"
        self.counts[key] = self.counts.get(key, 0) + times
        samples: list[Sample] = [(*key, user) for user in users]
        self.sink.send({key: self.counts[key]}, samples)
        self.store.flush()

    def used(self, variant: str, *users: str) -> None:
        """The service reports a request of each, with the variant they have."""
        labels = labels_of({"feature_flag.result.variant": variant, "error": "false"})
        now = self.clock.now()
        self.store.offer([Event(str(next(numbers)), "shop", "request", now, user, labels) for user in users])
        self.store.flush()

    @property
    def alert(self) -> str:
        """What people were told last of missing data; empty when they were not."""
        return next((one.text for one in reversed(self.events(AlertFired)) if one.alert == NO_DATA), "")

    @property
    def held_by(self) -> str:
        """What holds the launch now."""
        return next((one.text for one in self.engine.blockers if one.kind == "silence"), "")

    def let_pass(self, minutes: int, **answers: Any) -> None:
        """Minutes in each of which these answers are given."""
        for _ in range(minutes):
            for variant, times in answers.items():
                self.evaluated(times, variant)
            self.step(MINUTE)


@pytest.fixture
def launch() -> Iterator[Launch]:
    launch = Launch(GUARDED)
    launch.step()
    yield launch
    launch.store.close()


def test_a_flag_that_nobody_asks_for_is_said_to_be_not_evaluated(launch: Launch) -> None:
    launch.evaluated(40, "off", "cart")
    launch.let_pass(14)
    words = "flag page was not evaluated since the stage began: does the service ask T-minus for it?"
    assert words in launch.alert
    assert words in launch.held_by
    assert launch.events(StagePromoted) == []


def test_a_flag_that_is_asked_for_and_never_on_says_how_to_ask_why(launch: Launch) -> None:
    launch.let_pass(14, off=10)
    assert (
        "was evaluated 60 times since the stage began, and none of them gave on: tminus flags why page" in launch.alert
    )
    assert "evaluated 130 times" in launch.held_by, "it goes on counting"


def test_answers_that_no_telemetry_speaks_of_name_the_attribute(launch: Launch) -> None:
    launch.let_pass(14, on=3, off=57)
    assert "18 evaluations gave on since the stage began, but no event or metric of the guards says " in launch.alert
    assert "feature_flag.result.variant on: the telemetry lacks the attribute" in launch.held_by


def test_a_variant_that_was_measured_and_stops_says_so(launch: Launch) -> None:
    launch.let_pass(2, on=1)
    launch.used("on", "ann")
    launch.let_pass(9, on=2)
    assert "evaluations gave on since then, and nothing was reported of them" in launch.alert
    assert launch.events(RollbackStarted) == []


def test_without_any_evaluation_the_message_guesses_nothing(launch: Launch) -> None:
    launch.let_pass(10)
    assert launch.alert.endswith("Look at the service's telemetry, or roll back.")
    assert launch.held_by == "nothing has been measured from the new variant in this stage yet"


def test_data_without_evaluations_holds_nothing(launch: Launch) -> None:
    """flagd's in-process clients are not counted: what they bring is judged as ever."""
    launch.evaluated(10, "off", "cart")
    for _ in range(20):
        launch.used("on", "ann")
        launch.used("off", "bob", "cy")
        launch.step(MINUTE)
    assert (launch.alert, launch.held_by) == ("", "")


def test_the_alert_ends_when_the_variant_is_measured(launch: Launch) -> None:
    launch.let_pass(10, on=1)
    launch.used("on", "ann")
    launch.step(MINUTE)
    assert [one.alert for one in launch.events(AlertResolved)] == [NO_DATA]


def test_a_store_that_cannot_be_read_is_a_trouble_and_nothing_is_known(launch: Launch) -> None:
    launch.evaluated(10, "on")
    launch.step(MINUTE)
    assert launch.engine.facts.evaluations is not None
    launch.store.close()
    launch.step(MINUTE)
    assert launch.engine.facts.evaluations is None
    assert "evaluations" in launch.watch.trouble


def people(prefix: str, minute: int, number: int) -> list[str]:
    return [f"{prefix}-{minute}-{one}" for one in range(number)]


def serve(launch: Launch, minutes: int, *, survive: int) -> None:
    """Each minute 4 sampled users get the new version, of whom `survive` are reported, and 20 the old one."""
    for minute in range(minutes):
        new, old = people("new", minute, 4), people("old", minute, 20)
        launch.evaluated(4 * 256, "on", "page", *new)
        launch.evaluated(20 * 256, "off", "page", *old)
        launch.step(10)
        launch.used("on", *new[:survive], *people("more", minute, 2))
        launch.used("off", *old, *people("others", minute, 95))
        launch.step(50)


def test_a_new_version_that_fails_before_it_reports_holds_and_never_rolls_back(launch: Launch) -> None:
    serve(launch, 20, survive=0)
    assert "(lost arm)" in launch.engine.facts.sample
    assert "were then seen with it in telemetry" in launch.engine.facts.sample
    launch.step(HOUR)
    assert (launch.events(StagePromoted), launch.events(RollbackStarted)) == ([], [])


def test_a_restart_reads_the_lost_users_again_from_the_telemetry(launch: Launch) -> None:
    serve(launch, 20, survive=0)
    assert launch.engine.facts.sample.startswith("of 20 sampled users")  # by then it was plain
    launch.restart()
    launch.step(1)
    assert launch.engine.facts.sample.startswith("of 60 sampled users")


def test_a_new_version_that_reports_is_not_lost(launch: Launch) -> None:
    serve(launch, 20, survive=4)
    assert launch.engine.facts.sample == ""
