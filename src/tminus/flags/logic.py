"""`if`, `and`, `or`, `!`, `!!`: they evaluate no more of their arguments than they must."""

from __future__ import annotations

from typing import Any

from tminus.flags.jsonlogic import Builder, Rule, RuleCompiler, Term, constant, eager


def conditional(compiler: RuleCompiler, nodes: list[Any], path: str, top: bool) -> Term:
    """`[condition, then, condition, then, ..., else]`; null when nothing holds and there is no else."""
    return Term(choose(compiler.compile_all(nodes, path, top), constant(None)))


def choose(terms: list[Term], nothing: Term) -> Rule:
    """The first branch of an `if`'s arguments whose condition is true, their odd last one, or `nothing`.

    One and two branches, nearly all there are, run without a loop.
    """
    rules, last = [term.rule for term in terms], terms[-1] if len(terms) % 2 else nothing
    branches = list(zip(rules[: len(rules) - len(rules) % 2 : 2], rules[1::2], strict=True))
    if not branches:
        return last.rule
    first, then = branches[0]
    if len(branches) == 1 and last.constant:
        value = last.value
        return lambda data: then(data) if first(data) else value
    otherwise = last.rule
    if len(branches) == 1:
        return lambda data: then(data) if first(data) else otherwise(data)
    if len(branches) == 2:
        second, then_second = branches[1]
        return lambda data: then(data) if first(data) else then_second(data) if second(data) else otherwise(data)

    def run(data: Any) -> Any:
        for condition, consequence in branches:
            if condition(data):
                return consequence(data)
        return otherwise(data)

    return run


def conjunction(compiler: RuleCompiler, nodes: list[Any], path: str, top: bool) -> Term:
    """The first false argument, else the last one."""
    rules = [term.rule for term in compiler.compile_all(nodes, path, top)]

    def run(data: Any) -> Any:
        value = None
        for rule in rules:
            value = rule(data)
            if not value:
                return value
        return value

    return Term(run)


def disjunction(compiler: RuleCompiler, nodes: list[Any], path: str, top: bool) -> Term:
    """The first true argument, else the last one."""
    rules = [term.rule for term in compiler.compile_all(nodes, path, top)]

    def run(data: Any) -> Any:
        value = None
        for rule in rules:
            value = rule(data)
            if value:
                return value
        return value

    return Term(run)


def _is_false(value: Any = None, *_: Any) -> bool:
    return not value


def _is_true(value: Any = None, *_: Any) -> bool:
    return bool(value)


OPERATORS: dict[str, Builder] = {
    "if": conditional,
    "?:": conditional,
    "and": conjunction,
    "or": disjunction,
    "!": eager(_is_false),
    "!!": eager(_is_true),
}
