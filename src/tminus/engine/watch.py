"""Observing: which criteria are due to be measured, and what the guards say.

What is kept here can be rebuilt: assessments are measured again after a restart, and `for` starts over (what was not seen
did not hold).
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field

from tminus.core.assess import Streaks, assess, assess_claim
from tminus.core.assessment import Assessment, Measurement
from tminus.core.decide import needed_criteria
from tminus.core.events import GuardCheckpointed
from tminus.core.facts import Facts
from tminus.core.outline import Outline
from tminus.core.state import State
from tminus.engine.asking import Asking
from tminus.engine.guarding import Guarding
from tminus.engine.trials import Trials
from tminus.plan.criterion import Arm, Criterion
from tminus.plan.model import Metric, Rollout
from tminus.plan.regions import countries_of
from tminus.ports import ArmSource, Exposure, ExposureSource, MetricSource, OutcomeSource, Question

DEFAULT_WINDOW = 60.0
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
    outcomes: Mapping[str, OutcomeSource] = field(default_factory=dict)
    exposures: ExposureSource | None = None
    streaks: Streaks = field(default_factory=Streaks)
    _triggers: frozenset[str] = frozenset()
    _outdated: bool = False
    _place: tuple[object, ...] = ()
    _asked: list[_Asked] = field(default_factory=list)
    _assessed: dict[str, Assessment] = field(default_factory=dict)
    _due: dict[str, float] = field(default_factory=dict)
    _questions: dict[str, Question] = field(default_factory=dict)
    _exposure: Exposure | None = None
    _exposure_of: tuple[object, ...] = ()
    guarding: Guarding = field(init=False)
    trials: Trials = field(init=False)
    asking: Asking = field(init=False)
    trouble: dict[str, str] = field(default_factory=dict)  # source -> what is wrong with it, for people

    def __post_init__(self) -> None:
        self._triggers = frozenset(criterion.key for criterion in self.outline.plan.rollback.when)
        self.guarding = Guarding(self.outline, self.arms, self._note_trouble, self.exposures)
        self.asking = Asking(self.exposures, self._note_trouble)
        self.trials = Trials(self.outline, self.outcomes, self._note_trouble)

    def facts(self, state: State, now: float) -> Facts:
        """Measure what is due, feed the guards, and say what is known at `now`."""
        if self._outdated:
            self._clear()
        wanted, exposure = self._wanted(state), self._exposed(state)
        self.trials.look(state, now)
        for asked in wanted:
            if asked.criterion.claim is not None:
                self._assess_claim(asked, now)
            elif self._due.get(asked.key, 0.0) <= now:
                self._assess(asked, exposure, state, now)
        guarding = self.guarding
        watched = guarded_rollout(self.outline, state)
        guarding.look(watched, exposure, state, now)
        self.asking.look(watched.flag if watched else "", state, guarding.canary_seen_at, now)
        return Facts(
            criteria={asked.key: self._assessed[asked.key] for asked in wanted},
            guards=dict(guarding.readings),
            log_evidence=guarding.log_evidence,
            earned=dict(guarding.earned),
            experiments=self.trials.contests,
            sample=guarding.incomparable,
            canary_seen_at=guarding.canary_seen_at,
            watching_since=guarding.watching_since,
            evaluations=self.asking.known,
        )

    def _wanted(self, state: State) -> list[_Asked]:
        place = (state.status, state.phase, state.stage)
        if place != self._place:
            self._place, self._asked = place, [self._ask(c) for c in needed_criteria(self.outline, state)]
        return self._asked

    def _exposed(self, state: State) -> Exposure | None:
        """As `exposure_of`, and the same object until it changes: most steps find it as it was."""
        known = (state.phase, state.rollout_since, state.flags)
        if known != self._exposure_of:
            self._exposure_of, self._exposure = known, exposure_of(self.outline, state)
        return self._exposure

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
        if self._outdated or watched is None or watched.flag != self.guarding.flag:
            # Written down now, the evidence against the release that was rolled back would meet the mended one.
            return None
        return self.guarding.checkpoint(state, now)

    def forget(self) -> None:
        """A rollback ended what was watched: the next look starts with a clean sheet. Any thread may say so."""
        self._outdated = True

    def _clear(self) -> None:
        self._outdated = False
        self.streaks.forget()
        self._assessed.clear()
        self._due.clear()
        self.guarding.stop()
        self.trials.stop()

    def _assess_claim(self, asked: _Asked, now: float) -> None:
        claim = asked.criterion.claim
        contest = self.trials.about(claim, asked.criterion.metric) if claim else None
        found = assess_claim(asked.criterion, asked.metric, contest, now)
        self._assessed[asked.key] = self.streaks.follow(found)

    def _assess(self, asked: _Asked, exposure: Exposure | None, state: State, now: float) -> None:
        criterion, metric, window = asked.criterion, asked.metric, asked.window
        since = state.judged_since if asked.of_this_rollout else 0.0
        if since:
            # What the release before did, the one that was rolled back, must not be held against this one.
            window = min(window, max(now - since, _LEAST_WINDOW))
        if asked.source is None:
            self._due[asked.key], found = math.inf, Measurement(None, error=_NO_SOURCE)
        else:
            self._due[asked.key] = now + min(max(window / 120, _FASTEST), _SLOWEST)
            # An answer about the release before must not be taken for one about this.
            topic = f"{asked.key} since {since}"
            question = self._question(asked, window, exposure if asked.by_arm else None, topic)
            found = asked.source.measure(question, now)
            if found.error or self.trouble:
                self._note_trouble(metric.source or "", found.error)
        self._assessed[asked.key] = self.streaks.follow(assess(criterion, metric, found, window, now))

    def _question(self, asked: _Asked, window: float, arms: Exposure | None, topic: str) -> Question:
        known = self._questions.get(asked.key)
        if known is None or (known.window, known.topic) != (window, topic) or known.exposure is not arms:
            criterion = asked.criterion
            known = Question(asked.metric, criterion.aggregate, criterion.arm, window, arms, topic)
            self._questions[asked.key] = known
        return known

    def _note_trouble(self, source: str, error: str) -> None:
        if error:
            self.trouble[source] = error
        else:
            self.trouble.pop(source, None)


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
    return Exposure(
        flag=rollout.flag,
        canary=flag.brought,
        control=others,
        since=state.rollout_since,
        countries=_reached(outline, state, rollout.flag),
    )


def _reached(outline: Outline, state: State, flag: str) -> frozenset[str] | None:
    """The countries in which anybody may have the new variant; None for everywhere."""
    own = state.flags.get(flag)
    if own is None or own.share <= 0 or own.cohorts:
        return None
    found = [countries_of(outline.plan, one) for one in (own.regions, *(share.regions for share in own.earlier))]
    if any(one is None for one in found):
        return None
    return frozenset(code.upper() for one in found if one for code in one)


def _any_rollout(outline: Outline) -> Rollout | None:
    return next((phase.rollout for phase in outline.plan.phases if phase.rollout), None)
