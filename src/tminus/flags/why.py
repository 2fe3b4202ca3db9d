"""Why a user gets a variant: the flag's rule walked step by step, as data and in words."""

from __future__ import annotations

import json
from bisect import bisect_right
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any

from tminus.flags.definition import compile_flags
from tminus.flags.evaluate import RULE_FAULTS
from tminus.flags.evaluation import Evaluation
from tminus.flags.fractional import Split, has_computed_arms, parse_split
from tminus.flags.generations import FIRST, TARGETING_KEY, Generation
from tminus.flags.jsonlogic import RuleCompiler, arguments
from tminus.flags.lookup import PROPERTIES
from tminus.flags.moves import percent
from tminus.flags.shape import flags_of, generation_of
from tminus.flags.targeting import OPERATORS

_LONGEST = 160
_MOST_NAMES = 5


@dataclass(frozen=True, slots=True)
class Step:
    """One thing that the rule looked at. `path` leads to it in the definition, `found` is its figures."""

    path: str
    said: str
    found: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Why:
    """The answer of one flag for one context, and the steps that led to it."""

    flag: str
    answer: Evaluation
    steps: tuple[Step, ...]

    @property
    def words(self) -> tuple[str, ...]:
        """A line a step, then the answer."""
        return (*(step.said for step in self.steps), self._outcome())

    def _outcome(self) -> str:
        if self.answer.error_code is not None:
            return f"{self.answer.error_code}: {self.answer.error_details}"
        if self.answer.variant is None:
            return f"the code's own default applies ({self.answer.reason})"
        value = json.dumps(self.answer.value, ensure_ascii=False)
        return f"so the variant is {self.answer.variant}, worth {_short(value)} ({self.answer.reason})"

    def data(self) -> dict[str, Any]:
        """The same as JSON values."""
        answer = self.answer
        steps = [{"path": step.path, "said": step.said, **step.found} for step in self.steps]
        made: dict[str, Any] = {"flag": self.flag, "variant": answer.variant, "reason": answer.reason, "steps": steps}
        if answer.variant is not None:
            made["value"] = answer.value
        if answer.error_code is not None:
            made |= {"error_code": answer.error_code, "error_details": answer.error_details}
        return made


def why(document: Mapping[str, Any], key: str, context: Mapping[str, Any], now: float | None = None) -> Why:
    """Why flag `key` of flagd's definition `document` answers `context` as it does, at `now` in Unix seconds.

    The answer is the served one, and the steps are of the same compiled rules. A fault inside the definition or a
    strange context is told in the answer; nothing is raised but DefinitionInvalid for what is no definition at all.
    """
    answer = compile_flags(document, strict=False).evaluate(key, context, now)
    if answer.error_code in ("FLAG_NOT_FOUND", "PARSE_ERROR"):
        return Why(key, answer, ())
    flag = flags_of(document)[key]
    if flag["state"] == "DISABLED":
        return Why(key, answer, (Step("state", "the flag is disabled"),))
    if not flag.get("targeting"):
        return Why(key, answer, (Step("", "the flag has no rule: everybody gets its default variant"),))
    asked = dict(context) | {PROPERTIES: {"flagKey": key} | ({} if now is None else {"timestamp": int(now)})}
    walk = _Walk(key, document.get("$evaluators") or {}, generation_of(document, key), asked)
    steps: list[Step] = []
    try:
        steps.extend(walk.steps(flag["targeting"], "targeting"))
    except RULE_FAULTS:
        steps.append(Step("targeting", "the rule cannot be evaluated for this context"))
    return Why(key, answer, tuple(steps))


