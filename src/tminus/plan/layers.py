"""Layers: experiments that share no user, because each has a range of its own of one common pair of dice.

Ranges are reckoned in what the dice can tell apart, thousandths of a percent, so that they meet and never overlap.
"""

from __future__ import annotations

from collections.abc import Mapping
from itertools import pairwise

from tminus.plan import places
from tminus.plan.experiments import Experiment
from tminus.plan.model import FlagAction, Plan
from tminus.plan.quantity import percent_text

_WHOLE = 100_000

Range = tuple[float, float]


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
    return round(max(experiment.to, *given, 0.0), 5)


def share_of(action: FlagAction) -> float:
    """The share (0..1) that an action sets: `on` is everybody, `off` nobody."""
    return float({"off": 0.0, "on": 1.0}.get(str(action.to), action.to))


def places_in_layer(plan: Plan, layer: str) -> dict[str, Range | None]:
    """(start, end) of the dice, both 0..1, that each experiment of a layer has at its widest; None where it finds no room.

    Who says `from` begins there, wherever others are. Of the rest the last by name ends as high as there is room, at
    100 % if that is free; the others stand in the gaps from 0 % on, in the order of their names, each in the first that
    is wide enough.
    """
    names = layers(plan).get(layer, [])
    wants = {name: _parts(widest(plan, plan.experiments[name])) for name in names}
    starts: dict[str, int | None] = {}
    for name in names:
        pinned = plan.experiments[name].from_
        if pinned is not None:
            starts[name] = _parts(pinned)
    last = names[-1] if len(names) > 1 and names[-1] not in starts else None
    # The last one first, or another could be given its place at the top.
    for name in (*([last] if last else []), *(one for one in names if one != last and one not in starts)):
        taken = sorted((at, at + wants[other]) for other, at in starts.items() if at is not None)
        starts[name] = _highest(taken, wants[name]) if name == last else _lowest(taken, wants[name])
    return {
        name: None if (at := starts[name]) is None else (at / _WHOLE, (at + wants[name]) / _WHOLE) for name in names
    }


def _lowest(taken: list[tuple[int, int]], wanted: int) -> int | None:
    """Where the first gap begins that is so wide."""
    place = 0
    for start, end in taken:
        if place + wanted <= start:
            break
        place = max(place, end)
    return place if place + wanted <= _WHOLE else None


def _highest(taken: list[tuple[int, int]], wanted: int) -> int | None:
    """Where a range of this width begins that ends as high as it can."""
    place = _WHOLE
    for start, end in reversed(taken):
        if place - wanted >= end:
            break
        place = min(place, start)
    return place - wanted if place >= wanted else None


def range_in_layer(plan: Plan, experiment: Experiment, share: float) -> Range:
    """(start, width) of the users who are in while `share` of all are, both 0..1; from 0 without a layer.

    The last of a layer grows downwards from its end, unless it says `from`; all others grow upwards from their start,
    each as far as the plan ever lets it. So no range meets another, and a range that grows leaves the others where they
    are. One that finds no room, which `tminus check` refuses, has nobody.
    """
    if experiment.layer is None:
        return 0.0, share
    found = places_in_layer(plan, experiment.layer)
    name = next(name for name in found if plan.experiments[name] == experiment)
    place = found[name]
    if place is None:
        return 0.0, 0.0
    width = min(round(share, 5), widest(plan, experiment))
    grows_down = experiment.from_ is None and len(found) > 1 and name == list(found)[-1]
    return (round(place[1] - width, 5) if grows_down else place[0]), width


def overlapping(found: Mapping[str, Range]) -> tuple[str, str] | None:
    """Two names whose ranges (start, end) share users; None where no two do."""
    ordered = sorted(found.items(), key=lambda item: item[1])
    for (one, (_, end)), (other, (start, _)) in pairwise(ordered):
        if _parts(start) < _parts(end):
            return one, other
    return None


def shifts(before: Plan, shares: Mapping[str, float], after: Plan) -> tuple[str, ...]:
    """What `after` does to users who are in a layer's experiments by `before` while its flags have these shares (0..1): a
    sentence for each experiment that it has elsewhere in the same layer, with the `from` that keeps them, or why none does.
    """
    starts = {
        name: (range_in_layer(before, one, shares[one.flag])[0], range_in_layer(after, other, shares[one.flag])[0])
        for name, one in before.experiments.items()
        if one.layer and shares.get(one.flag, 0.0) > 0
        if (other := after.experiments.get(name)) and (other.flag, other.layer) == (one.flag, one.layer)
    }
    moved = {name: old for name, (old, new) in starts.items() if old != new}
    said = [_shift(name, after.experiments[name], *starts[name]) for name in moved]
    for layer in dict.fromkeys(after.experiments[name].layer or "" for name in moved):
        wanted: dict[str, Range] = {}
        for name, place in places_in_layer(after, layer).items():
            if name in moved:
                wanted[name] = (moved[name], moved[name] + widest(after, after.experiments[name]))
            elif name in starts and place is not None:
                wanted[name] = place
        said += _in_the_way(wanted)
    return tuple(said)


def _shift(name: str, experiment: Experiment, old: float, new: float) -> str:
    return (
        f"{name}: its range of the layer {experiment.layer} began at {percent_text(old)} and would begin at "
        f"{percent_text(new)}, so others than now come in; `from: {percent_text(old)}` under it keeps them"
    )


def _in_the_way(wanted: Mapping[str, Range]) -> list[str]:
    """Why not all of them can be where they are wanted."""
    if (pair := overlapping(wanted)) is not None:
        one, other = pair
        room = percent_text(wanted[other][0] - wanted[one][0])
        return [f"{one} has room for {room} there, below {other}: wider, one of the two has to move"]
    return [
        f"{name} has room for {percent_text(1 - start)} there, up to 100 %"
        for name, (start, end) in wanted.items()
        if _parts(end) > _WHOLE
    ]


def _parts(share: float) -> int:
    return round(share * _WHOLE)
