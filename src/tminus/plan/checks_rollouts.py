"""Checks of flags and of cohorts."""

from __future__ import annotations

from tminus.plan import places
from tminus.plan.checks_targeting import moving
from tminus.plan.findings import Findings
from tminus.plan.flagging import Flag, share_given
from tminus.plan.model import FlagAction, Plan
from tminus.plan.places import Path


def check_flags(plan: Plan, found: Findings) -> None:
    """What is moved has two variants or more, of one type; a flag's default and its rollout are different ones of them."""
    moved = moving(plan)
    for path, name, flag in places.flags(plan):
        if len(flag.variants) < (2 if name in moved else 1):
            message = f"`{name}` has {len(flag.variants) or 'no'} variant, and a rollout goes from one to another"
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


def check_going_back(plan: Plan, found: Findings) -> None:
    """A rollback gives nobody what the launch brings. Other flags, such as a banner, it sets as it likes."""
    brought = places.brought_flags(plan)
    for number, action in enumerate(plan.rollback.do):
        if isinstance(action, FlagAction) and action.flag in brought and share_given(action.to) > 0:
            message = f"going back would give `{action.flag}` to users again, which it has just taken from everybody"
            hint = "write to: off, or leave it out: whatever the launch brings is off before the first action"
            found.error(("rollback", "do", number, "to"), "rollback-raises", message, hint)


def check_cohorts(plan: Plan, found: Findings) -> None:
    """A cohort has members, or a rule that finds them."""
    for name, cohort in plan.cohorts.items():
        if not cohort.users and not cohort.file and not cohort.rules:
            hint = "write users: [ID], file: CSV, tiers: [NAME], invitation: CODE, or rule: with JSONLogic"
            found.warning(("cohorts", name), "empty-cohort", f"nobody is in the cohort `{name}`", hint, key=True)
