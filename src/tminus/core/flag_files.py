"""A plan's flags as a file for any flagd, and such a file as part of a plan."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from tminus.core.exposure import flag_definition
from tminus.core.outline import Outline
from tminus.core.state import FlagState, State
from tminus.flags import compile_flags
from tminus.flags.generations import TARGETING_KEY
from tminus.flags.jsonlogic import arguments
from tminus.flags.shape import flags_of
from tminus.plan import Plan

# Metadata holds only texts, numbers and booleans, so what the plan says rides along as one text of JSON.
PLAN_PART = "tminus.plan"
_PARTS = ("flags", "cohorts", "regions", "experiments")
_OF_ITS_FILE = ("file", "column", "sha256")
_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_-]*")
_UNFIT = re.compile(r"[^A-Za-z0-9_-]+")


@dataclass(frozen=True, slots=True)
class Imported:
    """`part` is what a plan can say of a definition, by the plan's own sections; `left` is what it cannot, in words."""

    part: dict[str, Any]
    left: tuple[str, ...]


def export_flags(plan: Plan, share: float = 0.0) -> dict[str, Any]:
    """flagd's definition of the plan's flags with each rollout's first stage as wide as `share` (0..1); 0 is before all.

    The flags, cohorts, regions, experiments and rollouts themselves are in the set's metadata, so that `import_flags`
    gives them back whole.
    """
    outline = Outline(plan)
    state = State(flags=dict(_exposed(plan, share))) if share else State()
    document = flag_definition(outline, state)
    dumped = plan.model_dump(mode="json", by_alias=True, exclude_defaults=True)
    part = {name: dumped[name] for name in _PARTS if dumped.get(name)}
    for cohort in part.get("cohorts", {}).values():
        for key in _OF_ITS_FILE:  # its users are here already
            cohort.pop(key, None)
    rollouts = {phase["id"]: phase["rollout"] for phase in dumped["phases"] if "rollout" in phase}
    if rollouts:
        part["rollouts"] = rollouts
    own = {PLAN_PART: json.dumps(part, ensure_ascii=False)}
    return document | {"metadata": document["metadata"] | own}


def _exposed(plan: Plan, share: float) -> Iterator[tuple[str, FlagState]]:
    for phase in reversed(plan.phases):
        if phase.rollout is None:
            continue
        stages = phase.rollout.stages
        stage = next((one for one in stages if one.to >= share), None)
        if stage is not None:
            state = FlagState(share=share, cohorts=stage.cohorts, regions=stage.regions, features=stage.features)
            yield phase.rollout.flag, state
    for experiment in plan.experiments.values():
        yield experiment.flag, FlagState(share=share, experiment=True)


def import_flags(document: Mapping[str, Any]) -> Imported:
    """What a plan can say of flagd's definition `document`.

    A file of T-minus' own gives its plan's parts back as they were; where a flag's variants were edited since, the edit
    counts. Any other file gives variants, defaults, named users and conditions. Raises DefinitionInvalid.
    """
    compile_flags(document)
    metadata = document.get("metadata") or {}
    kept = metadata.get(PLAN_PART)
    part = json.loads(kept) if isinstance(kept, str) else {}
    left: list[str] = []
    for key, flag in flags_of(document).items():
        if key in part.get("flags", {}):
            left += _edited(key, flag, part["flags"][key], bool(part.get("experiments")))
        else:
            left += _foreign(key, flag, part)
    return Imported(part, tuple(left))


def _edited(key: str, flag: Mapping[str, Any], own: dict[str, Any], experiments: bool) -> Iterator[str]:
    known = own.get("variants", {"on": True, "off": False})
    variants = {name: value for name, value in flag["variants"].items() if not (experiments and name not in known)}
    if variants != known:
        own["variants"] = variants
        yield f"{key}: its variants were edited in the file; the plan's part has the edited ones"


def _foreign(key: str, flag: Mapping[str, Any], part: dict[str, Any]) -> Iterator[str]:
    if _NAME.fullmatch(key) is None:
        yield f"{key}: a plan's names have letters, digits, - and _ only, so it stays in flagd"
        return
    default = flag.get("defaultVariant")
    if not default or flag["state"] == "DISABLED":
        yield f"{key}: it is disabled or has no default variant, and a plan's flag has one, so it stays in flagd"
        return
    made = part.setdefault("flags", {}).setdefault(key, {"variants": dict(flag["variants"]), "default": default})
    for number, (condition, outcome) in enumerate(_branches(flag.get("targeting")), 1):
        if isinstance(outcome, str) and outcome in flag["variants"] and condition is not None:
            made.setdefault("rollout", outcome)
            cohort = {"users": users} if (users := _users(condition)) else {"rule": condition}
            part.setdefault("cohorts", {})[f"{_UNFIT.sub('-', key)}-{number}"] = cohort
        else:
            rule = json.dumps(outcome if condition is None else {"if": [condition, outcome]}, ensure_ascii=False)
            yield f"{key}: a rollout's stage says this in a plan, or flagd goes on serving it: {rule}"


def _branches(targeting: Any) -> Iterator[tuple[Any, Any]]:
    """The rule as (condition, outcome); the condition is None for what comes last."""
    if not targeting:
        return
    if list(targeting) not in (["if"], ["?:"]):
        yield None, targeting
        return
    nodes = arguments(next(iter(targeting.values())))
    for index in range(0, len(nodes) - 1, 2):
        yield nodes[index], nodes[index + 1]
    if len(nodes) % 2 and nodes[-1] is not None:
        yield None, nodes[-1]


def identifier_of(text: str) -> str:
    """A name as a plan takes it: letters, digits, - and _, beginning with a letter."""
    name = _UNFIT.sub("-", text).strip("-")
    return name if name[:1].isalpha() else f"cohort-{name}".rstrip("-")


def _users(condition: Any) -> list[str]:
    if isinstance(condition, dict) and list(condition) == ["in"]:
        match arguments(condition["in"]):
            case [{"var": path}, [*users]] if path == TARGETING_KEY and all(isinstance(user, str) for user in users):
                return users
    return []
