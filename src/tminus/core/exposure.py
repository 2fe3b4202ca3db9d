"""Who has what: the plan's flags and the launch's state as one flagd flag definition."""

from __future__ import annotations

from typing import Any

from tminus.core.outline import Outline
from tminus.core.state import FlagState, State, Status
from tminus.flags import rollout_flag


def flag_definition(outline: Outline, state: State) -> dict[str, Any]:
    """flagd's flag definition JSON (flagd.dev/schema/v0/flags.json) for everybody to evaluate by."""
    flags = {key: _definition(outline, key, state.flags.get(key, FlagState())) for key in outline.plan.flags}
    metadata = {"launch": state.launch} if state.status is not Status.NEW else {}
    return {"$schema": "https://flagd.dev/schema/v0/flags.json", "flags": flags, "metadata": metadata}


def _definition(outline: Outline, key: str, state: FlagState) -> dict[str, Any]:
    flag = outline.plan.flags[key]
    cohorts = [outline.plan.cohorts[name] for name in state.cohorts if name in outline.plan.cohorts]
    return rollout_flag(
        key=key,
        variants=flag.variants,
        off=flag.default,
        on=flag.brought,
        percent=round(state.share * 100, 3),  # a third of everybody has more digits than flagd's weights
        always=[user for cohort in cohorts for user in cohort.users],
        cohort_rules=[cohort.rule for cohort in cohorts if cohort.rule is not None],
        killed=bool(state.killed_by),
    )
