"""Observing: which criteria are due to be measured, and the guards fed with every unit once.

What is kept here can be rebuilt: assessments are measured again after a restart, `for` starts over (what was not seen
did not hold), and the guards continue from their last checkpoint in the log and the telemetry that came after it.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field

from tminus.core.assess import Streaks, assess
from tminus.core.assessment import Assessment, Measurement
from tminus.core.decide import alpha_of, needed_criteria
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
from tminus.plan.model import Metric, Rollout
from tminus.ports import EVERYWHERE, ArmSource, Exposure, Feed, MetricSource, Question

DEFAULT_WINDOW = 60.0
CHECKPOINT_SECONDS = 300.0
_FASTEST, _SLOWEST = 1.0, 30.0
_LEAST_WINDOW = 1.0
_NO_SOURCE = "the plan names no source for it; a role has to sign"


@dataclass(frozen=True, slots=True)
class _Asked:
    """A criterion that is measured now, with all that stays the same from one measurement to the next."""

    key: str
    criterion: Criterion
    metric: Metric
    source: MetricSource | None
    window: float
    by_arm: bool
    of_this_rollout: bool  # False: what was before the rollout counts, too


@dataclass
class Watch:
    """Eyes of one launch. `sources` and `arms` are looked up by a metric's `source`."""

    outline: Outline
    sources: Mapping[str, MetricSource]
    arms: Mapping[str, ArmSource]
    streaks: Streaks = field(default_factory=Streaks)
    _triggers: frozenset[str] = frozenset()
    _outdated: bool = False
    _place: tuple[object, ...] = ()
    _asked: list[_Asked] = field(default_factory=list)
    _assessed: dict[str, Assessment] = field(default_factory=dict)
    _due: dict[str, float] = field(default_factory=dict)
    _guarding: dict[str, GuardSettings] = field(default_factory=dict)
    _guards: dict[str, GuardState] = field(default_factory=dict)
    _cursor: dict[str, int] = field(default_factory=dict)
    _readings: dict[str, GuardReading] = field(default_factory=dict)
    _canary_seen_at: float | None = None
    _watching_since: float | None = None
    _guarded: str = ""  # the flag that the guards' sums are about
    trouble: dict[str, str] = field(default_factory=dict)  # source -> what is wrong with it, for people

    def __post_init__(self) -> None:
        self._triggers = frozenset(criterion.key for criterion in self.outline.plan.rollback.when)

    def facts(self, state: State, now: float) -> Facts:
        """Measure what is due, feed the guards, and say what is known at `now`."""
        if self._outdated:
            self._clear()
        wanted, exposure = self._wanted(state), exposure_of(self.outline, state)
        for asked in wanted:
            if self._due.get(asked.key, 0.0) <= now:
                self._assess(asked, exposure, state, now)
        self._guard(exposure, state, now)
        return Facts(
            criteria={asked.key: self._assessed[asked.key] for asked in wanted},
            guards=dict(self._readings),
            log_evidence=combine(self._readings) if self._readings else None,
            canary_seen_at=self._canary_seen_at,
            watching_since=self._watching_since,
        )

    def _wanted(self, state: State) -> list[_Asked]:
        place = (state.status, state.phase, state.stage)
        if place != self._place:
            self._place, self._asked = place, [self._ask(c) for c in needed_criteria(self.outline, state)]
        return self._asked

    def _ask(self, criterion: Criterion) -> _Asked:
        metric = self.outline.plan.metrics[criterion.metric]
        span, by_arm = criterion.window or metric.window, criterion.arm is not Arm.ALL
        return _Asked(
            criterion.key,
            criterion,
            metric,
            self.sources.get(metric.source or ""),
            window=span.seconds if span else DEFAULT_WINDOW,
            by_arm=by_arm,
            of_this_rollout=by_arm or criterion.key in self._triggers,
        )

    def checkpoint(self, state: State, now: float) -> GuardCheckpointed | None:
        """The guards' sums for the log, when the last ones there are old; None when there is nothing new."""
        watched = guarded_rollout(self.outline, state)
        if self._outdated or watched is None or watched.flag != self._guarded:
            # Written down now, the evidence against the release that was rolled back would meet the mended one.
            return None
        unwritten = set(self._cursor) - set(state.checkpoint_guards)
        if not self._cursor or (not unwritten and now - state.checkpoint_at < CHECKPOINT_SECONDS):
            return None
        return GuardCheckpointed(
            cursor=dict(self._cursor), guards={metric: to_json(guard) for metric, guard in self._guards.items()}
        )

    def forget(self) -> None:
        """A rollback ended what was watched: the next look starts with a clean sheet. Any thread may say so."""
        self._outdated = True

    def _clear(self) -> None:
        self._outdated = False
        self.streaks.forget()
        self._assessed.clear()
        self._due.clear()
        self._stop_guarding()

    def _assess(self, asked: _Asked, exposure: Exposure | None, state: State, now: float) -> None:
        criterion, metric, window = asked.criterion, asked.metric, asked.window
        if state.rollout_since and asked.of_this_rollout:
            # What the release before did, the one that was rolled back, must not be held against this one.
            window = min(window, max(now - state.rollout_since, _LEAST_WINDOW))
        if asked.source is None:
            self._due[asked.key], found = math.inf, Measurement(None, error=_NO_SOURCE)
        else:
            self._due[asked.key] = now + min(max(window / 120, _FASTEST), _SLOWEST)
            arms = exposure if asked.by_arm else None
            found = asked.source.measure(Question(metric, criterion.aggregate, criterion.arm, window, arms), now)
            if found.error or self.trouble:
                self._note_trouble(metric.source or "", found.error)
        self._assessed[asked.key] = self.streaks.follow(assess(criterion, metric, found, window, now))

    def _guard(self, exposure: Exposure | None, state: State, now: float) -> None:
        rollout = guarded_rollout(self.outline, state)
        if rollout is None or exposure is None:
            self._stop_guarding()
            return
        if rollout.flag != self._guarded:
            self._stop_guarding()
            self._guarded = rollout.flag
        if self._watching_since is None:
            self._watching_since = now
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
        # From the first tick on every guard has its share of the evidence, silent ones a neutral 1: weights that
        # changed with whoever happens to answer would void the bound on false alarms.
        self._readings[metric] = reading(self._settings(metric), self._guards[metric])

    def _feed(self, metric: str, exposure: Exposure, now: float) -> None:
        defined = self.outline.plan.metrics[metric]
        source = self.arms.get(defined.source or "")
        if source is None:
            return
        try:
            feed = Feed(defined, exposure)
            self._cursor[metric], places = source.arms(feed, self._cursor.get(metric))
            (counts,) = places[EVERYWHERE]
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
        if metric not in self._guarding:
            self._guarding[metric] = guard_settings(self.outline, metric)
        return self._guarding[metric]

    def _stop_guarding(self) -> None:
        if self._guards:
            self._guards, self._cursor, self._readings = {}, {}, {}
            self._canary_seen_at = self._watching_since = None

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
    return GuardSettings(alpha=alpha_of(outline), ceiling=ceiling)


def guarded_rollout(outline: Outline, state: State) -> Rollout | None:
    """The rollout whose guards watch now: the present phase's while anybody has its new variant."""
    phase = outline.phases.get(state.phase or "")
    if phase is None or phase.rollout is None or not state.rollout_since:
        return None
    return phase.rollout if state.exposes(phase.rollout.flag) else None


def exposure_of(outline: Outline, state: State) -> Exposure | None:
    """How to tell canary from control in telemetry at present; None while the plan has no rollout at all."""
    phase = outline.phases.get(state.phase or "")
    rollout = phase.rollout if phase and phase.rollout else _any_rollout(outline)
    if rollout is None:
        return None
    flag = outline.plan.flags[rollout.flag]
    others = tuple(name for name in flag.variants if name != flag.brought)
    return Exposure(flag=rollout.flag, canary=flag.brought, control=others, since=state.rollout_since)


def _any_rollout(outline: Outline) -> Rollout | None:
    return next((phase.rollout for phase in outline.plan.phases if phase.rollout), None)
