"""Flags as they are shown: the plan's own, those of earlier launches, and how often they were evaluated."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from itertools import chain

from tminus.app.view import AnswersView, FlagView
from tminus.core.facts import Facts
from tminus.core.kept import default_words, is_off, stands
from tminus.core.outline import Outline
from tminus.core.reach import region_names
from tminus.core.scheduling import next_change
from tminus.core.state import FlagState, State
from tminus.flags.moves import CODE_DEFAULT
from tminus.plan.flagging import Flag


def flag_views(outline: Outline, state: State, facts: Facts, now: float) -> list[FlagView]:
    """The plan's flags in its order, then those that are kept from earlier launches."""
    shown = chain(_own(outline, state, now), (_kept(state, key) for key in state.kept))
    return [replace(one, hour=_hour(one.key, facts)) for one in shown]


def answers_view(facts: Facts) -> AnswersView | None:
    """How often the guarded flag was evaluated since its stage began; None while that is not known."""
    known = facts.evaluations
    if known is None or known.stage is None:
        return None
    return AnswersView(known.flag, known.stage.since, dict(known.stage.by_variant))


def _own(outline: Outline, state: State, now: float) -> Iterator[FlagView]:
    experiments = outline.plan.experiments
    for key, flag in outline.plan.flags.items():
        own = state.flags.get(key, FlagState())
        leaders = [] if own.killed_by or own.share > 0 else state.leaders(key)
        served = state.flags[leaders[0]] if leaders else own
        yield FlagView(
            key=key,
            title=flag.title or key,
            share=0.0 if served.killed_by else served.share,
            cohorts=list(served.cohorts),
            killed_by=own.killed_by,
            killed_why=own.killed_why,
            on=flag.brought,
            off=CODE_DEFAULT if flag.default is None else flag.default,
            rest=_rest(flag),
            changed_at=served.changed_at,
            regions=_regions(outline, served),
            comes_with=leaders[0] if leaders else "",
            experiment=next((one.title or name for name, one in experiments.items() if one.flag == key), ""),
            next_change=next_change(outline, state, key, now),
        )


def _kept(state: State, key: str) -> FlagView:
    one, own = state.kept[key], state.flags.get(key, FlagState())
    off = is_off(state, key)
    return FlagView(
        key=key,
        title=one.title or key,
        share=0.0 if off else one.share,
        cohorts=[],
        killed_by=own.killed_by,
        killed_why=own.killed_why,
        on=one.brought,
        off=one.default or CODE_DEFAULT,
        changed_at=own.changed_at or one.since,
        kept_from=one.launch,
        stands=default_words(one) if off else stands(one)[1],
    )


def _hour(key: str, facts: Facts) -> dict[str, int] | None:
    """The flag's evaluations of the last hour by variant; None where they are not known."""
    if facts.evaluations is None:
        return None
    found = facts.evaluations.hour.get(key)
    return dict(found.by_variant) if found else {}


def _rest(flag: Flag) -> str:
    """What those have whom nothing lets in, where that is not simply the flag's default."""
    if flag.disabled:
        return f"disabled: {CODE_DEFAULT}"
    if flag.targeting:
        return "its own targeting decides"
    return CODE_DEFAULT if flag.default is None else ""


def _regions(outline: Outline, flag: FlagState) -> list[str]:
    """Where the variant is, by the titles of the regions; empty for everywhere."""
    parts = [flag.regions, *(one.regions for one in flag.earlier)]
    return region_names(outline.plan, list(dict.fromkeys(chain(*parts)))) if all(parts) else []
