"""Observing: which criteria are due to be measured, and the guards fed with every unit once.

What is kept here can be rebuilt: assessments are measured again after a restart, `for` starts over (what was not seen
did not hold), and the guards continue from their last checkpoint in the log and the telemetry that came after it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from tminus.core.assess import Streaks, assess
from tminus.core.assessment import Assessment, Measurement
from tminus.core.decide import needed_criteria
from tminus.core.events import GuardCheckpointed
from tminus.core.facts import Facts
from tminus.core.outline import Outline
from tminus.core.state import State
from tminus.errors import SourceError
from tminus.guards import (
    GuardReading,
    GuardSettings,
    GuardState,
    combine,
    from_json,
    observe,
    reading,
    start,
    to_json,
)
from tminus.plan.criterion import Arm, Criterion
from tminus.plan.model import Rollout
from tminus.ports import ArmSource, Exposure, MetricSource, Question

DEFAULT_WINDOW = 60.0
CHECKPOINT_SECONDS = 300.0
_FASTEST, _SLOWEST = 1.0, 30.0
_LEAST_WINDOW = 1.0
_NO_SOURCE = "the plan names no source for it; a role has to sign"


@dataclass
class Watch:
    """Eyes of one launch. `sources` and `arms` are looked up by a metric's `source`."""

    outline: Outline
    sources: Mapping[str, MetricSource]
    arms: Mapping[str, ArmSource]
    streaks: Streaks = field(default_factory=Streaks)
    _triggers: frozenset[str] = frozenset()
    _place: tuple[object, ...] = ()
    _criteria: list[Criterion] = field(default_factory=list)
    _assessed: dict[str, Assessment] = field(default_factory=dict)
    _due: dict[str, float] = field(default_factory=dict)
    _guards: dict[str, GuardState] = field(default_factory=dict)
    _cursor: dict[str, int] = field(default_factory=dict)
    _readings: dict[str, GuardReading] = field(default_factory=dict)
    _canary_seen_at: float | None = None
    trouble: dict[str, str] = field(default_factory=dict)  # source -> what is wrong with it, for people

    def __post_init__(self) -> None:
        self._triggers = frozenset(criterion.key for criterion in self.outline.plan.rollback.when)

    def facts(self, state: State, now: float) -> Facts:
        """Measure what is due, feed the guards, and say what is known at `now`."""
        wanted = self._wanted(state)
        for criterion in wanted:
            if self._due.get(criterion.key, 0.0) <= now:
                self._assess(criterion, state, now)
        self._guard(state, now)
        return Facts(
            criteria={c.key: self._assessed[c.key] for c in wanted if c.key in self._assessed},
            guards=dict(self._readings),
            log_evidence=combine(self._readings) if self._readings else None,
            canary_seen_at=self._canary_seen_at,
        )

    def _wanted(self, state: State) -> list[Criterion]:
        place = (state.status, state.phase, state.stage)
        if place != self._place:
            self._place, self._criteria = place, needed_criteria(self.outline, state)
        return self._criteria

    def checkpoint(self, state: State, now: float) -> GuardCheckpointed | None:
        """The guards' sums for the log, when the last ones there are old; None when there is nothing new."""
        unwritten = set(self._cursor) - set(state.checkpoint_guards)
        if not self._cursor or (not unwritten and now - state.checkpoint_at < CHECKPOINT_SECONDS):
            return None
        return GuardCheckpointed(
            cursor=dict(self._cursor), guards={metric: to_json(guard) for metric, guard in self._guards.items()}
        )

    def forget(self) -> None:
        """A rollback ended what was watched: the next release starts with a clean sheet."""
        self.streaks.forget()
        self._assessed.clear()
        self._due.clear()
        self._stop_guarding()

    def _assess(self, criterion: Criterion, state: State, now: float) -> None:
        metric = self.outline.plan.metrics[criterion.metric]
        span = criterion.window or metric.window
        window = span.seconds if span else DEFAULT_WINDOW
        if state.rollout_since and (criterion.arm is not Arm.ALL or criterion.key in self._triggers):
            # What the release before did, the one that was rolled back, must not be held against this one.
            window = min(window, max(now - state.rollout_since, _LEAST_WINDOW))
        self._due[criterion.key] = now + min(max(window / 120, _FASTEST), _SLOWEST)
        source = self.sources.get(metric.source or "")
        if source is None:
            found = Measurement(None, error=_NO_SOURCE)
        else:
            exposure = exposure_of(self.outline, state) if criterion.arm is not Arm.ALL else None
            found = source.measure(Question(metric, criterion.aggregate, criterion.arm, window, exposure), now)
            self._note_trouble(metric.source or "", found.error)
        self._assessed[criterion.key] = self.streaks.follow(assess(criterion, metric, found, window, now))

    def _guard(self, state: State, now: float) -> None:
        rollout = guarded_rollout(self.outline, state)
        if rollout is None:
            self._stop_guarding()
            return
        exposure = exposure_of(self.outline, state)
        assert exposure is not None
        for metric in rollout.guards:
            if metric not in self._guards:
                self._start_guard(metric, state, now)
            self._feed(metric, exposure, now)

    def _start_guard(self, metric: str, state: State, now: float) -> None:
        kept = state.checkpoint_guards.get(metric)
        if kept is not None and metric in state.checkpoint_cursor:
            self._guards[metric] = from_json(kept)
            self._cursor[metric] = state.checkpoint_cursor[metric]
        else:
            self._guards[metric] = start(self._settings(metric), now)

    def _feed(self, metric: str, exposure: Exposure, now: float) -> None:
        defined = self.outline.plan.metrics[metric]
        source = self.arms.get(defined.source or "")
        if source is None:
            return
        try:
            self._cursor[metric], counts = source.arms(defined, exposure, self._cursor.get(metric))
        except SourceError as error:
            self._note_trouble(defined.source or "", error.message)
            return
        settings = self._settings(metric)
        self._guards[metric] = observe(settings, self._guards[metric], counts, now)
        if counts.canary_units:
            self._canary_seen_at = now
        if not counts.empty or metric not in self._readings:
            self._readings[metric] = reading(settings, self._guards[metric])

    def _settings(self, metric: str) -> GuardSettings:
        return guard_settings(self.outline, metric)

    def _stop_guarding(self) -> None:
        if self._guards:
            self._guards, self._cursor, self._readings = {}, {}, {}
            self._canary_seen_at = None

    def _note_trouble(self, source: str, error: str) -> None:
        if error:
            self.trouble[source] = error
        else:
            self.trouble.pop(source, None)


