"""What a launch leaves served when another plan's launch begins: its flags, each complete in itself."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from typing import Any

from msgspec.structs import replace

from tminus.core.events import KeptFlag
from tminus.core.experiments import LAYER, LAYER_FROM, LAYER_TO, experiment_on
from tminus.core.exposure import flag_definition, own_definition
from tminus.core.outline import Outline
from tminus.core.state import FlagState, State
from tminus.flags import standalone
from tminus.plan.layers import layers, overlapping, places_in_layer
from tminus.plan.model import Plan
from tminus.plan.quantity import percent_text


def left_served(outline: Outline | None, state: State, named: Collection[str]) -> dict[str, KeptFlag]:
    """The flags that stay served when a plan with the flags `named` is launched after this one, with who has what and
    with their kill switches; those of earlier launches too. Without an outline (a plan that cannot be read any more)
    those alone.
    """
    earlier = {key: _with_switch(one, state, key) for key, one in state.kept.items() if key not in named}
    return earlier | (dict(_own(outline, state, named)) if outline is not None else {})


def _own(outline: Outline, state: State, named: Collection[str]) -> Iterator[tuple[str, KeptFlag]]:
    # As if no kill switch were pulled, so that putting one back gives everybody what they had.
    live = replace(state, flags={key: replace(flag, killed_by="") for key, flag in state.flags.items()})
    document = flag_definition(outline, live)
    for key, flag in outline.plan.flags.items():
        if key in named:
            continue
        own, leaders = live.flags.get(key, FlagState()), live.leaders(key)
        off = own_definition(outline, key, State(flags={key: replace(own, killed_by="-")}))
        known = KeptFlag(
            launch=state.launch,
            since=own.changed_at or max((live.flags[lead].changed_at for lead in leaders), default=state.started_at),
            definition=_complete(document, own_definition(outline, key, live)),
            default=off.get("defaultVariant"),
            brought="" if experiment_on(outline.plan, key) or flag.targeting else flag.brought,
            title=flag.title,
            share=max([own.share, *(live.flags[lead].share for lead in leaders)]),
            requires={name: outline.plan.flags[name].brought for name in flag.requires},
            follows=tuple(leaders) if own.share <= 0 and not own.cohorts else (),
        )
        yield key, _with_switch(known, state, key)


def _with_switch(one: KeptFlag, state: State, key: str) -> KeptFlag:
    own = state.flags.get(key, FlagState())
    return replace(one, killed_by=own.killed_by, killed_why=own.killed_why)


def _complete(document: Mapping[str, Any], flag: Mapping[str, Any]) -> dict[str, Any]:
    """A flag that needs nothing of the definition it stood in: its shared rules are written out, and what that says of
    all flags (the generation of fractional, the launch) it says of itself."""
    of_all = document["metadata"]
    return standalone(flag, document.get("$evaluators", {})) | {"metadata": {**of_all, **flag.get("metadata", {})}}


def crowded(kept: Mapping[str, KeptFlag], plan: Plan) -> tuple[str, ...]:
    """Where an experiment of the plan would share users with one that is kept in the same layer: a sentence each."""
    said = []
    for layer in layers(plan):
        ranges = {name: place for name, place in places_in_layer(plan, layer).items() if place is not None}
        for key, one in kept.items():
            about = one.definition.get("metadata", {})
            if about.get(LAYER) != layer or not one.definition.get("targeting"):
                continue
            taken = _share(about[LAYER_FROM]), _share(about[LAYER_TO])
            said += [
                f"{name} would have {percent_text(place[0])} to {percent_text(place[1])} of the layer {layer}, and "
                f"{key}, kept from {one.launch}, has {about[LAYER_FROM]} to {about[LAYER_TO]}: some users would be in both"
                for name, place in ranges.items()
                if overlapping({"": taken, name: place})
            ]
    return tuple(said)


def _share(text: str) -> float:
    return float(text.removesuffix("%")) / 100
