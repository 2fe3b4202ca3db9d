"""Feeding the guards: every unit of canary and control once, for each metric everywhere and in each region.

What is kept here can be rebuilt: after a restart the guards continue from their last checkpoint in the log, and from the
telemetry that came after it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from tminus.core.earning import Demand, demand
from tminus.core.events import GuardCheckpointed
from tminus.core.facts import Earned, guard_name
from tminus.core.outline import Outline
from tminus.core.state import State
from tminus.engine.following import Following
from tminus.engine.sampling import Sampling
from tminus.engine.settings import guard_settings, places_of
from tminus.errors import SourceError, StoreError
from tminus.guards import (
    Counts,
    GuardReading,
    GuardSettings,
    GuardState,
    Harm,
    combine,
    from_json,
    frozen_ceiling,
    least_bursts,
    observe,
    reading,
    start,
    to_json,
    with_ceiling,
)
from tminus.guards.promotion import (
    PromotionSettings,
    PromotionState,
    begin,
    earn,
    promotion,
    promotion_from_json,
    promotion_to_json,
    seconds_left,
    sentence,
)
from tminus.plan.guarding import traffic_of
from tminus.plan.model import Metric, MetricKind, Rollout
from tminus.ports import EVERYWHERE, ArmSource, Exposure, ExposureSource, Feed

QUANTILES = (0.5, 0.9, 0.95, 0.99)
_LEVELS_OVER = 3600.0  # seconds of the control's latencies, before the comparison begins
_LEVELS_AGAIN = 10.0
_CHECKPOINT_SECONDS = 300.0
_CHECKPOINT_PART = 0.02  # of the time since the rollout began: what a restart counts again is never much of the whole
_LEARN_MINUTES = 60
_FETCHED_SECONDS = 120.0  # by then clients that keep their flags and fetch them now and then have the new share
_USERS = " users"  # behind a metric's name, which has no space: how far those who were met have been counted


@dataclass
class _Comparison:
    """One guarded metric: its guards by place, and what the present stage has shown of it."""

    name: str
    metric: Metric
    source: ArmSource | None
    feed: Feed
    settings: dict[str, GuardSettings]
    guards: dict[str, GuardState]
    earning: PromotionState | None = None
    promoting: PromotionSettings | None = None
    levels_due: float = 0.0
    in_trouble: bool = False

    @property
    def waits_for_levels(self) -> bool:
        return self.metric.kind is MetricKind.DISTRIBUTION and not self.feed.levels


@dataclass
class Guarding:
    """The guards of one launch. `trouble` is told what is wrong with a source, or that nothing is any more."""

    outline: Outline
    sources: Mapping[str, ArmSource]
    trouble: Callable[[str, str], None]
    exposures: ExposureSource | None = None
    readings: dict[str, GuardReading] = field(default_factory=dict)
    log_evidence: float | None = None
    earned: dict[str, Earned] = field(default_factory=dict)
    sampling: Sampling = field(default_factory=Sampling)
    following: Following = field(default_factory=Following)
    canary_seen_at: float | None = None
    watching_since: float | None = None
    flag: str = ""  # that the guards' sums are about
    _guards: tuple[str, ...] = ()
    _comparisons: dict[str, _Comparison] = field(default_factory=dict)
    _weights: dict[str, float] = field(default_factory=dict)
    _cursor: dict[str, int] = field(default_factory=dict)
    _stage: str | None = None
    _demand: Demand | None = None
    _settled: tuple[Feed, Feed] | None = None  # what the guard is fed with, and the same for users of the present share
    _bursts: dict[str, tuple[float, ...]] = field(default_factory=dict)

    def look(self, rollout: Rollout | None, exposure: Exposure | None, state: State, now: float) -> None:
        """Feed the guards with what has arrived, while anybody has the new variant."""
        if rollout is None or exposure is None:
            self.stop()
            return
        if (rollout.flag, rollout.guards) != (self.flag, self._guards):
            # Another flag, or a later phase that goes on with this one and may guard it otherwise.
            self.stop()
            self.flag, self._guards = rollout.flag, rollout.guards
        if self.watching_since is None:
            self.watching_since = now
            self._begin(rollout, exposure, state, now)
        self._follow_stage(state, now)
        news = [self._feed(one, exposure, state, now) for one in self._comparisons.values()]
        if self._comparisons:
            self._sample(self._knows_users(), exposure, state, now)
        if any(news) or self.log_evidence is None:
            self.log_evidence = combine(self.readings, self._weights) if self.readings else None
            self._share_bursts()

    def stop(self) -> None:
        """Nobody has the new variant any more, or another one's rollout has begun: a clean sheet."""
        if self.watching_since is not None:
            self.readings, self.earned, self._comparisons, self._cursor = {}, {}, {}, {}
            self.log_evidence = self.canary_seen_at = self.watching_since = self._stage = None
            self.sampling, self.following = Sampling(), Following()

    @property
    def incomparable(self) -> str:
        """Why canary and control cannot be compared, in words; empty while they can."""
        return self.following.trouble or self.sampling.trouble

    def checkpoint(self, state: State, now: float) -> GuardCheckpointed | None:
        """The guards' sums for the log, when the last ones there are old; None when there is nothing new."""
        fed = {name for name in self._comparisons if name in self._cursor}
        unwritten = fed - set(state.checkpoint_cursor) or set(self.readings) - set(state.checkpoint_guards)
        pause = max(_CHECKPOINT_SECONDS, (now - state.rollout_since) * _CHECKPOINT_PART)
        # What a restart reads again is one tick to the guards: with two shares in it, hours with more errors would look
        # like harm of whichever arm they were counted for.
        changed = state.flags[self.flag].changed_at > state.checkpoint_at
        if not fed or (not unwritten and not changed and now - state.checkpoint_at < pause):
            return None
        shown = {
            one.name: promotion_to_json(one.earning) for one in self._comparisons.values() if one.earning is not None
        }
        return GuardCheckpointed(
            cursor=dict(self._cursor),
            guards={name: kept for one in self._comparisons.values() for name, kept in _kept(one)},
            stage={"stage": self._stage, "shown": shown, "seen": self.sampling.to_json()},
        )

    def _begin(self, rollout: Rollout, exposure: Exposure, state: State, now: float) -> None:
        places = places_of(self.outline)
        for name in rollout.guards:
            self._comparisons[name] = self._compare(name, rollout, exposure, places, state, now)
        # From the first tick on every guard has its share of the evidence, silent ones a neutral 1: weights that
        # changed with whoever happens to answer would void the bound on false alarms.
        self._weights = {
            guard: weight / len(rollout.guards) for name in rollout.guards for guard, weight in _shares(name, places)
        }
        for one in self._comparisons.values():
            for place, guard in one.guards.items():
                self.readings[guard_name(one.name, place)] = reading(one.settings[place], guard)
        self._share_bursts()

    def _share_bursts(self) -> None:
        """For the next tick: a bet that knew the bursts of its own tick would not be fair."""
        self._bursts = least_bursts(
            {
                one.name: [(one.settings[place], guard) for place, guard in one.guards.items()]
                for one in self._comparisons.values()
            }
        )

    def _compare(
        self,
        name: str,
        rollout: Rollout,
        exposure: Exposure,
        places: dict[str, frozenset[str]],
        state: State,
        now: float,
    ) -> _Comparison:
        plan = self.outline.plan
        metric, traffic = plan.metrics[name], traffic_of(plan, rollout, name)
        kept = state.checkpoint_guards.get(name, {}) if name in state.checkpoint_cursor else {}
        if kept:
            self._cursor[name] = state.checkpoint_cursor[name]
        levels = tuple(kept.get("levels", ()))
        feed = Feed(metric, exposure, levels, plan.metrics[traffic] if traffic else None, places)
        one = _Comparison(name, metric, self.sources.get(metric.source or ""), feed, {}, {})
        settings = guard_settings(self.outline, name, len(QUANTILES))
        for place in (EVERYWHERE, *places):
            known = state.checkpoint_guards.get(guard_name(name, place)) if kept else None
            ceiling = (known or {}).get("ceiling")
            ceiling = tuple(ceiling) if isinstance(ceiling, list) else ceiling
            one.settings[place] = replace(settings, ceiling=ceiling) if ceiling else settings
            one.guards[place] = from_json(known) if known else start(settings, now)
        return one if kept else self._learn(one, now)

    def _learn(self, one: _Comparison, now: float) -> _Comparison:
        """How bursty hits are is known from before the launch: while it had to be guessed, bursts would look like harm."""
        settings = one.settings[EVERYWHERE]
        if one.source is None or settings.rungs > 1:
            return one
        try:
            history = one.source.before(one.feed, _LEARN_MINUTES, now)
        except SourceError as error:
            self._say(one, error.message)
            return one
        learned = start(settings, now)
        for number, counts in enumerate(history):
            learned = observe(settings, learned, counts, now - 60.0 * (len(history) - number))
        one.guards = {place: replace(guard, bursts=learned.bursts) for place, guard in one.guards.items()}
        return one

    def _follow_stage(self, state: State, now: float) -> None:
        """Each stage earns for itself: what was shown before was shown of fewer users."""
        if state.stage is None or state.stage == self._stage:
            return
        restarted = self._stage is None and state.checkpoint_stage.get("stage") == state.stage and bool(self._cursor)
        kept = state.checkpoint_stage if restarted else {}
        self._stage, self.earned = state.stage, {}
        self.sampling = Sampling.from_json(kept.get("seen"))
        if restarted:
            self._cursor |= {key: at for key, at in state.checkpoint_cursor.items() if key.endswith(_USERS)}
        self._demand = demand(self.outline, state)
        for one in self._comparisons.values():
            one.earning = one.promoting = None
            if self._demand and one.name in self._demand.margins:
                shown = kept.get("shown", {}).get(one.name)
                settings = _promoting(one, self._demand, 1.0)
                one.earning = _shown_so_far(settings, shown)
                self._judge(one, settings, one.earning, state, now)

    def _feed(self, one: _Comparison, exposure: Exposure, state: State, now: float) -> bool:
        if one.source is None:
            return False
        if one.feed.exposure is not exposure:
            one.feed = replace(one.feed, exposure=exposure)
        try:
            if one.waits_for_levels and not self._freeze_levels(one, one.source, now):
                return False
            self._cursor[one.name], places = one.source.arms(one.feed, self._cursor.get(one.name))
        except SourceError as error:
            self._say(one, error.message)
            return False
        if one.in_trouble:
            self._say(one, "")
        changed_at = state.flags[self.flag].changed_at
        if any(counts.canary_units for counts in places[EVERYWHERE]):
            self.canary_seen_at = now
        for place, counts in places.items():
            if place in one.guards and not all(tick.empty for tick in counts):
                self._observe(one, place, counts, state, now, changed_at)
        return not all(tick.empty for tick in places[EVERYWHERE])

    def _observe(
        self, one: _Comparison, place: str, counts: tuple[Counts, ...], state: State, now: float, changed_at: float
    ) -> None:
        if state.share_of(self.flag) >= 1:
            _hold_against_the_past(one, place, now)
        settings = one.settings[place]
        one.guards[place] = observe(settings, one.guards[place], counts, now, changed_at, self._bursts[one.name])
        found = self.readings[guard_name(one.name, place)] = reading(settings, one.guards[place])
        warm = now - changed_at >= settings.burn_in_seconds
        if place == EVERYWHERE and one.earning is not None and self._demand is not None and warm:
            promoting = _promoting(one, self._demand, found.burst)
            one.earning = earn(promoting, one.earning, counts)
            self._judge(one, promoting, one.earning, state, now)

    def _say(self, one: _Comparison, error: str) -> None:
        one.in_trouble = bool(error)
        self.trouble(one.metric.source or "", error)

    def _freeze_levels(self, one: _Comparison, source: ArmSource, now: float) -> bool:
        """The control's quantiles from before the comparison: fixed from here on, or the bets would be on what they saw."""
        if now < one.levels_due:
            return False
        one.levels_due = now + _LEVELS_AGAIN
        one.feed = replace(one.feed, levels=source.levels(one.feed, QUANTILES, _LEVELS_OVER, now))
        return bool(one.feed.levels)

    def _knows_users(self) -> _Comparison:
        """The comparison whose source is asked who was met: counters of others know no users, nor do latencies."""
        elsewhere, compared = self.outline.plan.sources, list(self._comparisons.values())
        known = (one for one in compared if (one.metric.total or one.metric.of) and one.metric.source not in elsewhere)
        return next(known, compared[0])

    def _sample(self, one: _Comparison, exposure: Exposure, state: State, now: float) -> None:
        if one.source is None:
            return
        flag = state.flags[self.flag]
        if flag.changed_at != self.sampling.since:
            self.sampling, self.following = Sampling(flag.changed_at), Following()
        settled = flag.changed_at + max(one.settings[EVERYWHERE].burn_in_seconds, _FETCHED_SECONDS)
        if now < settled:
            return
        # Since the share is what it is: who came in by the ramp was met in the control before, and rightly.
        since = max(exposure.since, settled)
        if self._settled is None or self._settled[0] is not one.feed or self._settled[1].exposure.since != since:
            self._settled = one.feed, replace(one.feed, exposure=replace(exposure, since=since))
        feed = self._settled[1]
        key, plan_flag = one.name + _USERS, self.outline.plan.flags[self.flag]
        try:
            if self.exposures is not None and one.metric.source not in self.outline.plan.sources:
                self.following.look(self.exposures, feed, now)
            if plan_flag.attribute:
                return  # a user may be of two companies, and nobody knows how many users a share of them has
            self._cursor[key], seen = one.source.seen(feed, self._cursor.get(key))
        except SourceError as error:
            self._say(one, error.message)
            return
        self.sampling.add(seen)
        # With cohorts, regions, or other flags that bring this one along or hold it up, nobody knows what it should be.
        others = state.leaders(self.flag) or plan_flag.requires
        whole = not (flag.cohorts or flag.earlier or others) and exposure.countries is None
        self.sampling.judge(state.share_of(self.flag) if whole else None)

    def _judge(
        self, one: _Comparison, settings: PromotionSettings, earning: PromotionState, state: State, now: float
    ) -> None:
        found = promotion(settings, earning)
        left = None if found.shown else seconds_left(settings, earning, now - state.stage_started_at)
        noun = one.metric.words(one.name)
        said = sentence(found, left, noun)
        self.earned[one.name] = Earned(found.shown, found.upper, settings.margin, said, found.by, left)


