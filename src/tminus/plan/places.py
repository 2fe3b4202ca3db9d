"""Where things stand in a plan: each with the path of keys that leads to it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TypeVar

from tminus.plan.criterion import Criterion
from tminus.plan.fields import Start
from tminus.plan.flagging import Flag, share_given
from tminus.plan.model import Action, FlagAction, NotifyAction, Phase, Plan, Rollout, Stage, Task
from tminus.plan.quantity import Duration

Path = tuple[str | int, ...]
T = TypeVar("T")


def phases(plan: Plan) -> Iterator[tuple[Path, Phase]]:
    """Every phase."""
    for number, phase in enumerate(plan.phases):
        yield ("phases", number), phase


def tasks(plan: Plan) -> Iterator[tuple[Path, Task]]:
    """Every task and every task beneath it, in the order of the plan."""
    for path, phase in phases(plan):
        yield from _tasks((*path, "tasks"), phase.tasks)


def rollouts(plan: Plan) -> Iterator[tuple[Path, Rollout]]:
    """Every rollout."""
    for path, phase in phases(plan):
        if phase.rollout is not None:
            yield (*path, "rollout"), phase.rollout


def stages(plan: Plan) -> Iterator[tuple[Path, Stage]]:
    """Every stage of every rollout."""
    for path, rollout in rollouts(plan):
        yield from _each((*path, "stages"), rollout.stages)


def criteria(plan: Plan) -> Iterator[tuple[Path, Criterion]]:
    """Every criterion: of gates, proofs, triggers and alerts."""
    for path, phase in phases(plan):
        yield from _each((*path, "exit"), phase.exit)
    for path, task in tasks(plan):
        if task.proof is not None:
            yield from _each((*path, "proof", "holds"), task.proof.holds)
    for path, stage in stages(plan):
        yield from _each((*path, "exit"), stage.exit)
    yield from _each(("rollback", "when"), plan.rollback.when)
    for number, alert in enumerate(plan.alerts):
        yield ("alerts", number, "when"), alert.when
    for number, kpi in enumerate(plan.kpis):
        yield ("kpis", number, "that"), kpi.that
    for name, milestone in plan.milestones.items():
        yield ("milestones", name, "at"), milestone.at


def starts(plan: Plan) -> Iterator[tuple[Path, Start]]:
    """Every date and time of day that the plan is to keep; offsets are neither."""
    named: list[tuple[Path, Start | None]] = [(("starts",), plan.starts)]
    named += [((*path, "starts"), phase.starts) for path, phase in phases(plan)]
    named += [((*path, "starts"), stage.starts) for path, stage in stages(plan)]
    named += [(("announcements", name, "at"), one.at) for name, one in plan.announcements.items()]
    named += [(("routines", name, "at"), one.at) for name, one in plan.routines.items()]
    for path, _, flag in flags(plan):
        named += [((*path, "changes", number, "at"), one.at) for number, one in enumerate(flag.changes)]
    yield from ((path, at) for path, at in named if at is not None and not isinstance(at, Duration))


def actions(plan: Plan) -> Iterator[tuple[Path, Action]]:
    """Every action, of phases and of the rollback."""
    for path, phase in phases(plan):
        yield from _each((*path, "steps"), phase.steps)
    yield from _each(("rollback", "do"), plan.rollback.do)


def brought_flags(plan: Plan) -> frozenset[str]:
    """The flags that the launch itself brings to people: by a rollout, as a feature of its stages, by an experiment, on a
    date."""
    features = (name for _, stage in stages(plan) for name in stage.features)
    experiments = (experiment.flag for experiment in plan.experiments.values())
    scheduled = (name for _, name, flag in flags(plan) if flag.changes)
    return frozenset((*(rollout.flag for _, rollout in rollouts(plan)), *features, *experiments, *scheduled))


def raised_by_rollback(plan: Plan) -> frozenset[str]:
    """The flags that the rollback gives to somebody, such as a banner that says what is wrong."""
    flags = (action for action in plan.rollback.do if isinstance(action, FlagAction))
    return frozenset(action.flag for action in flags if share_given(action.to) > 0)


def role_uses(plan: Plan) -> Iterator[tuple[Path, str]]:
    """Every place that names a role."""
    for path, phase in phases(plan):
        yield from _each((*path, "go"), phase.go)
    for path, stage in stages(plan):
        yield from _each((*path, "go"), stage.go)
    for path, task in tasks(plan):
        if task.owner:
            yield (*path, "owner"), task.owner
        if task.proof is not None and task.proof.sign_off:
            yield (*path, "proof", "sign-off"), task.proof.sign_off
    for path, action in actions(plan):
        if isinstance(action, NotifyAction):
            yield (*path, "notify"), action.notify
    for number, alert in enumerate(plan.alerts):
        yield from _each(("alerts", number, "notify"), alert.notify)
    for name, metric in plan.metrics.items():
        if metric.attest:
            yield ("metrics", name, "attest"), metric.attest
    for number, level in enumerate(plan.escalation):
        yield from _each(("escalation", number, "notify"), level.notify)
    yield from _owners(plan)


def _owners(plan: Plan) -> Iterator[tuple[Path, str]]:
    """The owners of flags, and of what stands around the phases."""
    for section in ("kpis", "risks"):
        for number, part in enumerate(getattr(plan, section)):
            if part.owner:
                yield (section, number, "owner"), part.owner
    for section in ("flags", "runbooks", "bugs", "announcements", "routines", "milestones"):
        for name, part in getattr(plan, section).items():
            if part.owner:
                yield (section, name, "owner"), part.owner
    if plan.recovery is not None and plan.recovery.owner:
        yield ("recovery", "owner"), plan.recovery.owner


def flags(plan: Plan) -> Iterator[tuple[Path, str, Flag]]:
    """Every flag with its name."""
    for name, flag in plan.flags.items():
        yield ("flags", name), name, flag


def _each(path: Path, members: tuple[T, ...]) -> Iterator[tuple[Path, T]]:
    for number, member in enumerate(members):
        yield (*path, number), member


def _tasks(path: Path, members: tuple[Task, ...]) -> Iterator[tuple[Path, Task]]:
    for place, task in _each(path, members):
        yield place, task
        yield from _tasks((*place, "tasks"), task.tasks)
