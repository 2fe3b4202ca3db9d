"""What pydantic found, in the words of a plan: where it stands, what is wrong, what to write instead."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from difflib import get_close_matches
from types import UnionType
from typing import Any, Union, get_args, get_origin

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from tminus.errors import Problem
from tminus.plan.document import Node
from tminus.plan.model import Plan

Path = Sequence[str | int]

_KINDS = {
    "string_type": ("text", 'put it in "quotes"'),
    "int_type": ("a whole number", "write a whole number"),
    "int_parsing": ("a whole number", "write a whole number"),
    "int_from_float": ("a whole number", "write a whole number"),
    "bool_type": ("true or false", "write true or false"),
    "bool_parsing": ("true or false", "write true or false"),
    "tuple_type": ("a list", "write [first, second] or one a line with -"),
    "list_type": ("a list", "write [first, second] or one a line with -"),
    "dict_type": ("a mapping", "write KEY: VALUE, one a line"),
    "model_type": ("a mapping", "write KEY: VALUE, one a line"),
    "model_attributes_type": ("a mapping", "write KEY: VALUE, one a line"),
}

_PART = "begin a plan with tminus: 1, and name a part of one, as tminus flags import writes, after the plan"


def problems_of(error: ValidationError, root: Node) -> list[Problem]:
    """One problem for each finding, at the place in the file that the value came from."""
    seen: set[tuple[Any, ...]] = set()
    problems = []
    for detail in details_of(error, root):
        problem = _problem(detail, root)
        # The members of a union each complain about the same value: the first that got furthest speaks for all.
        place = (problem.file, problem.line, problem.column, problem.code)
        if place not in seen:
            seen.add(place)
            problems.append(problem)
    return problems


def details_of(error: ValidationError, root: Node) -> list[ErrorDetails]:
    """What pydantic found, without lists that are `too short` because their members are invalid."""
    details = error.errors(include_url=False, include_context=True)
    return [one for one in details if not (one["type"] == "too_short" and locate(root, one["loc"]).value)]


def split_advice(message: str) -> tuple[str, str]:
    """Take the advice off a sentence: `X is no unit: write ms` gives `X is no unit` and `write ms`."""
    found = re.search(r"(?:[:;] )((?:write|keep|set) .*)$", message, re.DOTALL)
    return (message[: found.start()], found.group(1)) if found else (message, "")


def nearest(name: str, known: Iterable[str]) -> str:
    """The known name that is most likely meant; empty where none is near."""
    options = list(known)
    folded = {option.lower().replace("-", "_"): option for option in options}
    found = get_close_matches(name.lower().replace("-", "_"), list(folded), 1, 0.6)
    return folded[found[0]] if found else ""


def locate(root: Node, path: Path, *, key: bool = False) -> Node:
    """The node that a path leads to, or the last one on the way; with `key`, the key that names it."""
    node, at_key = root, root
    for part in path:
        if isinstance(node.value, dict) and part in node.value:
            at_key, node = node.keys.get(str(part), node), node.value[part]
        elif isinstance(node.value, list) and isinstance(part, int) and part < len(node.value):
            node = at_key = node.value[part]
    return at_key if key else node


def _problem(detail: ErrorDetails, root: Node) -> Problem:
    path = detail["loc"]
    kind = detail["type"]
    if kind == "extra_forbidden":
        node = locate(root, path, key=True)
        known = list(known_keys(path[:-1]))
        return _at(node, "unknown-key", f"`{path[-1]}` is no key here", _did_you_mean(str(path[-1]), known))
    if kind == "missing":
        node = locate(root, path[:-1], key=True)
        hint = _PART if path == ("tminus",) else f"write {path[-1]}: VALUE"
        return _at(node, "missing-key", f"`{path[-1]}` is missing", hint)
    as_key = bool(path) and path[-1] == "[key]"
    node = locate(root, path[:-1] if as_key else path, key=as_key)
    if kind in ("literal_error", "enum"):
        return _choice(node, detail)
    if kind in ("union_tag_not_found", "union_tag_invalid"):
        return _no_action(node)
    if kind in _KINDS:
        what, hint = _KINDS[kind]
        return _at(node, "wrong-type", f"{_where(root, path)} is {what}, not {_kind(detail['input'])}", hint)
    if kind == "too_short":
        return _at(node, "empty-list", f"{_where(root, path)} is empty", "write at least one")
    message, hint = split_advice(_message(detail))
    return _at(node, kind if "-" in kind else "wrong-value", message, hint)


def _at(node: Node, code: str, message: str, hint: str) -> Problem:
    return Problem(node.file, node.line, node.column, code, message, hint)


def _message(detail: ErrorDetails) -> str:
    return " ".join(str(detail["msg"]).split())


def _choice(node: Node, detail: ErrorDetails) -> Problem:
    options = re.findall(r"'([^']*)'|(\b\d+\b)", str(detail.get("ctx", {}).get("expected", "")))
    known = [text or number for text, number in options]
    given = str(detail["input"])
    return _at(node, "unknown-value", f"{_shown(detail['input'])} is not possible here", _did_you_mean(given, known))


def _no_action(node: Node) -> Problem:
    found = nearest(next(iter(node.value), ""), _ACTION_KEYS) if isinstance(node.value, dict) else ""
    hint = f"did you mean {found}?" if found else f"write one of {', '.join(_ACTION_KEYS)}"
    return _at(node, "unknown-action", "this is no action", hint)


_ACTION_KEYS = ("flag", "notify", "status", "run", "call")


def _did_you_mean(name: str, known: Sequence[str]) -> str:
    found = nearest(name, known)
    if found:
        return f"did you mean {found}?"
    return f"write one of {', '.join(known[:12])}" if known else "take it out"


def _where(root: Node, path: Path) -> str:
    """The last key of a path that is written in the plan; the rest are names pydantic gives to types."""
    name, node = "a plan", root
    for part in path:
        if isinstance(node.value, dict) and part in node.value:
            name, node = f"`{part}`", node.value[part]
        elif isinstance(node.value, list) and isinstance(part, int):
            node = node.value[part]
    return name


def _kind(value: Any) -> str:
    """What a value is, without saying it: it may be a secret in the wrong place."""
    if value is None:
        return "nothing"
    if isinstance(value, bool):
        return "true" if value else "false"
    kinds: dict[type, str] = {dict: "a mapping", list: "a list", str: "text"}
    return kinds.get(type(value), "a number")


def _shown(value: Any) -> str:
    if isinstance(value, dict | list | bool) or value is None:
        return _kind(value)
    text = str(value)
    return f"`{text if len(text) <= 40 else text[:37] + '...'}`"


def known_keys(path: Path) -> Iterator[str]:
    """The keys that a mapping at this path may have, in the plan's spelling."""
    model: Any = Plan
    for part in path:
        model = _step(model, part)
    for one in _models(model):
        yield from (field.alias or name for name, field in one.model_fields.items())


def _step(kind: Any, part: str | int) -> Any:
    """The type one part of a path further on; None past what is typed."""
    if isinstance(part, str) and part.startswith("action:"):
        named = part.partition(":")[2]
        return next((one for one in _models(kind) if named in one.model_fields), None)
    for model in _models(kind):
        for name, field in model.model_fields.items():
            if part in (name, field.alias):
                return field.annotation
    inner = (args for one in _alternatives(kind) if (args := get_args(one)))
    return next((args[-1] if isinstance(part, str) else args[0] for args in inner), None)


def _alternatives(kind: Any) -> Iterator[Any]:
    if get_origin(kind) in (Union, UnionType):
        for one in get_args(kind):
            yield from _alternatives(one)
    elif hasattr(kind, "__metadata__"):
        yield from _alternatives(get_args(kind)[0])
    else:
        yield kind


def _models(kind: Any) -> Iterator[type[BaseModel]]:
    return (one for one in _alternatives(kind) if isinstance(one, type) and issubclass(one, BaseModel))
