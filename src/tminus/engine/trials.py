"""Watching experiments: how each arm fares against its control, read anew from the telemetry as it stands."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from tminus.core.contest import Contest, Outcomes, contests
from tminus.core.outline import Outline
from tminus.core.state import State
from tminus.plan.claims import Claim
from tminus.ports import OutcomeQuestion, OutcomeSource

_FASTEST, _SLOWEST = 1.0, 30.0
_NO_SOURCE = "no source here tells users apart"


@dataclass
class Trials:
    """The experiments of one launch. `sources` are looked up by a metric's `source`."""

    outline: Outline
    sources: Mapping[str, OutcomeSource]
    on_trouble: Callable[[str, str], None]
    _found: dict[tuple[str, str], list[Contest]] = field(default_factory=dict)
    _due: dict[tuple[str, str], float] = field(default_factory=dict)

    def look(self, state: State, now: float) -> None:
        """Measure what is due. An experiment that a rollback ended is forgotten."""
        for key in [key for key in self._found if key[0] not in state.experiments]:
            del self._found[key], self._due[key]
        for name, began in state.experiments.items():
            for metric in self.outline.plan.experiments[name].metrics:
                if self._due.get((name, metric), 0.0) <= now:
                    found = self._found[name, metric] = self._measure(name, metric, began, now)
                    missing = any(one.error for one in found)
                    pause = _FASTEST if missing else min(max((now - began) / 120, _FASTEST), _SLOWEST)
                    self._due[name, metric] = now + pause

    @property
    def contests(self) -> dict[str, tuple[Contest, ...]]:
        """What was measured last, by experiment."""
        found: dict[str, tuple[Contest, ...]] = {}
        for (name, _), some in self._found.items():
            found[name] = (*found.get(name, ()), *some)
        return found

    def about(self, claim: Claim, metric: str) -> Contest | None:
        """What a claim is about; None while its experiment has not begun."""
        found = self._found.get((claim.experiment, metric), ())
        return next((one for one in found if one.arm == claim.arm), None)

    def stop(self) -> None:
        """Forget all: the next look measures anew."""
        self._found.clear()
        self._due.clear()

    def _measure(self, name: str, metric_name: str, began: float, now: float) -> list[Contest]:
        experiment, metric = self.outline.plan.experiments[name], self.outline.plan.metrics[metric_name]
        source = self.sources.get(metric.source or "")
        if source is None:
            seen = Outcomes(error=_NO_SOURCE)
        else:
            asked = OutcomeQuestion(metric, experiment.flag, tuple(experiment.arms), began, experiment.met)
            seen = source.outcomes(asked, now)
            self.on_trouble(f"{name} on {metric_name}", seen.error)
        return contests(name, experiment, metric_name, metric, seen, began=began, at=now)
