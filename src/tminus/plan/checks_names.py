"""Checks of names: whatever one part of a plan calls another part by has to be there."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain

from tminus.plan import places
from tminus.plan.codes import CODES
from tminus.plan.findings import Findings
from tminus.plan.model import FlagAction, Plan
from tminus.plan.places import Path


def check_names(plan: Plan, found: Findings) -> None:
    """Roles, environments, cohorts, flags, regions, phases and channels."""
    environments = found.names("environments")
    for path, phase in places.phases(plan):
        if phase.environment and environments and phase.environment not in environments:
            place = (*path, "environment")
            found.unknown(place, "environment", phase.environment, environments, "write it under environments")
    sections = {
        "role": ("roles", places.role_uses(plan)),
        "cohort": ("cohorts", chain(_members(plan, "cohorts"), _of_experiments(plan, "cohorts"))),
        "region": ("regions", _region_uses(plan)),
        "flag": ("flags", flag_uses(plan)),
        "channel": ("channels", _channel_uses(plan)),
    }
    for what, (section, uses) in sections.items():
        known = found.names(section)
        for path, name in uses:
            if name not in known:
                # A launch keeps the flags of earlier ones, and a reader of the plan alone could not know of them.
                kept = "; one kept from an earlier launch can be required where the plan names it again"
                hint = f"write it under {section}" + (kept if path[-2:-1] == ("requires",) else "")
                found.unknown(path, what, name, known, hint)
    _check_phases(plan, found)
    _check_circles(plan, found)
    for number, waiver in enumerate(plan.waive):
        if waiver.code not in CODES:
            found.unknown(
                ("waive", number, "code"), "code", waiver.code, CODES, "write a code that `tminus check` has said"
            )


def _members(plan: Plan, key: str) -> Iterator[tuple[Path, str]]:
    """The names in a list that every stage may have."""
    for path, stage in places.stages(plan):
        for number, name in enumerate(getattr(stage, key)):
            yield (*path, key, number), name


def _of_experiments(plan: Plan, key: str) -> Iterator[tuple[Path, str]]:
    """The same of experiments, which have regions and cohorts too."""
    for experiment, one in plan.experiments.items():
        for number, name in enumerate(getattr(one, key)):
            yield ("experiments", experiment, key, number), name


def flag_uses(plan: Plan) -> Iterator[tuple[Path, str]]:
    """Every place that names a flag, but for experiments."""
    for path, rollout in places.rollouts(plan):
        yield (*path, "flag"), rollout.flag
    yield from _members(plan, "features")
    for key, flag in plan.flags.items():
        for number, name in enumerate(flag.requires):
            yield ("flags", key, "requires", number), name
    for path, action in places.actions(plan):
        if isinstance(action, FlagAction):
            yield (*path, "flag"), action.flag


def _region_uses(plan: Plan) -> Iterator[tuple[Path, str]]:
    yield from _members(plan, "regions")
    yield from _of_experiments(plan, "regions")
    for name, region in plan.regions.items():
        for number, inner in enumerate(region.regions):
            yield ("regions", name, "regions", number), inner
    for path, _, flag in places.flags(plan):
        for number, change in enumerate(flag.changes):
            yield from (((*path, "changes", number, "regions", n), one) for n, one in enumerate(change.regions))


def _channel_uses(plan: Plan) -> Iterator[tuple[Path, str]]:
    for name, announcement in plan.announcements.items():
        for number, channel in enumerate(announcement.channels):
            yield ("announcements", name, "channels", number), channel


def _check_phases(plan: Plan, found: Findings) -> None:
    named: list[tuple[Path, str | None]] = []
    named += [(("announcements", name, "phase"), one.phase) for name, one in plan.announcements.items()]
    named += [(("routines", name, "phase"), one.phase) for name, one in plan.routines.items()]
    named += [(("bugs", name, "before"), one.before) for name, one in plan.bugs.items()]
    known = [phase.id for phase in plan.phases]
    for path, name in named:
        if name is not None and name not in known:
            found.unknown(path, "phase", name, known, "write the id of a phase")


def _check_circles(plan: Plan, found: Findings) -> None:
    regions = {name: [one for one in region.regions if one in plan.regions] for name, region in plan.regions.items()}
    for name in _in_circles(regions):
        message = f"`{name}` is a part of itself"
        found.error(("regions", name, "regions"), "circle", message, "take one of the regions out", key=True)
    flags = {name: [one for one in flag.requires if one in plan.flags] for name, flag in plan.flags.items()}
    for name in _in_circles(flags):
        message = f"`{name}` requires itself, so nobody can have it"
        found.error(("flags", name, "requires"), "circle", message, "take one of the flags out", key=True)


def _in_circles(inside: dict[str, list[str]]) -> list[str]:
    """The names whose parts never end: those that are known to end are taken away until nothing changes."""
    left = dict.fromkeys(inside)
    while ended := [name for name in left if not any(part in left for part in inside[name])]:
        for name in ended:
            del left[name]
    return list(left)
