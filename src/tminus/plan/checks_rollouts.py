"""Checks of flags and of cohorts."""

from __future__ import annotations

from tminus.plan import places
from tminus.plan.findings import Findings
from tminus.plan.flagging import Flag
from tminus.plan.model import Plan
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


def check_cohorts(plan: Plan, found: Findings) -> None:
    """A cohort has members, or a rule that finds them."""
    for name, cohort in plan.cohorts.items():
        if not cohort.users and not cohort.file and not cohort.rules:
            hint = "write users: [ID], file: CSV, tiers: [NAME], invitation: CODE, or rule: with JSONLogic"
            found.warning(("cohorts", name), "empty-cohort", f"nobody is in the cohort `{name}`", hint, key=True)
