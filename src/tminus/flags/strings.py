"""`cat`, `substr`, and flagd's `starts_with` and `ends_with`."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

from tminus.flags.coercion import text_of, to_number
from tminus.flags.jsonlogic import Builder, Rule, RuleCompiler, Term, constant, eager

_LONGEST_TEXT = 2**22


def concatenation(compiler: RuleCompiler, nodes: list[Any], path: str, top: bool) -> Term:
    """`cat`; neighbouring constants are joined at once, so a hash key is one prefix and one field."""
    parts: list[Term] = []
    for term in compiler.compile_all(nodes, path, top):
        if term.constant and parts and parts[-1].constant:
            parts[-1] = constant(text_of(parts[-1].value) + text_of(term.value))
        else:
            parts.append(term)
    if all(part.constant for part in parts):
        return constant("".join(text_of(part.value) for part in parts))
    if len(parts) == 2 and parts[0].constant:
        prefix = text_of(parts[0].value)
        return Term(_prefixed(prefix, parts[1].rule), field=parts[1].field, prefix=prefix)
    rules = [part.rule for part in parts]
    return Term(lambda data: _bounded("".join([text_of(rule(data)) for rule in rules])))


def _bounded(text: str) -> str:
    # A `reduce` that doubles its text would turn a client's list of forty items into a terabyte.
    if len(text) > _LONGEST_TEXT:
        raise ValueError(f"a text of {len(text)} characters")
    return text


def _prefixed(prefix: str, rule: Rule) -> Rule:
    def run(data: Any) -> str:
        value = rule(data)
        return prefix + value if isinstance(value, str) else prefix + text_of(value)

    return run


def _part(text: Any = None, start: Any = 0, length: Any = None, *_: Any) -> str:
    """`substr`: a negative start counts from the end, a negative length leaves off that many at the end."""
    whole, first = text_of(text), _whole(start)
    rest = whole[first:] if first >= 0 else whole[max(len(whole) + first, 0) :]
    return rest if length is None else rest[: _whole(length)]


def _whole(value: Any) -> int:
    number = to_number(value)
    return int(max(min(number, 1e9), -1e9)) if not math.isnan(number) else 0


def _affix(test: Callable[[str, str], bool]) -> Callable[..., bool | None]:
    """flagd's own operators answer null, not false, to anything but exactly two strings."""

    def run(*values: Any) -> bool | None:
        if len(values) != 2 or not isinstance(values[0], str) or not isinstance(values[1], str):
            return None
        return test(values[0], values[1])

    return run


OPERATORS: dict[str, Builder] = {
    "cat": concatenation,
    "substr": eager(_part),
    "starts_with": eager(_affix(str.startswith)),
    "ends_with": eager(_affix(str.endswith)),
}
