"""`==`, `===`, `<`, `in` and their kin."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tminus.flags.coercion import loosely_equal, precedes, strictly_equal, text_of
from tminus.flags.jsonlogic import Builder, RuleCompiler, Term, eager


def _equal(*values: Any) -> bool:
    return len(values) >= 2 and loosely_equal(values[0], values[1])


def _same(*values: Any) -> bool:
    return len(values) >= 2 and strictly_equal(values[0], values[1])


def _not(test: Callable[..., bool]) -> Callable[..., bool]:
    return lambda *values: not test(*values)


def _ordered(test: Callable[[Any, Any], bool]) -> Callable[..., bool]:
    """Two values, or three for "between"; fewer compare as false."""

    def run(*values: Any) -> bool:
        if len(values) < 2 or not test(values[0], values[1]):
            return False
        return len(values) < 3 or test(values[1], values[2])

    return run


def _precedes_or_equals(left: Any, right: Any) -> bool:
    return precedes(left, right) or loosely_equal(left, right)


def equality(compiler: RuleCompiler, nodes: list[Any], path: str, top: bool) -> Term:
    """`==`; a context field against a string, the commonest rule of all, compares without a further call."""
    if len(nodes) == 2:
        left, right = (compiler.compile(node, f"{path}[{index}]", top) for index, node in enumerate(nodes))
        field, text = (left, right) if left.field is not None else (right, left)
        if field.field is not None and field.prefix is None and text.constant and isinstance(text.value, str):
            return Term(_field_equals(field.field, text.value))
    return eager(_equal)(compiler, nodes, path, top)


def _field_equals(field: str, text: str) -> Callable[[Any], bool]:
    def run(data: Any) -> bool:
        value = data.get(field)
        return value == text if isinstance(value, str) else loosely_equal(value, text)

    return run


def contains(needle: Any = None, haystack: Any = None, *_: Any) -> bool:
    """`in`: part of a string, or strictly equal to an element of a list."""
    if isinstance(haystack, str):
        return needle is not None and text_of(needle) in haystack
    if not isinstance(haystack, list):
        return False
    if isinstance(needle, str):
        return needle in haystack
    return any(strictly_equal(needle, item) for item in haystack)


def membership(compiler: RuleCompiler, nodes: list[Any], path: str, top: bool) -> Term:
    """`in`; a cohort of a thousand literal names is looked up in a set instead of searched."""
    if len(nodes) == 2:
        needle, haystack = (compiler.compile(node, f"{path}[{index}]", top) for index, node in enumerate(nodes))
        names = haystack.value
        if not needle.constant and isinstance(names, list) and all(isinstance(name, str) for name in names):
            return Term(_is_one_of(needle, frozenset(names)))
    return eager(contains)(compiler, nodes, path, top)


def _is_one_of(needle: Term, names: frozenset[str]) -> Callable[[Any], bool]:
    rule = needle.rule

    def run(data: Any) -> bool:
        value = rule(data)
        return isinstance(value, str) and value in names

    return run


OPERATORS: dict[str, Builder] = {
    "==": equality,
    "!=": eager(_not(_equal)),
    "===": eager(_same),
    "!==": eager(_not(_same)),
    "<": eager(_ordered(precedes)),
    "<=": eager(_ordered(_precedes_or_equals)),
    ">": eager(_ordered(lambda left, right: precedes(right, left))),
    ">=": eager(_ordered(lambda left, right: _precedes_or_equals(right, left))),
    "in": membership,
}