def guard_settings(outline: Outline, metric: str) -> GuardSettings:
    """How a metric is guarded. Where the plan names no ceiling, the trigger on the same metric is one."""
    watching = outline.plan.watching
    ceiling = watching.ceiling.get(metric)
    if ceiling is None:
        limits = [
            c.target.value for c in outline.plan.rollback.when if c.metric == metric and not c.comparator.wants_low
        ]
        ceiling = min(limits, default=None)
    return GuardSettings(alpha=watching.alpha or GuardSettings().alpha, ceiling=ceiling)


def guarded_rollout(outline: Outline, state: State) -> Rollout | None:
    """The rollout whose guards watch now: the present phase's while anybody has its new variant."""
    phase = outline.phases.get(state.phase or "")
    if phase is None or phase.rollout is None or not state.rollout_since:
        return None
    return phase.rollout if state.share_of(phase.rollout.flag) > 0 else None


def exposure_of(outline: Outline, state: State) -> Exposure | None:
    """How to tell canary from control in telemetry at present; None while the plan has no rollout at all."""
    phase = outline.phases.get(state.phase or "")
    rollout = phase.rollout if phase and phase.rollout else _any_rollout(outline)
    if rollout is None:
        return None
    flag = outline.plan.flags[rollout.flag]
    others = tuple(name for name in flag.variants if name != flag.brought)
    return Exposure(flag=rollout.flag, canary=flag.brought, control=others)


def _any_rollout(outline: Outline) -> Rollout | None:
    return next((phase.rollout for phase in outline.plan.phases if phase.rollout), None)
