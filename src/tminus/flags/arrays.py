"""`map`, `filter`, `reduce`, `all`, `some`, `none`, `merge`: rules over lists, where each element is its own context."""

from __future__ import annotations

from collections.abc import Callable
from contextvars import ContextVar
from typing import Any

from tminus.flags.jsonlogic import Builder, Rule, RuleCompiler, Term, eager

_LONGEST_LIST = 2**20
# So many parts of rules for elements are evaluated for one answer: some two seconds. Lists in lists in lists would keep
# a server for hours, and a client says how long a list is that a rule walks.
MOST_VISITS = 5_000_000
_visits: ContextVar[list[int] | None] = ContextVar("visits", default=None)


def bounded(rule: Rule) -> Rule:
    """The rule with a count of its own at each evaluation. It then raises ValueError beyond MOST_VISITS."""

    def run(data: Any) -> Any:
        before = _visits.set([0])
        try:
            return rule(data)
        finally:
            _visits.reset(before)

    return run


def _visit(items: list[Any], parts: int) -> list[Any]:
    """The items, once it is counted that a rule of so many parts is asked of each."""
    count = _visits.get()
    if count is not None:
        count[0] += len(items) * parts
        if count[0] > MOST_VISITS:
            raise ValueError(f"the rule asks its lists more than {MOST_VISITS} times")
    return items


def _over_list(fold: Callable[[list[Any], Rule], Any]) -> Builder:
    """The builder of an operator with a list and a rule for its elements; what is no list counts as an empty one."""

    def build(compiler: RuleCompiler, nodes: list[Any], path: str, top: bool) -> Term:
        if len(nodes) != 2:
            raise compiler.invalid(path, "takes a list and a rule for its elements")
        source = compiler.compile(nodes[0], f"{path}[0]", top).rule
        inner, parts = _inner(compiler, nodes[1], f"{path}[1]")
        return Term(lambda data: fold(_visit(_listed(source(data)), parts), inner))

    return build


def reduction(compiler: RuleCompiler, nodes: list[Any], path: str, top: bool) -> Term:
    """`[list, rule over {current, accumulator}, start]`."""
    if len(nodes) not in (2, 3):
        raise compiler.invalid(path, "takes a list, a rule over current and accumulator, and a start")
    source = compiler.compile(nodes[0], f"{path}[0]", top).rule
    step, parts = _inner(compiler, nodes[1], f"{path}[1]")
    start = compiler.compile(nodes[2] if len(nodes) == 3 else None, f"{path}[2]", top).rule

    def run(data: Any) -> Any:
        total = start(data)
        for item in _visit(_listed(source(data)), parts):
            total = step({"current": item, "accumulator": total})
        return total

    return Term(run)


def _inner(compiler: RuleCompiler, node: Any, path: str) -> tuple[Rule, int]:
    """The rule for an element, and how many parts it has."""
    compiler.walks_lists = True
    before = compiler.parts
    rule = compiler.compile(node, path, False).rule
    return rule, compiler.parts - before


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
