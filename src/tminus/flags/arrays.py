"""`map`, `filter`, `reduce`, `all`, `some`, `none`, `merge`: rules over lists, where each element is its own context."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tminus.flags.jsonlogic import Builder, Rule, RuleCompiler, Term, eager

_LONGEST_LIST = 2**20


def _over_list(fold: Callable[[list[Any], Rule], Any]) -> Builder:
    """The builder of an operator with a list and a rule for its elements; what is no list counts as an empty one."""

    def build(compiler: RuleCompiler, nodes: list[Any], path: str, top: bool) -> Term:
        if len(nodes) != 2:
            raise compiler.invalid(path, "takes a list and a rule for its elements")
        source = compiler.compile(nodes[0], f"{path}[0]", top).rule
        inner = compiler.compile(nodes[1], f"{path}[1]", False).rule
        return Term(lambda data: fold(_listed(source(data)), inner))

    return build


def reduction(compiler: RuleCompiler, nodes: list[Any], path: str, top: bool) -> Term:
    """`[list, rule over {current, accumulator}, start]`."""
    if len(nodes) not in (2, 3):
        raise compiler.invalid(path, "takes a list, a rule over current and accumulator, and a start")
    source = compiler.compile(nodes[0], f"{path}[0]", top).rule
    step = compiler.compile(nodes[1], f"{path}[1]", False).rule
    start = compiler.compile(nodes[2] if len(nodes) == 3 else None, f"{path}[2]", top).rule

    def run(data: Any) -> Any:
        total = start(data)
        for item in _listed(source(data)):
            total = step({"current": item, "accumulator": total})
        return total

    return Term(run)


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []


def _all(items: list[Any], rule: Rule) -> bool:
    # An empty list satisfies nothing in JSONLogic, unlike in mathematics.
    return bool(items) and all(rule(item) for item in items)


def _merge(*values: Any) -> list[Any]:
    merged: list[Any] = []
    for value in values:
        merged.extend(value if isinstance(value, list) else [value])
    # As with texts in `cat`: a `reduce` may double its list with each item that a client sends.
    if len(merged) > _LONGEST_LIST:
        raise ValueError(f"a list of {len(merged)} items")
    return merged


OPERATORS: dict[str, Builder] = {
    "map": _over_list(lambda items, rule: [rule(item) for item in items]),
    "filter": _over_list(lambda items, rule: [item for item in items if rule(item)]),
    "all": _over_list(_all),
    "some": _over_list(lambda items, rule: any(rule(item) for item in items)),
    "none": _over_list(lambda items, rule: not any(rule(item) for item in items)),
    "reduce": reduction,
    "merge": eager(_merge),
}
