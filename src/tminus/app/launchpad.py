"""Everything one process runs: log, telemetry, sources, performers, and the engine of the newest launch."""

from __future__ import annotations

import os
import secrets
import socket
import threading
from collections.abc import Mapping
from pathlib import Path

from tminus.actions import AppriseNotifier, CommandRunner, HttpCaller, HttpExchange, ThreadDispatcher
from tminus.app.clock import SystemClock
from tminus.app.desk import Desk
from tminus.app.ledgers import open_ledger
from tminus.app.notebook import MemoryNotebook
from tminus.app.pulse import Pulse
from tminus.app.serving import ServedFlags
from tminus.app.settings import TELEMETRY_FILE, Settings
from tminus.engine import Engine, Watch
from tminus.errors import StoreError, UsageError
from tminus.metrics.embedded import EmbeddedMetricSource
from tminus.metrics.embedded_arms import EmbeddedArmSource
from tminus.metrics.embedded_exposures import EmbeddedExposureSource
from tminus.metrics.outcomes import EmbeddedOutcomeSource
from tminus.metrics.patient import PatientArmSource, PatientMetricSource, PatientOutcomeSource
from tminus.metrics.prometheus import PrometheusMetricSource
from tminus.metrics.prometheus_arms import PrometheusArmSource
from tminus.plan import Plan
from tminus.plan.checks_metrics import members
from tminus.plan.model import Source
from tminus.ports import ArmSource, Clock, EventLog, MetricSource, Performer
from tminus.probes import CommandProbe, HttpProbe
from tminus.store import ControllerLock, SqlEventLog
from tminus.telemetry import TelemetryStore

DEFAULT_EVERY = 1.0


class Launchpad:
    """Owns what a controller process needs, and gives it back on `close`."""

    def __init__(self, settings: Settings, clock: Clock | None = None) -> None:
        self.settings = settings
        self.clock = clock or SystemClock()
        try:
            settings.data.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            text = f"cannot keep files in {settings.data}: {error.strerror}"
            raise StoreError(text, hint="name another place with --data", retryable=False) from None
        self.log: EventLog = SqlEventLog(settings.log_location)
        self._lock = None if settings.store else ControllerLock(settings.data / "log.sqlite")
        if self._lock is not None and not self._lock.acquire():
            raise UsageError(
                f"another T-minus already runs launches in {settings.data} (process {self._lock.holder()})",
                hint="stop that one, or give this one its own --data",
                code="already-running",
            )
        self.telemetry = TelemetryStore(settings.data / TELEMETRY_FILE, clock=self.clock.now)
        self.flags = ServedFlags()
        self.notebook = MemoryNotebook()
        self.desk: Desk | None = None
        self._pulse: Pulse | None = None
        self._dispatcher: ThreadDispatcher | None = None
        self._patient: list[PatientMetricSource | PatientArmSource | PatientOutcomeSource] = []
        self.launch = ""
        self.members: Mapping[str, str] = {}  # type of event -> the member whose number telemetry keeps
        self._turn = threading.RLock()
        self._closed = False

    def adopt(self, launch: str) -> Desk:
        """Drive this launch from now on. Raises `UsageError` after `close`."""
        with self._turn:
            if self._closed:
                raise UsageError("this T-minus is being stopped")
            return self._adopt(launch)

    def _adopt(self, launch: str) -> Desk:
        self._let_go()
        ledger = open_ledger(self.log, launch, self.clock)
        plan = ledger.outline.plan
        self.members = members(plan)
        exposures = EmbeddedExposureSource(self.telemetry)
        watch = Watch(ledger.outline, self._sources(plan), self._arms(plan), self._outcomes(), exposures)
        dispatcher = ThreadDispatcher(self._performers(), self.clock, on_done=self._wake)
        worker = f"{socket.gethostname()}:{os.getpid()}:{secrets.token_hex(4)}"
        engine = Engine(ledger, watch, dispatcher, worker=worker, sole=self._lock is not None, notebook=self.notebook)
        self.flags.follow(ledger.outline, ledger.state)
        ledger.listen(self.flags.heard)
        self._dispatcher = dispatcher
        self._pulse = Pulse(engine, self.clock, plan.watching.every.seconds if plan.watching.every else DEFAULT_EVERY)
        self.desk = Desk(ledger, engine, self.clock, self.notebook, self._wake)
        self.launch = launch
        self._pulse.start()
        return self.desk

    def adopt_newest(self) -> bool:
        """Drive the newest launch when it is not the one driven already. True when there was a new one."""
        launches = self.log.launches()
        if not launches or launches[0].launch == self.launch:
            return False
        self.adopt(launches[0].launch)
        return True

    def close(self) -> None:
        """Stop driving and give everything back. The launch stays where it is and goes on at the next start."""
        with self._turn:
            # Whoever is about to take up a launch on another thread finds the door shut, and starts nothing that
            # would keep this process alive.
            self._closed = True
            self._let_go()
        self.telemetry.close()
        if self._lock is not None:
            self._lock.release()

    def _wake(self) -> None:
        if self._pulse is not None:
            self._pulse.wake()

    def _let_go(self) -> None:
        if self._pulse is not None:
            self._pulse.stop()
        if self._dispatcher is not None:
            self._dispatcher.close()
        for source in self._patient:
            source.close()
        self._pulse, self._dispatcher, self._patient, self.desk = None, None, [], None

    def _sources(self, plan: Plan) -> dict[str, MetricSource]:
        sources: dict[str, MetricSource] = {
            "app": EmbeddedMetricSource(self.telemetry, "app"),
            "events": EmbeddedMetricSource(self.telemetry, "events"),
        }
        for name, source in plan.sources.items():
            url, timeout = self._reach(source)
            patient = PatientMetricSource(PrometheusMetricSource(url, name, timeout))
            self._patient.append(patient)
            sources[name] = patient
        return sources

    def _arms(self, plan: Plan) -> dict[str, ArmSource]:
        embedded = EmbeddedArmSource(self.telemetry)
        arms: dict[str, ArmSource] = {"app": embedded, "events": embedded}
        for name, source in plan.sources.items():
            url, timeout = self._reach(source)
            patient = PatientArmSource(PrometheusArmSource(url, name, self.clock.now, timeout))
            self._patient.append(patient)
            arms[name] = patient
        return arms

    def _reach(self, source: Source) -> tuple[str, float]:
        """Where a server is, and how long it may take to answer, in seconds."""
        timeout = source.timeout.seconds if source.timeout else 5.0
        return resolve(source.prometheus, self.settings.environment), timeout

    def _outcomes(self) -> dict[str, PatientOutcomeSource]:
        found = {name: PatientOutcomeSource(EmbeddedOutcomeSource(self.telemetry, name)) for name in ("app", "events")}
        self._patient.extend(found.values())
        return found

    def _performers(self) -> dict[str, Performer]:
        environment, exchange = self.settings.environment, HttpExchange()
        runner = CommandRunner(Path.cwd())
        return {
            "notify": AppriseNotifier(environment),
            "run": runner,
            "call": HttpCaller(environment, exchange),
            "probe-http": HttpProbe(exchange),
            "probe-command": CommandProbe(runner),
        }


def resolve(reference: str, environment: Mapping[str, str]) -> str:
    """The text, or what the environment variable of `env:NAME` holds. Raises `UsageError` when it is not set."""
    if not reference.startswith("env:"):
        return reference
    name = reference.removeprefix("env:")
    if name not in environment:
        raise UsageError(f"the environment variable {name} is not set", hint=f"export {name}=... before the start")
    return environment[name]
