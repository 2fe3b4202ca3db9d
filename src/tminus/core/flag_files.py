"""A plan's flags as a file for any flagd, and such a file as part of a plan."""

from __future__ import annotations

import io
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from pydantic import ConfigDict, TypeAdapter, ValidationError, with_config
from ruamel.yaml import YAML
from ruamel.yaml.comments import CommentedMap, CommentedSeq
from ruamel.yaml.representer import RoundTripRepresenter
from typing_extensions import TypedDict  # pydantic reads no other before Python 3.12

from tminus.core.exposure import flag_definition
from tminus.core.outline import Outline
from tminus.core.state import FlagState, State
from tminus.errors import UsageError
from tminus.flags import DefinitionInvalid, compile_flags
from tminus.flags.generations import CURRENT, PIN
from tminus.flags.schema import schema_faults
from tminus.flags.shape import flags_of
from tminus.plan import Plan
from tminus.plan.around import Region
from tminus.plan.document import read_document
from tminus.plan.experiments import Experiment
from tminus.plan.fields import FLAG_NAME
from tminus.plan.flagging import Cohort, Flag
from tminus.plan.model import Rollout

# Beside the flags, which flagd's schema allows and flagd reads over. Not in the set's metadata: flagd hands that to every
# client with every answer, and the names of a cohort's users with it.
PLAN_PART = "$tminus"
_PARTS = ("flags", "evaluators", "cohorts", "regions", "experiments")
_OF_ITS_FILE = ("file", "column", "sha256")
_KNOWN = ("$schema", "flags", "$evaluators", "metadata", PLAN_PART)
_OF_A_FLAG = ("key", "state", "variants", "defaultVariant", "targeting", "metadata")
# What a plan's flag is where nothing is said.
_UNSAID: dict[str, Any] = {
    "variants": {"on": True, "off": False},
    "default": "off",
    "targeting": None,
    "disabled": False,
    "metadata": {},
}
_SHORT = 60  # a hint such as the list of all operators is not told once a flag
_UNFIT = re.compile(r"[^A-Za-z0-9_-]+")


class _Exported(TypedDict, total=False):
    """The sections of a plan that stand in an exported file."""

    flags: dict[str, Flag]
    evaluators: dict[str, Any]
    cohorts: dict[str, Cohort]
    regions: dict[str, Region]
    experiments: dict[str, Experiment]
    rollouts: dict[str, Rollout]


_EXPORTED: TypeAdapter[_Exported] = TypeAdapter(with_config(ConfigDict(extra="forbid"))(_Exported))


@dataclass(frozen=True, slots=True)
class Imported:
    """`part` is what a plan can say of a definition, by the plan's own sections; `left` is what it cannot, in words."""

    part: dict[str, Any]
    left: tuple[str, ...]


def export_flags(plan: Plan, share: float = 0.0) -> dict[str, Any]:
    """flagd's definition of the plan's flags with each rollout's first stage as wide as `share` (0..1); 0 is before all.

    Flags, evaluators, cohorts, regions, experiments and rollouts themselves stand under `$tminus`: `import_flags` gives
    them back whole.
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
    return document | {PLAN_PART: part}


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

    A file of T-minus' own gives its plan's parts back as they were; where a flag was edited since, the edit counts. Any
    other file gives each flag whole, with its rule as it stands. Raises UsageError with every flag that cannot be served.
    """
    _compiled(document)
    metadata = document.get("metadata") or {}
    part = _own_part(document)
    of_all = {name: value for name, value in metadata.items() if value is not None and name != "launch"}
    if of_all.get(PIN) == CURRENT:
        del of_all[PIN]  # every export pins it
    left = [f"{name}: this is no part of a definition" for name in document if name not in _KNOWN]
    if of_all:
        left.append(
            f"the metadata of the whole set ({', '.join(of_all)}) is written to each flag: clients get the same"
        )
    left += _shared(document.get("$evaluators") or {}, part, own=bool(part))
    for key, flag in flags_of(document).items():
        if key in part.get("flags", {}):
            left += _edited(key, flag, part)
        else:
            left += _foreign(key, flag, part, of_all)
    return Imported(part, (*left, *_unwritable(part)))


def _compiled(document: Mapping[str, Any]) -> None:
    """Raises DefinitionInvalid for what cannot be served; for several flags one UsageError that names them all."""
    try:
        compile_flags(document)
        return
    except DefinitionInvalid as first:
        if not first.flag:
            raise
    faults = []
    for key, flag in flags_of(document).items():
        try:
            compile_flags({**document, "flags": {key: flag}})
        except DefinitionInvalid as fault:
            faults.append(fault)
    if len(faults) == 1:
        raise faults[0]
    told = "; ".join(str(fault) if len(fault.hint) <= _SHORT else fault.message for fault in faults)
    raise UsageError(f"{len(faults)} flags cannot be served: {told}", code=DefinitionInvalid.code)


def _own_part(document: Mapping[str, Any]) -> dict[str, Any]:
    """What an export wrote of its plan, as a copy. Raises DefinitionInvalid for what it would not have written."""
    part: dict[str, Any] = json.loads(json.dumps(document.get(PLAN_PART, {})))
    try:
        _EXPORTED.validate_python(part)
    except ValidationError as error:
        path = ".".join([PLAN_PART, *(str(step) for step in error.errors()[0]["loc"])])
        hint = f"export the plan again, or take {PLAN_PART} out: the flags are then read as any flagd's"
        raise DefinitionInvalid("", path, "is not as tminus flags export writes it", hint=hint) from None
    return part


