"""`var`, `missing` and `missing_some`: reading the evaluation context."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from typing import Any

from tminus.flags.coercion import text_of, to_number
from tminus.flags.jsonlogic import RuleCompiler, Term, constant

PROPERTIES = "$flagd"
FLAG_KEY = "$flagd.flagKey"


def lookup(data: Any, path: Any) -> Any:
    """The value at a dotted path of keys and list positions; None when there is none. "" and null are all of `data`."""
    name = text_of(path)
    if not name:
        return data
    for part in name.split("."):
        if isinstance(data, dict):
            data = data.get(part)
        elif isinstance(data, list):
            data = data[int(part)] if _is_position(part) and int(part) < len(data) else None
        else:
            return None
    return data


def _is_position(part: str) -> bool:
    return part.isascii() and part.isdigit() and len(part) < 10


def var(compiler: RuleCompiler, nodes: list[Any], path: str, top: bool) -> Term:
    """`{"var": "a.b"}` or `{"var": ["a.b", default]}`; null counts as missing."""
    if len(nodes) > 2:
        raise compiler.invalid(path, "var takes a path and at most one default")
    where = compiler.compile(nodes[0] if nodes else "", f"{path}[0]", top)
    default = compiler.compile(nodes[1], f"{path}[1]", top) if len(nodes) == 2 else constant(None)
    if not where.constant:
        compiler.needs_properties = True
        return Term(lambda data: _or_default(lookup(data, where.rule(data)), default, data))
    name = text_of(where.value)
    if top and name == FLAG_KEY:
        return constant(compiler.flag_key)
    if not name or name.split(".")[0] == PROPERTIES:
        compiler.needs_properties = True
    if top and name and "." not in name:
        return _field(name, default)
    return Term(lambda data: _or_default(lookup(data, name), default, data))


def _or_default(found: Any, default: Term, data: Any) -> Any:
    return default.rule(data) if found is None else found


def _field(name: str, default: Term) -> Term:
    """A field of the context itself, which is always a dict: the common case, and a single dict look-up."""
    if default.constant and default.value is None:
        return _bare_field(name)
    return Term(lambda data: _or_default(data.get(name), default, data))


@lru_cache(maxsize=1024)
def _bare_field(name: str) -> Term:
    """One for all flags: ten thousand rollouts read the same targetingKey."""
    return Term(lambda data: data.get(name), field=name)


def missing(compiler: RuleCompiler, nodes: list[Any], path: str, top: bool) -> Term:
    """Those of the named paths that the context does not hold."""
    compiler.needs_properties = True
    terms = compiler.compile_all(nodes, path, top)

    def absent(data: Any) -> list[Any]:
        names = [term.rule(data) for term in terms]
        return _absent(data, names[0] if names and isinstance(names[0], list) else names)

    return Term(absent)


def missing_some(compiler: RuleCompiler, nodes: list[Any], path: str, top: bool) -> Term:
    """`[n, paths]`: nothing when at least n of the paths are there, else the absent ones."""
    if len(nodes) != 2:
        raise compiler.invalid(path, "missing_some takes a number and a list of paths")
    compiler.needs_properties = True
    needed, paths = compiler.compile_all(nodes, path, top)

    def absent(data: Any) -> list[Any]:
        names = paths.rule(data)
        if not isinstance(names, list):
            return []
        gone = _absent(data, names)
        return gone if len(names) - len(gone) < to_number(needed.rule(data)) else []

    return Term(absent)


def _absent(data: Any, names: list[Any]) -> list[Any]:
    return [name for name in names if lookup(data, name) is None]


OPERATORS: dict[str, Callable[[RuleCompiler, list[Any], str, bool], Term]] = {
    "var": var,
    "missing": missing,
    "missing_some": missing_some,
}
