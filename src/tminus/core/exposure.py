"""Who has what: the plan's flags and the launch's state as one flagd flag definition."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from tminus.core.experiments import experiment_definition, experiment_on
from tminus.core.kept import kept_definition
from tminus.core.outline import Outline
from tminus.core.state import FlagState, State, Status
from tminus.flags import Share, having, required, rollout_flag, standalone
from tminus.flags.generations import CURRENT, PIN
from tminus.plan.flagging import Flag
from tminus.plan.regions import countries_of


def flag_definition(outline: Outline, state: State) -> dict[str, Any]:
    """flagd's flag definition JSON (flagd.dev/schema/v0/flags.json) for everybody to evaluate by."""
    flags = {key: _definition(outline, key, state) for key in outline.plan.flags}
    evaluators = outline.plan.evaluators
    whole = {key: standalone(flag, evaluators) for key, flag in flags.items()} if state.kept else {}
    flags = {key: kept_definition(state, key, whole) for key in state.kept} | flags
    # Pinned, so that a later release with another default redraws nobody (ADR-0017).
    metadata = {PIN: CURRENT} | ({"launch": state.launch} if state.status is not Status.NEW else {})
    document = {"$schema": "https://flagd.dev/schema/v0/flags.json", "flags": flags, "metadata": metadata}
    return document | ({"$evaluators": dict(evaluators)} if evaluators else {})


def _definition(outline: Outline, key: str, state: State) -> dict[str, Any]:
    """The flag for those who have what it requires. `tminus check` refuses flags that require one another in a circle."""
    own, flags, evaluators = own_definition(outline, key, state), outline.plan.flags, outline.plan.evaluators
    needs = {name: standalone(_definition(outline, name, state), evaluators) for name in flags[key].requires}
    conditions = [having(name, need, flags[name].brought) for name, need in needs.items()]
    in_experiment = experiment_on(outline.plan, key) is not None
    return required(own, conditions, own["defaultVariant"] if in_experiment else flags[key].default)


def own_definition(outline: Outline, key: str, state: State) -> dict[str, Any]:
    """A flag of the plan, whatever other flags it requires."""
    flag, own = outline.plan.flags[key], state.flags.get(key, FlagState())
    if (experiment := experiment_on(outline.plan, key)) is not None:
        return experiment_definition(outline.plan, experiment, own, _about(flag))
    if not flag.can_move:
        return _unmoved(flag, killed=bool(own.killed_by))
    leaders = state.leaders(key)
    # The dice of the leading flag are thrown: a feature is on for exactly those who have that flag's variant.
    led = (share for lead in leaders for share in _shares(outline, lead, state.flags[lead], seed=lead))
    shares = [*_shares(outline, key, own), *led]
    names = dict.fromkeys((*own.cohorts, *(name for lead in leaders for name in state.flags[lead].cohorts)))
    cohorts = [outline.plan.cohorts[name] for name in names if name in outline.plan.cohorts]
    newest, *others = shares or [Share(0.0)]
    # Only while a rollout is on: going back takes it from the team too.
    team = flag.always if shares or cohorts else ()
    return rollout_flag(
        key=key,
        variants=flag.variants,
        off=flag.default or "",
        on=flag.brought,
        percent=newest.percent,
        countries=newest.countries,
        seed=newest.seed,
        unit=newest.unit,
        also=others,
        always=list(dict.fromkeys([*team, *(user for cohort in cohorts for user in cohort.users)])),
        cohort_rules=[rule for cohort in cohorts for rule in cohort.rules],
        otherwise=flag.targeting,
        killed=bool(own.killed_by),
        metadata=_about(flag),
    )


def _unmoved(flag: Flag, *, killed: bool) -> dict[str, Any]:
    """A flag that only its own words decide. Killed it leaves everybody to its default, which may be the code's."""
    ruled = {"targeting": flag.targeting} if flag.targeting is not None and not killed else {}
    about = {"metadata": made} if (made := _about(flag)) else {}
    state = "DISABLED" if flag.disabled else "ENABLED"
    return {"state": state, "variants": dict(flag.variants), "defaultVariant": flag.default} | ruled | about


def _about(flag: Flag) -> dict[str, Any]:
    """What the plan says of a flag besides who has it; any flagd hands it on to its clients."""
    owner = {"owner": flag.owner} if flag.owner else {}
    return flag.metadata | owner | ({"expires": flag.expires.isoformat()} if flag.expires else {})


def _shares(outline: Outline, key: str, flag: FlagState, *, seed: str = "") -> Iterator[Share]:
    """The newest share first; none while nobody has the variant."""
    if flag.share <= 0:
        return
    for share, regions in ((flag.share, flag.regions), *((one.share, one.regions) for one in flag.earlier)):
        found = countries_of(outline.plan, regions)
        countries = None if found is None else tuple(sorted(found))
        # A third of everybody has more digits than flagd's weights.
        yield Share(round(share * 100, 3), countries, seed, outline.plan.flags[key].attribute)
