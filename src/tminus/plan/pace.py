"""The same plan in less time: what is waited for shrinks, what is measured or promised in real time does not.

Divided by the pace:  a stage's `for`, a phase's `lasts`, and starts by offset, of phases and of stages.
Divided, at least 10 s:  `for` of criteria, of targets and of alerts. Below that a handful of evaluations would decide alone.
Divided, at least 10 s:  windows (`over`, a metric's `window` and `fresh`, a share's `within`) and `silence`. Telemetry
    arrives every few seconds; a window shorter than that would be empty more often than not. Also `within` of evidence:
    people are asked when it is over.
Divided as well, by whoever waits for them:  the moments of a flag's `changes`, counted from the plan's own start.
Left out:  starts by date or by weekday. A paced launch has no calendar: it goes on at once.
Untouched:  the `age` of proofs, since people sign and probes answer in real time and a proof must not grow old within
    seconds; what is only shown or signed for (milestones, escalation, routines, recovery, announcements);
    time-outs, `rollback: within`, `watching: every`, estimates, baselines, every target. A server that
    answers in 500 ms does so at any pace.

People go on reading what the plan says (`1w`): only the seconds change, never the text.
"""

from __future__ import annotations

import math
from dataclasses import replace
from typing import Any

from tminus.errors import UsageError
from tminus.plan.criterion import Criterion
from tminus.plan.guarding import ASK_AFTER_SECONDS, Evidence
from tminus.plan.model import Alert, Metric, Phase, Plan, Rollout, Stage, Task
from tminus.plan.quantity import Duration, Span

SHORTEST_WINDOW_SECONDS = 10.0
SHORTEST_HOLD_SECONDS = 10.0


def paced(plan: Plan, pace: float) -> Plan:
    """The plan with its waits divided by `pace`, 1 or more. Raises UsageError for anything else."""
    if not (math.isfinite(pace) and pace >= 1):
        raise UsageError(f"a pace of {pace:g} is not possible", hint="give 1 (real time) or more, such as --pace 3600")
    return plan if pace == 1 else _Pace(pace).plan(plan)


class _Pace:
    """One method for each part of a plan in which something is waited for."""

    def __init__(self, pace: float) -> None:
        self._pace = pace

    def plan(self, plan: Plan) -> Plan:
        rollback = plan.rollback.model_copy(update={"when": self._criteria(plan.rollback.when)})
        watching = plan.watching.model_copy(update={"silence": self._window(plan.watching.silence)})
        changed = {
            "metrics": {name: self._metric(metric) for name, metric in plan.metrics.items()},
            "phases": tuple(self._phase(phase) for phase in plan.phases),
            "rollback": rollback,
            "alerts": tuple(self._alert(alert) for alert in plan.alerts),
            "watching": watching,
            "kpis": tuple(kpi.model_copy(update={"that": self._criterion(kpi.that)}) for kpi in plan.kpis),
        }
        return plan.model_copy(update=changed)

    def _phase(self, phase: Phase) -> Phase:
        changed: dict[str, Any] = {
            "tasks": tuple(self._task(task) for task in phase.tasks),
            "exit": self._criteria(phase.exit),
        }
        if phase.lasts is not None:
            changed["lasts"] = Span(self._wait(phase.lasts.shortest), self._wait(phase.lasts.longest))
        if isinstance(phase.starts, Duration):
            changed["starts"] = self._wait(phase.starts)
        if phase.rollout is not None:
            changed["rollout"] = self._rollout(phase.rollout)
        return phase.model_copy(update=changed)

    def _rollout(self, rollout: Rollout) -> Rollout:
        evidence = rollout.evidence or Evidence()
        within = self._window(evidence.within or Duration(ASK_AFTER_SECONDS, "24h"))
        changed: dict[str, Any] = {
            "evidence": evidence.model_copy(update={"within": within}),
            "stages": tuple(self._stage(stage) for stage in rollout.stages),
        }
        return rollout.model_copy(update=changed)

    def _stage(self, stage: Stage) -> Stage:
        changed: dict[str, Any] = {"exit": self._criteria(stage.exit)}
        if stage.for_ is not None:
            changed["for_"] = self._wait(stage.for_)
        if isinstance(stage.starts, Duration):
            changed["starts"] = self._wait(stage.starts)
        if stage.evidence is not None and stage.evidence.within is not None:
            within = self._window(stage.evidence.within)
            changed["evidence"] = stage.evidence.model_copy(update={"within": within})
        return stage.model_copy(update=changed)

    def _task(self, task: Task) -> Task:
        changed: dict[str, Any] = {"tasks": tuple(self._task(one) for one in task.tasks)}
        if task.proof is not None:
            changed["proof"] = task.proof.model_copy(update={"holds": self._criteria(task.proof.holds)})
        return task.model_copy(update=changed)

    def _alert(self, alert: Alert) -> Alert:
        return alert.model_copy(update={"when": self._criterion(alert.when), "for_": self._hold(alert.for_)})

    def _metric(self, metric: Metric) -> Metric:
        names = ("window", "fresh", "within")
        return metric.model_copy(update={name: self._window(getattr(metric, name)) for name in names})

    def _criteria(self, criteria: tuple[Criterion, ...]) -> tuple[Criterion, ...]:
        return tuple(self._criterion(criterion) for criterion in criteria)

    def _criterion(self, criterion: Criterion) -> Criterion:
        return replace(criterion, window=self._window(criterion.window), hold_for=self._hold(criterion.hold_for))

    def _wait(self, duration: Duration) -> Duration:
        return replace(duration, seconds=duration.seconds / self._pace)

    def _hold(self, duration: Duration | None) -> Duration | None:
        return None if duration is None else self._at_least(duration, SHORTEST_HOLD_SECONDS)

    def _window(self, duration: Duration | None) -> Duration | None:
        return None if duration is None else self._at_least(duration, SHORTEST_WINDOW_SECONDS)

    def _at_least(self, duration: Duration, floor: float) -> Duration:
        # What was shorter than the floor to begin with stays as it was: a pace never makes anything longer.
        return replace(duration, seconds=min(duration.seconds, max(floor, duration.seconds / self._pace)))