def _shared(evaluators: Mapping[str, Any], part: dict[str, Any], *, own: bool) -> Iterator[str]:
    if evaluators != part.get("evaluators", {}):
        part["evaluators"] = dict(evaluators)
        if own:
            yield "the evaluators were edited in the file; the plan's part has the edited ones"


def _edited(key: str, flag: Mapping[str, Any], part: dict[str, Any]) -> Iterator[str]:
    own: dict[str, Any] = part["flags"][key]
    known = own.get("variants", {"on": True, "off": False})
    experiments = bool(part.get("experiments"))
    variants = {name: value for name, value in flag["variants"].items() if not (experiments and name not in known)}
    found = _said(flag, {}) if key not in _moved(part) else {"variants": variants}
    if "metadata" in found:
        # The plan's own words for these ride there on the way to clients.
        riding = {name: own[name] for name in ("owner", "expires") if name in own}
        about, known = found["metadata"], own.get("metadata", {})
        unridden = {name: one for name, one in about.items() if riding.get(name) != one}
        found["metadata"] = known if about == known | riding else unridden
    said = {name: own.get(name, _UNSAID[name]) for name in found}
    # As JSON, in which true and 1 are not the same.
    if json.dumps(found, sort_keys=True) != json.dumps(said, sort_keys=True):
        own |= {name: value for name, value in found.items() if value != _UNSAID[name] or name in own}
        what = "its variants were" if list(found) == ["variants"] else "it was"
        yield f"{key}: {what} edited in the file; the plan's part has the edit"


def _moved(part: Mapping[str, Any]) -> set[str]:
    """The flags whose rules the plan makes, so that what they were made from cannot be read off them."""
    rollouts = list(part.get("rollouts", {}).values())
    features = {name for rollout in rollouts for stage in rollout["stages"] for name in stage.get("features", ())}
    requiring = {key for key, flag in part.get("flags", {}).items() if flag.get("requires")}
    tried = {experiment["flag"] for experiment in part.get("experiments", {}).values()}
    return {rollout["flag"] for rollout in rollouts} | features | requiring | tried


def _said(flag: Mapping[str, Any], of_all: Mapping[str, Any]) -> dict[str, Any]:
    """A flag of flagd's in the words of a plan, all of them."""
    about = {name: value for name, value in (flag.get("metadata") or {}).items() if value is not None}
    return {
        "variants": dict(flag["variants"]),
        "default": flag.get("defaultVariant") or None,
        "targeting": flag.get("targeting"),
        "disabled": flag["state"] == "DISABLED",
        "metadata": {**of_all, **about},
    }


def _foreign(key: str, flag: Mapping[str, Any], part: dict[str, Any], of_all: Mapping[str, Any]) -> Iterator[str]:
    if FLAG_NAME.fullmatch(key) is None:
        yield f"{key}: a flag's name in a plan has letters, digits, -, _ and . only, so it stays in flagd"
        return
    if faults := schema_faults({"flags": {"it": {"state": "ENABLED", "variants": flag["variants"]}}}):
        yield f"{key}: {faults[0].removeprefix('flags.it.')} (by flagd's schema too), so it stays in flagd"
        return
    said = _said(flag, of_all)
    kept = {name: value for name, value in said.items() if name in ("variants", "default") or value != _UNSAID[name]}
    part.setdefault("flags", {})[key] = kept
    if nulls := [name for name, value in (flag.get("metadata") or {}).items() if value is None]:
        yield f"{key}: its metadata says null of {', '.join(nulls)}, which says nothing, and is left out"
    if strange := [name for name in flag if name not in _OF_A_FLAG]:
        yield f"{key}: flagd knows no {', '.join(strange)}, so it is left out"


def _unwritable(part: dict[str, Any]) -> Iterator[str]:
    """Takes out what a plan's file could not hold, such as rules of a hundred levels, and says so."""
    if _reads_back(part):
        return
    for section in ("flags", "evaluators"):
        members = part.get(section, {})
        for key in [key for key, member in members.items() if not _reads_back({section: {key: member}})]:
            del members[key]
            yield f"{key}: a plan's file cannot hold it (it nests too deep, or has a number too large), so it stays in flagd"


def _reads_back(part: Mapping[str, Any]) -> bool:
    node, _ = read_document(part_text(part), "")
    return node is not None and json.dumps(node.plain()) == json.dumps(part)


def part_text(part: Mapping[str, Any]) -> str:
    """A part of a plan as YAML, with rules and values in braces, as people write them."""
    writer, text = YAML(), io.StringIO()
    writer.width = 120
    writer.brace_single_entry_mapping_in_flow_sequence = True
    writer.Representer = _Representer
    flags = {key: {name: _compact(one) for name, one in flag.items()} for key, flag in part.get("flags", {}).items()}
    evaluators = {name: _compact(rule) for name, rule in part.get("evaluators", {}).items()}
    compact = {"flags": flags, "evaluators": evaluators}
    writer.dump({name: compact.get(name, members) for name, members in part.items()}, text)
    return text.getvalue()


class _Representer(RoundTripRepresenter):
    """Says `null`, where the parent leaves an empty place that looks like a slip."""


_Representer.add_representer(type(None), lambda self, _: self.represent_scalar("tag:yaml.org,2002:null", "null"))


def _compact(value: Any) -> Any:
    if isinstance(value, dict):
        made: Any = CommentedMap((name, _compact(one)) for name, one in value.items())
    elif isinstance(value, list):
        made = CommentedSeq(_compact(one) for one in value)
    else:
        return value
    made.fa.set_flow_style()
    return made


def identifier_of(text: str) -> str:
    """A name as a plan takes it: letters, digits, - and _, beginning with a letter."""
    name = _UNFIT.sub("-", text).strip("-")
    return name if name[:1].isalpha() else f"cohort-{name}".rstrip("-")
