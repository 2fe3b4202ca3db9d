"""Checks of flags, and of the way a flag takes to its users."""

from __future__ import annotations

from tminus.plan import places
from tminus.plan.findings import Findings
from tminus.plan.model import Flag, Plan
from tminus.plan.places import Path


def check_flags(plan: Plan, found: Findings) -> None:
    """A flag has two variants or more, of one type, and its default and its rollout are different ones of them."""
    for path, name, flag in places.flags(plan):
        if len(flag.variants) < 2:
            message = f"`{name}` has {len(flag.variants)} variant, and a rollout goes from one to another"
            found.error((*path, "variants"), "one-variant", message, "write two variants or more")
        else:
            _check_variants(path, flag, found)


def _check_variants(path: Path, flag: Flag, found: Findings) -> None:
    for key, variant in (("default", flag.default), ("rollout", flag.rollout)):
        if variant is not None and variant not in flag.variants:
            hint = f"write one of {', '.join(flag.variants)}"
            found.unknown((*path, key), "variant", variant, flag.variants, hint)
    if flag.rollout is not None and flag.rollout == flag.default:
        hint = f"write one of {', '.join(name for name in flag.variants if name != flag.default)}"
        found.error((*path, "rollout"), "rollout-is-default", f"everybody has `{flag.rollout}` already", hint)
    kinds = {"number" if type(value) in (int, float) else type(value).__name__ for value in flag.variants.values()}
    if len(kinds) > 1:
        # OpenFeature asks for a flag by its type; a variant of another type is a type mismatch for every caller.
        found.error((*path, "variants"), "mixed-variants", "the variants have different types", "give all one type")


def check_rollouts(plan: Plan, found: Findings) -> None:
    """Shares only rise: within a rollout, and from one rollout of a flag to the next."""
    reached: dict[str, float] = {}
    for path, rollout in places.rollouts(plan):
        first, before = True, reached.get(rollout.flag, 0.0)
        for number, stage in enumerate(rollout.stages):
            place = (*path, "stages", number, "to")
            if first and stage.to < before:
                message = f"{_percent(stage.to)} is less than the {_percent(before)} that `{rollout.flag}` has already"
                found.error(place, "rollout-falls", message, f"write {_percent(before)} or more")
            elif not first and stage.to <= before:
                message = f"{_percent(stage.to)} is not more than the {_percent(before)} of the stage before"
                found.error(place, "stages-not-rising", message, "order the stages by their share")
            first, before = False, stage.to
        reached[rollout.flag] = max(before, reached.get(rollout.flag, 0.0))
    for name, cohort in plan.cohorts.items():
        if not cohort.users and cohort.rule is None:
            hint = "write users: [ID] or rule: with JSONLogic"
            found.error(("cohorts", name), "empty-cohort", f"nobody is in the cohort `{name}`", hint, key=True)


def _percent(share: float) -> str:
    return f"{share * 100:.6g}%"
