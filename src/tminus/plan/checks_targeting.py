"""Checks of rules in JSONLogic: of flags, cohorts and evaluators; and of what has to leave a flag's own words alone."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from tminus.flags import DefinitionInvalid
from tminus.flags.coercion import text_of
from tminus.flags.fractional import gives_a_list, has_computed_arms
from tminus.flags.generations import CURRENT, GENERATIONS, PIN, THIRD
from tminus.flags.jsonlogic import RuleCompiler, arguments
from tminus.flags.targeting import OPERATORS
from tminus.plan import places
from tminus.plan.advice import nearest
from tminus.plan.checks_names import flag_uses
from tminus.plan.findings import Findings
from tminus.plan.flagging import Flag
from tminus.plan.layers import layers
from tminus.plan.model import Plan
from tminus.plan.places import Path

_STEP = re.compile(r"\[(\d+)\]|([^.\[\]]+)")


def check_targeting(plan: Plan, found: Findings) -> None:
    """Every rule can be evaluated and names variants that there are, and what moves a flag finds one that can be moved."""
    for name, rule in plan.evaluators.items():
        _check_rule(plan, ("evaluators", name), rule, CURRENT, found)
    for name, cohort in plan.cohorts.items():
        if cohort.rule is not None:
            _check_rule(plan, ("cohorts", name, "rule"), cohort.rule, CURRENT, found)
    for path, name, flag in places.flags(plan):
        pinned = flag.metadata.get(PIN, CURRENT)
        if isinstance(pinned, bool) or pinned not in GENERATIONS:
            hint = f"write one of {', '.join(map(str, GENERATIONS))}; docs/flags.md says what they are"
            found.error((*path, "metadata", PIN), "wrong-value", f"{pinned!r} is no generation of fractional", hint)
        elif flag.targeting:
            place = (*path, "targeting")
            _check_rule(plan, place, flag.targeting, int(pinned), found)
            for at, outcome in _outcomes(flag.targeting, place, plan.evaluators, frozenset()):
                _check_outcome(name, flag, at, outcome, found)
    _check_moved(plan, found)
    _check_dice(plan, found)


def _check_rule(plan: Plan, path: Path, rule: Any, generation: int, found: Findings) -> None:
    """All unknown words in a rule at once; what else is wrong with it one by one, as its compiling finds it."""
    before, known = len(found.problems), found.names("evaluators")
    for at, node in _nodes(rule, path):
        name, raw = next(iter(node.items()))
        if name == "$ref" and raw not in known:
            found.unknown((*at, name), "evaluator", str(raw), known, "write it under evaluators")
        elif name != "$ref" and name not in OPERATORS:
            near = nearest(name, OPERATORS)
            hint = f"did you mean {near}?" if near else f"write one of {', '.join(OPERATORS)}"
            found.error((*at, name), "bad-rule", f"`{name}` is no operator", hint, key=True)
    if len(found.problems) == before:
        try:
            RuleCompiler("", plan.evaluators, OPERATORS, GENERATIONS[generation]).compile(rule, "")
        except DefinitionInvalid as fault:
            if not _is_told_elsewhere(fault, path):
                hint = fault.hint or "docs/flags.md says what a rule can be"
                found.error((*path, *_steps(fault.path)), "bad-rule", fault.problem, hint)


def _is_told_elsewhere(fault: DefinitionInvalid, path: Path) -> bool:
    """A fault inside an evaluator is told there, and not of everything that refers to it; but for what only the two
    together are: too deep, too large."""
    if not fault.path.startswith("$evaluators."):
        return False
    return path[0] != "evaluators" if "circle" in fault.problem else "the rule " not in fault.problem


def _steps(path: str) -> Path:
    inside = "" if path.startswith("$evaluators.") else path
    return tuple(int(number) if number else name for number, name in _STEP.findall(inside))


def _nodes(node: Any, path: Path) -> Iterator[tuple[Path, dict[str, Any]]]:
    """Every operation in a rule. A mapping of several keys is a value."""
    if isinstance(node, list):
        for number, one in enumerate(node):
            yield from _nodes(one, (*path, number))
    elif isinstance(node, dict) and len(node) == 1:
        yield path, node
        ((name, raw),) = node.items()
        yield from _nodes(raw, (*path, name))


def _outcomes(
    node: Any, path: Path, evaluators: Mapping[str, Any], opened: frozenset[str]
) -> Iterator[tuple[Path, Any]]:
    """What stands where a rule says which variant it is; what is computed is not known before there is a context."""
    if not isinstance(node, dict) or len(node) != 1:
        yield path, node
        return
    ((name, raw),) = node.items()
    nodes, inner = arguments(raw), (*path, name)
    if name == "$ref" and isinstance(raw, str) and raw in evaluators and raw not in opened:
        yield from _outcomes(evaluators[raw], ("evaluators", raw), evaluators, opened | {raw})
    elif name in ("if", "?:"):
        for number, one in enumerate(nodes):
            if number % 2 or number == len(nodes) - 1:
                yield from _outcomes(one, (*inner, number), evaluators, opened)
    elif name == "fractional" and not has_computed_arms(nodes):
        for number, arm in enumerate(nodes):
            if isinstance(arm, list) and arm:
                yield from _outcomes(arm[0], (*inner, number, 0), evaluators, opened)


def _check_outcome(name: str, flag: Flag, path: Path, outcome: Any, found: Findings) -> None:
    said = text_of(outcome) if isinstance(outcome, bool | int | float) else outcome
    if isinstance(said, list | dict):
        message = f"the rule of `{name}` gives something that names no variant"
        found.error(path, "bad-rule", message, f"write one of {', '.join(flag.variants)}")
    elif said is not None and said not in flag.variants:
        found.unknown(path, "variant", said, flag.variants, f"write one of {', '.join(flag.variants)}")


def _check_moved(plan: Plan, found: Findings) -> None:
    """Rollouts, steps and other flags move only what can be moved; an experiment wants its flag for itself."""
    for path, name in _moving(plan):
        flag = plan.flags.get(name)
        if flag is None or flag.can_move:
            continue
        why = "is disabled" if flag.disabled else "has no default variant, which `null` leaves to the code"
        hint = "take `disabled` out" if flag.disabled else f"write default: {next(iter(flag.variants), 'off')} there"
        found.error(path, "flag-fixed", f"`{name}` {why}, so nothing here can move it", hint)
    for name, experiment in plan.experiments.items():
        flag = plan.flags.get(experiment.flag)
        if flag is not None and flag.targeting:
            message = f"`{experiment.flag}` has a targeting, which would give arms to those who are not in"
            hint = "give the experiment a flag of its own, and say who can be in by its cohorts"
            found.error(("experiments", name, "flag"), "flag-fixed", message, hint)


def _moving(plan: Plan) -> Iterator[tuple[Path, str]]:
    """Where a plan moves a flag, or lets another follow it."""
    yield from flag_uses(plan)
    yield from ((("experiments", name, "flag"), one.flag) for name, one in plan.experiments.items())
    for path, name, flag in places.flags(plan):
        yield from (((*path, key), name) for key in ("requires", "changes") if getattr(flag, key))


def moving(plan: Plan) -> set[str]:
    """The flags that something in the plan moves, or follows."""
    return {name for _, name in _moving(plan)}


def _check_dice(plan: Plan, found: Findings) -> None:
    """Flags that throw each other's dice put a hash into a bucket in the same way."""
    for path, name, other in _together(plan):
        one, two = (plan.flags[key].metadata.get(PIN, CURRENT) for key in (name, other))
        if one != two:
            message = f"`{name}` pins generation {one} of fractional and `{other}` generation {two}: other users are in"
            hint = f"pin the same ({PIN} in the metadata) where no user has either yet"
            found.error(path, "mixed-generations", message, hint)
    needed = {name for flag in plan.flags.values() for name in flag.requires}
    for path, name, flag in places.flags(plan):
        if name in needed and flag.metadata.get(PIN) == THIRD and _nameless_split(plan, flag):
            message = f"the split of `{name}` does not say what it hashes, and other flags require `{name}`"
            hint = "write the flag's name and the key as the first argument: {cat: [NAME, {var: targetingKey}]}"
            found.error((*path, "targeting"), "bad-rule", message, hint)


def _together(plan: Plan) -> Iterator[tuple[Path, str, str]]:
    """(where it is said, flag, other flag) for flags of the plan that follow each other's dice."""
    pairs: list[tuple[Path, str, str]] = []
    for path, name, flag in places.flags(plan):
        pairs += [((*path, "requires", number), name, other) for number, other in enumerate(flag.requires)]
    for path, rollout in places.rollouts(plan):
        for number, stage in enumerate(rollout.stages):
            at = (*path, "stages", number, "features")
            pairs += [((*at, place), rollout.flag, feature) for place, feature in enumerate(stage.features)]
    for first, *others in layers(plan).values():
        flags = {name: plan.experiments[name].flag for name in (first, *others)}
        pairs += [(("experiments", name, "layer"), flags[first], flags[name]) for name in others]
    yield from (pair for pair in pairs if pair[1] in plan.flags and pair[2] in plan.flags)


def _nameless_split(plan: Plan, flag: Flag) -> bool:
    rules = [flag.targeting, *plan.evaluators.values()]
    splits = (arguments(node["fractional"]) for rule in rules for _, node in _nodes(rule, ()) if "fractional" in node)
    return any(nodes and (isinstance(nodes[0], list) or gives_a_list(nodes[0])) for nodes in splits)
