"""Who has what: the plan's flags and the launch's state as one flagd flag definition."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from tminus.core.experiments import experiment_on
from tminus.core.outline import Outline
from tminus.core.state import FlagState, State, Status
from tminus.flags import Share, experiment_flag, having, required, rollout_flag
from tminus.flags.generations import CURRENT, PIN
from tminus.plan.flagging import Flag
from tminus.plan.layers import range_in_layer
from tminus.plan.regions import countries_of


def flag_definition(outline: Outline, state: State) -> dict[str, Any]:
    """flagd's flag definition JSON (flagd.dev/schema/v0/flags.json) for everybody to evaluate by."""
    flags = {key: _definition(outline, key, state) for key in outline.plan.flags}
    # Pinned, so that a later release with another default redraws nobody (ADR-0017).
    metadata = {PIN: CURRENT} | ({"launch": state.launch} if state.status is not Status.NEW else {})
    return {"$schema": "https://flagd.dev/schema/v0/flags.json", "flags": flags, "metadata": metadata}


def _definition(outline: Outline, key: str, state: State) -> dict[str, Any]:
    """The flag for those who have what it requires. `tminus check` refuses flags that require one another in a circle."""
    own, flags = _own_definition(outline, key, state), outline.plan.flags
    conditions = [having(name, _definition(outline, name, state), flags[name].brought) for name in flags[key].requires]
    in_experiment = experiment_on(outline.plan, key) is not None
    return required(own, conditions, own["defaultVariant"] if in_experiment else flags[key].default)


def _own_definition(outline: Outline, key: str, state: State) -> dict[str, Any]:
    flag, own = outline.plan.flags[key], state.flags.get(key, FlagState())
    if (experiment := experiment_on(outline.plan, key)) is not None:
        start, share = range_in_layer(outline.plan, experiment, own.share)
        return experiment_flag(
            key=key,
            variants=flag.variants,
            default=flag.default,
            arms={arm: round(share * 100, 3) for arm, share in experiment.arms.items()},
            percent=round(share * 100, 3),
            layer=experiment.layer or "",
            start=round(start * 100, 3),
            killed=bool(own.killed_by),
            metadata=_about(flag),
        )
    leaders = state.leaders(key)
    # The dice of the leading flag are thrown: a feature is on for exactly those who have that flag's variant.
    shares = [*_shares(outline, own, ""), *(s for lead in leaders for s in _shares(outline, state.flags[lead], lead))]
    names = dict.fromkeys((*own.cohorts, *(name for lead in leaders for name in state.flags[lead].cohorts)))
    cohorts = [outline.plan.cohorts[name] for name in names if name in outline.plan.cohorts]
    newest, *others = shares or [Share(0.0)]
    # Only while a rollout is on: going back takes it from the team too.
    team = flag.always if shares or cohorts else ()
    return rollout_flag(
        key=key,
        variants=flag.variants,
        off=flag.default,
        on=flag.brought,
        percent=newest.percent,
        countries=newest.countries,
        seed=newest.seed,
        also=others,
        always=list(dict.fromkeys([*team, *(user for cohort in cohorts for user in cohort.users)])),
        cohort_rules=[rule for cohort in cohorts for rule in cohort.rules],
        killed=bool(own.killed_by),
        metadata=_about(flag),
    )


def _about(flag: Flag) -> dict[str, Any]:
    """What the plan says of a flag besides who has it; any flagd hands it on to its clients."""
    owner = {"owner": flag.owner} if flag.owner else {}
    return owner | ({"expires": flag.expires.isoformat()} if flag.expires else {})


def _shares(outline: Outline, flag: FlagState, seed: str) -> Iterator[Share]:
    """The newest share first; none while nobody has the variant."""
    if flag.share <= 0:
        return
    for share, regions in ((flag.share, flag.regions), *((one.share, one.regions) for one in flag.earlier)):
        found = countries_of(outline.plan, regions)
        countries = None if found is None else tuple(sorted(found))
        yield Share(round(share * 100, 3), countries, seed)  # a third of everybody has more digits than flagd's weights
