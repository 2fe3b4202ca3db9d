"""Why nothing is measured from the new variant, as far as evaluations tell it apart, with what to look at."""

from __future__ import annotations

from tminus.core.facts import Facts
from tminus.core.outline import Outline
from tminus.core.state import State

VARIANT = "feature_flag.result.variant"


def silence_words(outline: Outline, state: State, facts: Facts) -> str:
    """One clause for people; empty where evaluations say nothing: none are known, or the silence is too young."""
    known = facts.evaluations
    if known is None or known.silent is None or not known.flag:
        return ""
    answers, flag = known.silent, known.flag
    from_the_start = answers.since <= state.stage_started_at
    when = "since the stage began" if from_the_start else "since then"
    if not answers.total:
        return (
            f"the flag {flag} was not evaluated {when}: does the service ask T-minus for it? "
            "(flagd's in-process clients are not counted)"
        )
    brought = outline.plan.flags[flag].brought
    given = answers.by_variant.get(brought, 0)
    if not given:
        return (
            f"the flag {flag} was evaluated {answers.total:,} times {when}, and none of them gave {brought}: "
            f"tminus flags why {flag} --key USER says why"
        )
    times = f"{given:,} evaluations" if given > 1 else "1 evaluation"
    if from_the_start:
        return (
            f"{times} gave {brought} {when}, but no event or metric of the guards says {VARIANT} {brought}: "
            "the telemetry lacks the attribute, or the new version fails before it reports"
        )
    return (
        f"{times} gave {brought} {when}, and nothing was reported of them: the new version fails before it reports, "
        "or its telemetry has stopped"
    )