class _Walk:
    """One context's way through one rule."""

    def __init__(
        self, key: str, evaluators: Mapping[str, Any], generation: Generation, context: dict[str, Any]
    ) -> None:
        self._key = key
        self._evaluators = evaluators
        self._generation = generation
        self._context = context

    def steps(self, node: Any, path: str) -> Iterator[Step]:
        """What decides in `node`, which stands where a variant is decided."""
        raw: Any
        name, raw = next(iter(node.items())) if isinstance(node, dict) and len(node) == 1 else ("", "")
        if name == "$ref":
            yield Step(path, f"the shared rule {raw} is asked")
            yield from self.steps(self._evaluators[raw], f"$evaluators.{raw}")
        elif name in ("if", "?:"):
            yield from self._branches(arguments(raw), f"{path}.{name}")
        elif name == "fractional" and not has_computed_arms(arguments(raw)):
            yield from self._split(arguments(raw), f"{path}.{name}")
        elif node is None:
            yield Step(path, "the rule leaves it to the default variant")
        elif isinstance(node, dict):
            yield Step(path, f"{told(node)} gives {_short(json.dumps(self._value(node, path), default=str))}")

    def _branches(self, nodes: list[Any], path: str) -> Iterator[Step]:
        for index in range(0, len(nodes) - 1, 2):
            holds = bool(self._value(nodes[index], f"{path}[{index}]"))
            said = self._told(nodes[index], f"{path}[{index}]")
            verdict = "yes" if holds else f"no{self._failing(nodes[index], f'{path}[{index}]')}"
            yield Step(f"{path}[{index}]", f"{said}: {verdict}", {"condition": said, "holds": holds})
            if holds:
                yield from self.steps(nodes[index + 1], f"{path}[{index + 1}]")
                return
        if len(nodes) % 2:
            at = f"{path}[{len(nodes) - 1}]"
            # So an own targeting stands in a flag that a rollout brings: behind everything that lets people in.
            if len(nodes) > 1 and isinstance(nodes[-1], dict):
                yield Step(at, "nothing of this holds, so the rule behind it decides")
            yield from self.steps(nodes[-1], at)
        else:
            yield Step(path, "no condition holds: the default variant")

    def _split(self, nodes: list[Any], path: str) -> Iterator[Step]:
        split = parse_split(self._compiler(), nodes, path, True)
        drawn = self._drawn(split)
        if drawn is None:
            yield Step(path, f"the split has nothing to hash (no {TARGETING_KEY}), or its arms weigh nothing")
            return
        bounds, index, found = drawn
        whole = _range_of(self._generation)
        if index >= len(bounds):
            yield Step(path, "the hash lies beyond the last arm: the default variant", found)
            return
        node, at = split.arms[index]
        start, end = list(pairwise([0, *bounds]))[index]
        arm = node if isinstance(node, str) else f"arm {index + 1}"
        said = (
            f"{_short(json.dumps(found['hashed'], ensure_ascii=False))} falls on bucket {found['bucket']} of {found['of']}: "
            f"{arm}, which has {percent((min(end, whole) - start) / whole)}, from {percent(start / whole)} "
            f"to {percent(min(end, whole) / whole)}"
        )
        yield Step(at, said, found | {"arm": arm})
        yield from self.steps(node, at)

    def _drawn(self, split: Split) -> tuple[list[int], int, dict[str, Any]] | None:
        """Where the arms end, which one it is, and the figures; None where nothing is hashed."""
        material = split.bucket(self._context)
        weights = [max(int(1 if (value := term.rule(self._context)) is None else value), 0) for term in split.weights]
        bounds = self._generation.bounds(weights)
        if material is None or not bounds:
            return None
        place, whole = self._generation.hash(material), _range_of(self._generation)
        found = {
            "hashed": material.decode(errors="replace"),
            "generation": self._generation.number,
            "bucket": place * sum(weights) // whole,
            "of": sum(weights),
        }
        return bounds, bisect_right(bounds, place), found

    def _failing(self, node: Any, path: str) -> str:
        """Of conditions that must all hold, the first that does not: ` (country is "DE")`. Empty where there is one alone."""
        if not (isinstance(node, dict) and list(node) == ["and"]):
            return ""
        side = next((one for one in arguments(node["and"]) if not self._value(one, path)), None)
        compared = side if isinstance(side, dict) and next(iter(side), "") in _SAID else {}
        left = next(iter(arguments(next(iter(compared.values()), []))), None)
        match left:
            case {"var": str(name)}:
                value = self._value(left, path)
                found = f"no {name} is given" if value is None else f"{name} is {json.dumps(value, default=str)}"
            case {"fractional": _}:
                found = f"the split gives {json.dumps(self._value(left, path), default=str)}"
            case _:
                found = f"not so: {self._told(side, path)}"
        return f" ({_short(found)})"

    def _told(self, node: Any, path: str) -> str:
        """A condition in words, with the bucket of each split in it."""

        def drawn(nodes: list[Any]) -> str:
            if (
                has_computed_arms(nodes)
                or (drawn := self._drawn(parse_split(self._compiler(), nodes, path, True))) is None
            ):
                return "the split"
            return f"the split (bucket {drawn[2]['bucket']} of {drawn[2]['of']})"

        return _condition(node, drawn)

    def _value(self, node: Any, path: str) -> Any:
        return self._compiler().compile(node, path).rule(self._context)

    def _compiler(self) -> RuleCompiler:
        return RuleCompiler(self._key, self._evaluators, OPERATORS, self._generation)