def _promoting(one: _Comparison, asked: Demand, burst: float) -> PromotionSettings:
    """What the present stage asks of a metric; only how bursty its hits are changes on the way."""
    if one.promoting is None or one.promoting.burst != burst:
        settings = one.settings[EVERYWHERE]
        ceiling = asked.below if settings.harm is Harm.MORE and one.metric.kind is MetricKind.RATIO else None
        margin, beta = asked.margins[one.name], 1 - asked.confidence
        one.promoting = PromotionSettings(margin, beta=beta, harm=settings.harm, burst=burst, ceiling=ceiling)
    return one.promoting


def _shown_so_far(settings: PromotionSettings, written: Mapping[str, Any] | None) -> PromotionState:
    """What the checkpoint says; nothing where a version with other margins or bets wrote it: it is then earned anew."""
    try:
        known = promotion_from_json(written) if written else None
    except StoreError:
        known = None
    return known if known is not None and known.margin == settings.margin else begin(settings)


def _hold_against_the_past(one: _Comparison, place: str, now: float) -> None:
    """At 100 % there is no control any more: the worst that it may have been is the ceiling from here on."""
    settings = one.settings[place]
    ceiling = (
        frozen_ceiling(one.guards[place], harm=settings.harm, per_unit=settings.per_unit)
        if settings.ceiling is None
        else None
    )
    if ceiling is not None:
        one.settings[place], one.guards[place] = with_ceiling(settings, one.guards[place], ceiling, now)


def _kept(one: _Comparison) -> Iterator[tuple[str, dict[str, Any]]]:
    for place, guard in one.guards.items():
        kept = to_json(guard)
        if one.settings[place].ceiling is not None:
            kept["ceiling"] = one.settings[place].ceiling
        if place == EVERYWHERE and one.feed.levels:
            kept["levels"] = list(one.feed.levels)
        yield guard_name(one.name, place), kept


def _shares(metric: str, places: Mapping[str, object]) -> Iterator[tuple[str, float]]:
    """How a metric's part of the evidence is shared: half to everywhere, half among the regions."""
    yield guard_name(metric, EVERYWHERE), 0.5 if places else 1.0
    for place in places:
        yield guard_name(metric, place), 0.5 / len(places)
