"""Checks of experiments, and of the criteria that claim something of them."""

from __future__ import annotations

from collections.abc import Iterator

from tminus.plan import places
from tminus.plan.checks_metrics import BY_VARIANT, KEPT_SECONDS
from tminus.plan.criterion import Criterion
from tminus.plan.experiments import Experiment
from tminus.plan.findings import Findings
from tminus.plan.layers import layers, overlapping, places_in_layer, widest
from tminus.plan.model import Metric, MetricKind, Plan
from tminus.plan.places import Path
from tminus.plan.quantity import percent_text

_BEGINS_ITSELF = (MetricKind.RATIO, MetricKind.SHARE)  # these say among which users their hits are
_NEEDS_MET = (MetricKind.COUNT, MetricKind.RATE, MetricKind.UNIQUE, MetricKind.SUM)


def check_experiments(plan: Plan, found: Findings) -> None:
    """Arms are variants and make up everybody, metrics can be counted per user, and no flag serves two masters."""
    taken = dict(ramped(plan))
    for name, experiment in plan.experiments.items():
        path: Path = ("experiments", name)
        _check_arms(plan, path, experiment, found)
        _check_flag(plan, path, name, experiment, taken, found)
        _check_limits(path, experiment, found)
        phases = [phase.id for phase in plan.phases]
        if experiment.phase is not None and experiment.phase not in phases:
            found.unknown((*path, "phase"), "phase", experiment.phase, phases, "write the id of a phase")
        for metric in experiment.metrics:
            _check_metric(plan, (*path, "metrics", metric), experiment, metric, found)
    _check_layers(plan, found)
    for path, criterion in places.criteria(plan):
        if criterion.claim is not None:
            _check_claim(plan, path, criterion, found)


def ramped(plan: Plan) -> Iterator[tuple[str, str]]:
    """Flags that rollouts bring, with what brings them."""
    for _, rollout in places.rollouts(plan):
        yield from ((feature, "a stage's features") for stage in rollout.stages for feature in stage.features)
        yield rollout.flag, "a rollout"


def _check_arms(plan: Plan, path: Path, experiment: Experiment, found: Findings) -> None:
    flag = plan.flags.get(experiment.flag)
    for arm in experiment.arms if flag else ():
        if flag and arm not in flag.variants:
            hint = f"write one of {', '.join(flag.variants)}, or give the flag this variant"
            found.unknown((*path, "arms", arm), "variant", arm, flag.variants, hint, key=True)
    if experiment.control and experiment.control not in experiment.arms:
        hint = f"write one of {', '.join(experiment.arms)}"
        found.unknown((*path, "control"), "variant", experiment.control, experiment.arms, hint)
    shares = experiment.arms.values()
    if len(shares) < 2 or not all(share > 0 for share in shares):
        message = "an experiment compares a control with at least one other arm, and each has users"
        found.error((*path, "arms"), "arms-sum", message, "write arms: { plain: 50%, green: 50% }", key=True)
    elif any(abs(share * 1e5 - round(share * 1e5)) > 1e-6 for share in shares):
        message = "an arm's share has more than three decimals of a percent"
        found.error((*path, "arms"), "arms-sum", message, "write 33.334%, 33.333% and 33.333%", key=True)
    elif abs(sum(shares) - 1) > 1e-9:
        message = f"the arms make up {sum(shares) * 100:.6g} % of those who are in the experiment"
        found.error((*path, "arms"), "arms-sum", message, "let them sum to 100%; `to` says how many are in", key=True)


def _check_flag(
    plan: Plan, path: Path, name: str, experiment: Experiment, ramped: dict[str, str], found: Findings
) -> None:
    key, place = experiment.flag, (*path, "flag")
    if key not in found.names("flags"):
        found.unknown(place, "flag", key, found.names("flags"), "write it under flags")
        return
    names = list(plan.experiments)
    other = next((one for one in names[: names.index(name)] if plan.experiments[one].flag == key), None)
    taken = ramped.get(key) or (f"the experiment `{other}`" if other else None)
    if taken:
        message = f"`{key}` belongs to {taken}, which would move users from one arm to another"
        found.error(place, "flag-twice", message, "give the experiment a flag of its own")
    if plan.flags[key].attribute:
        message = f"`{key}` is given by the {plan.flags[key].unit}, and an experiment counts users one by one"
        found.error(place, "experiment-unit", message, "give the experiment a flag whose unit is user")


def _check_layers(plan: Plan, found: Findings) -> None:
    """A layer has room for all of its experiments at their widest, and more than one of them."""
    for name, experiment in plan.experiments.items():
        if experiment.from_ is not None and experiment.layer is None:
            message = f"`{name}` says where its range begins, and only a layer has ranges"
            found.error(("experiments", name, "from"), "idle-from", message, "name the layer, or take `from` out")
    for layer, names in layers(plan).items():
        pinned = [name for name in names if plan.experiments[name].from_ is not None]
        # With `from` it is alone on purpose: earlier launches have the others.
        if len(names) == 1 and not pinned:
            others = [other for other in layers(plan) if other != layer]
            hint = f"write the layer of the others ({', '.join(others)}), or no layer" if others else "write no layer"
            message = f"`{names[0]}` is alone in the layer `{layer}`, which keeps nobody out of anything"
            found.warning(("experiments", names[0], "layer"), "lone-layer", message, hint)
        elif not _check_room(plan, layer, names, found):
            _check_places(plan, layer, pinned, found)