def _range_of(generation: Generation) -> int:
    return 2**31 if generation.number == FIRST else 2**32


_SAID = {
    "==": "{} is {}",
    "===": "{} is {}",
    "!=": "{} is not {}",
    "!==": "{} is not {}",
    "<": "{} is below {}",
    "<=": "{} is at most {}",
    ">": "{} is above {}",
    ">=": "{} is at least {}",
    "in": "{} is in {}",
    "starts_with": "{} starts with {}",
    "ends_with": "{} ends with {}",
}


def told(node: Any, split: Callable[[list[Any]], str] = lambda nodes: "the split") -> str:
    """A condition in words: `country is "CA"`, and what has no words of its own as it is written."""
    if isinstance(node, list):
        names = ", ".join(told(item, split) for item in node[:5])
        return f"[{names}]" if len(node) <= 5 else f"[{names} and {len(node) - 5} more]"
    if not isinstance(node, dict) or len(node) != 1:
        return _short(json.dumps(node, ensure_ascii=False))
    ((name, raw),) = node.items()
    sides = arguments(raw)
    match name, sides:
        case "var", [str(path), *_]:
            return path
        case "$ref", [str(shared)]:
            return f"the shared rule {shared}"
        case (("and" | "or"), _):
            parts = [f"({told(side, split)})" if _joined(side) else _condition(side, split) for side in sides]
            return f" {name} ".join(parts)
        case (("!" | "!!"), [side]):
            return f"not ({told(side, split)})" if name == "!" else told(side, split)
        case "sem_ver", [left, operator, right]:
            return f"version {told(left, split)} {operator} {told(right, split)}"
        case "fractional", _:
            return split(sides)
        case "in", [left, [str(), *_] as names] if all(isinstance(item, str) for item in names):
            return f"{told(left, split)} {_one_of(names)}"
        case _, [left, right] if name in _SAID:
            return _SAID[name].format(told(left, split), told(right, split))
    return _short(json.dumps(node, ensure_ascii=False))


def _condition(node: Any, split: Callable[[list[Any]], str]) -> str:
    return f"there is a {TARGETING_KEY}" if node == {"var": TARGETING_KEY} else told(node, split)


def _one_of(names: list[str]) -> str:
    """A list of texts as people say it. A name in capitals and in small letters, as we spell countries, is said once."""
    said = [name for name in names if not (name != name.upper() and name == name.lower() and name.upper() in names)]
    shown = [_short(json.dumps(name, ensure_ascii=False)) for name in said[:_MOST_NAMES]]
    if len(said) > _MOST_NAMES:
        return f"is {', '.join(shown)} or {len(said) - _MOST_NAMES} more"
    return f"is {', '.join(shown[:-1])} or {shown[-1]}" if len(shown) > 1 else f"is {shown[0]}"


def _joined(node: Any) -> bool:
    return isinstance(node, dict) and next(iter(node), "") in ("and", "or")


def _short(text: str) -> str:
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST - 3]}..."
