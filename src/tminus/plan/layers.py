"""Layers: experiments that share no user, because each has a range of its own of one common pair of dice."""

from __future__ import annotations

from tminus.plan import places
from tminus.plan.experiments import Experiment
from tminus.plan.model import FlagAction, Plan


def layers(plan: Plan) -> dict[str, list[str]]:
    """The experiments of each layer by name, in the order of the alphabet: the log of a launch keeps no other."""
    found: dict[str, list[str]] = {}
    for name, experiment in sorted(plan.experiments.items()):
        if experiment.layer is not None:
            found.setdefault(experiment.layer, []).append(name)
    return found


def widest(plan: Plan, experiment: Experiment) -> float:
    """The largest share (0..1) of the users that the plan ever gives an experiment, by its `to` or by an action."""
    actions = (action for _, action in places.actions(plan) if isinstance(action, FlagAction))
    given = (share_of(action) for action in actions if action.flag == experiment.flag)
    return round(
        max(experiment.to, *given, 0.0), 5
    )  # in what dice can tell apart, so that ranges meet and never overlap


def share_of(action: FlagAction) -> float:
    """The share (0..1) that an action sets: `on` is everybody, `off` nobody."""
    return float({"off": 0.0, "on": 1.0}.get(str(action.to), action.to))


def range_in_layer(plan: Plan, experiment: Experiment, share: float) -> tuple[float, float]:
    """(start, width) of the users who are in while `share` of all are, both 0..1; from 0 without a layer.

    The last of a layer ends at 100 % and grows downwards, the others stand side by side from 0 % and grow upwards, each
    as far as the plan ever lets it. So no range meets another, and a range that grows leaves the others where they are;
    with two experiments that is so even where the plan itself gives one of them more.
    """
    if experiment.layer is None:
        return 0.0, share
    names = layers(plan)[experiment.layer]
    number = next(place for place, name in enumerate(names) if plan.experiments[name] == experiment)
    width = min(round(share, 5), widest(plan, experiment))
    if number and number == len(names) - 1:
        return 1.0 - width, width
    return sum(widest(plan, plan.experiments[name]) for name in names[:number]), width