def _check_room(plan: Plan, layer: str, names: list[str], found: Findings) -> bool:
    """True where the experiments of a layer want more than all of the users."""
    wants = {name: widest(plan, plan.experiments[name]) for name in names}
    if sum(wants.values()) <= 1 + 1e-9:
        return False
    parts = ", ".join(f"`{name}` {want * 100:.6g} %" for name, want in wants.items())
    message = f"the experiments of `{layer}` want {sum(wants.values()) * 100:.6g} % of the users: {parts}"
    hint = "let the widest share of each, also by a step, sum to 100% at most"
    found.error(("experiments", names[-1], "layer"), "layer-full", message, hint)
    return True


def _check_places(plan: Plan, layer: str, pinned: list[str], found: Findings) -> None:
    """Ranges that begin where the plan says meet neither each other nor 100 %, and leave gaps that are wide enough."""
    ranges = places_in_layer(plan, layer)
    fixed = {name: place for name in pinned if (place := ranges[name]) is not None}
    for name, (start, end) in fixed.items():
        if end > 1 + 1e-9:
            message = (
                f"`{name}` begins at {percent_text(start)}, is {percent_text(end - start)} wide and ends beyond 100%"
            )
            hint = f"write from: {percent_text(1 - (end - start))} at most"
            found.error(("experiments", name, "from"), "layer-overlap", message, hint)
    if (pair := overlapping(fixed)) is not None:
        one, other = pair
        message = f"`{one}` reaches to {percent_text(fixed[one][1])} of `{layer}`, and `{other}` begins below that"
        hint = f"write from: {percent_text(fixed[one][1])} or more, or let `{one}` be smaller, also by a step"
        found.error(("experiments", other, "from"), "layer-overlap", message, hint)
        return
    for name in (name for name, place in ranges.items() if place is None):
        message = (
            f"the other experiments of `{layer}` leave no gap of {percent_text(widest(plan, plan.experiments[name]))}"
        )
        hint = "move what has `from`, so that the free users of the layer are next to each other"
        found.error(("experiments", name, "layer"), "layer-full", message, hint)


def _check_limits(path: Path, experiment: Experiment, found: Findings) -> None:
    for key in ("margin", "alpha", "to"):
        value = getattr(experiment, key)
        if value <= 0 or (key != "to" and value >= 1):
            message = f"`{key}` of an experiment lies above 0 % and {'at most at' if key == 'to' else 'below'} 100 %"
            found.error((*path, key), "fraction-outside", message, "write one such as 5%")


def _check_metric(plan: Plan, path: Path, experiment: Experiment, name: str, found: Findings) -> None:
    metric = plan.metrics.get(name)
    if metric is None:
        if name not in found.names("metrics"):
            found.unknown(path, "metric", name, found.names("metrics"), "write it under metrics", key=True)
    elif (why := _uncountable(metric, experiment)) is not None:
        found.error(path, "not-per-user", f"`{name}` {why[0]}", why[1], key=True)
    elif metric.within is not None and metric.within.seconds >= KEPT_SECONDS:
        message = f"`{name}` waits {metric.within} for each user, and telemetry sent here is kept for 15 days"
        found.error(path, "window-too-long", message, "write within: 7d under the metric", key=True)


def _uncountable(metric: Metric, experiment: Experiment) -> tuple[str, str] | None:
    """(why a metric says nothing of single users, what to do); None where it does."""
    if metric.kind in _NEEDS_MET and metric.of is None and experiment.met is None:
        why = "counts those who do something, and nothing says who met the flag and did not"
        return why, "write met: SELECTOR under the experiment, with the event by which a user meets the flag"
    if metric.kind not in (*_BEGINS_ITSELF, *_NEEDS_MET):
        kind = f"is a {metric.kind}" if metric.kind else "is not measured"
        return f"{kind}, and cannot be counted per user", "use one with of: and did:, bad: and total:, count: or sum:"
    if metric.source not in BY_VARIANT:
        why = f"comes from {metric.source}, and users are told apart in telemetry sent here alone"
        return why, "use a metric of the source events"
    return None


def _check_claim(plan: Plan, path: Path, criterion: Criterion, found: Findings) -> None:
    claim = criterion.claim
    assert claim is not None
    known = found.names("experiments")
    experiment = plan.experiments.get(claim.experiment)
    if experiment is None:
        if claim.experiment not in known:
            found.unknown(path, "experiment", claim.experiment, known, "write it under experiments")
        return
    if claim.arm not in experiment.arms:
        hint = f"write one of {', '.join(experiment.treatments)}"
        found.unknown(path, "variant", claim.arm, experiment.treatments, hint)
    elif claim.arm == experiment.control:
        message = f"`{claim.arm}` is the control of `{claim.experiment}`, the arm that the others are compared with"
        found.error(path, "idle-claim", message, f"write one of {', '.join(experiment.treatments)}")
    elif criterion.metric in plan.metrics and criterion.metric not in experiment.metrics:
        message = f"`{claim.experiment}` is not judged by `{criterion.metric}`"
        hint = f"write {criterion.metric}: more (or fewer) under its metrics, before it begins"
        found.error(path, "idle-claim", message, hint)
