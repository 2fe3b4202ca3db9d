"""Checks of scheduled changes: each flag has one driver, and its changes come one after the other."""

from __future__ import annotations

from itertools import pairwise

from tminus.plan import places
from tminus.plan.checks_experiments import ramped
from tminus.plan.findings import Findings
from tminus.plan.model import Plan


def check_changes(plan: Plan, found: Findings) -> None:
    """Whoever drives a flag drives it alone, the changes are in order of time, and `off` is for everybody."""
    drivers = dict(ramped(plan)) | {one.flag: f"the experiment `{name}`" for name, one in plan.experiments.items()}
    for path, name, flag in places.flags(plan):
        if flag.changes and name in drivers:
            message = f"`{name}` belongs to {drivers[name]}, and its changes would move users against that"
            hint = "give the changes a flag of their own; a stage of a rollout can wait for a date with `starts`"
            found.error((*path, "changes"), "two-drivers", message, hint, key=True)
        for number, (before, after) in enumerate(pairwise(flag.changes), 1):
            if after.at <= before.at:
                message = f"{after.at:%Y-%m-%d %H:%M} is not after {before.at:%Y-%m-%d %H:%M} of the change before"
                hint = "order the changes by their time, one at a time"
                found.error((*path, "changes", number, "at"), "changes-unordered", message, hint)
        for number, change in enumerate(flag.changes):
            if change.share == 0 and change.regions:
                message = "a change says who has the flag from then on, everywhere: nobody in some regions is nobody"
                hint = "name the regions that keep it and their share, or write no regions"
                found.error((*path, "changes", number, "regions"), "off-in-regions", message, hint)
