"""A flag's targeting rule, compiled so that running it yields the finished answer and not a variant's name.

Where a rule's result is the flag's result (the branches of an `if`, the arms of a `fractional`), literal variant
names become ready-made evaluations. That is what makes an evaluation cost a microsecond, and it tells SPLIT (chance
decided) from TARGETING_MATCH (the rule did), which flagd itself does not.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from sys import intern
from typing import Any

from tminus.flags import arithmetic, arrays, comparison, fractional, logic, lookup, semver, strings
from tminus.flags.coercion import text_of
from tminus.flags.evaluation import Evaluation, Reason
from tminus.flags.jsonlogic import Builder, Rule, RuleCompiler, Term, arguments, constant

OPERATORS: dict[str, Builder] = {
    **lookup.OPERATORS,
    **logic.OPERATORS,
    **comparison.OPERATORS,
    **arithmetic.OPERATORS,
    **strings.OPERATORS,
    **arrays.OPERATORS,
    **semver.OPERATORS,
    **fractional.OPERATORS,
}


class Outcomes:
    """Every answer one flag can give: a small, closed set, made once."""

    def __init__(
        self, key: str, variants: Mapping[str, Any], default_variant: str | None, metadata: Mapping[str, Any]
    ) -> None:
        self._key = key
        self._variants = {intern(name): value for name, value in variants.items()}
        self._metadata = metadata
        self._default_variant = default_variant if default_variant is None else intern(default_variant)
        self._made: dict[tuple[Reason, str], Evaluation] = {}

    @property
    def all(self) -> tuple[Evaluation, ...]:
        """The answers asked for so far; complete once the flag is compiled."""
        return tuple(self._made.values())

    def of(self, variant: str, reason: Reason) -> Evaluation:
        """The answer `variant`; an error when the flag has no such variant."""
        if variant not in self._variants:
            known = ", ".join(self._variants)
            return self.error("GENERAL", f"flag {self._key!r} has no variant {variant!r}, only {known}")
        value = self._variants[variant]
        return self._keep(reason, variant, Evaluation(value, intern(variant), reason, metadata=self._metadata))

    def default(self, reason: Reason) -> Evaluation:
        """The default variant, or the caller's own default when the flag names none."""
        if self._default_variant is None:
            return self._keep("DEFAULT", "", Evaluation(None, None, "DEFAULT", metadata=self._metadata))
        return self.of(self._default_variant, reason)

    def disabled(self) -> Evaluation:
        """The answer of a flag that is switched off: the caller's own default."""
        return self._keep("DISABLED", "", Evaluation(None, None, "DISABLED", metadata=self._metadata))

    def error(self, code: Any, details: str) -> Evaluation:
        """An answer that says why there is none."""
        answer = Evaluation(None, None, "ERROR", error_code=code, error_details=details, metadata=self._metadata)
        return self._keep("ERROR", details, answer)

    def literal(self, value: Any, reason: Reason) -> Evaluation:
        """The answer for a rule's result: a variant's name, true, false or a number as names, null for the default variant."""
        if value is None:
            return self.default("DEFAULT")
        if isinstance(value, bool | int | float):
            value = text_of(value)
        return self.of(value, reason) if isinstance(value, str) else self._no_name()

    def reader(self, reason: Reason) -> Callable[[Any], Evaluation]:
        """`literal` for results that are known only at evaluation, with every answer made beforehand."""
        answers: dict[Any, Evaluation] = {name: self.of(name, reason) for name in self._variants}
        default, unknown = self.default("DEFAULT"), self._no_name()

        def read(value: Any) -> Evaluation:
            if value is None:
                return default
            if isinstance(value, bool | int | float):
                value = text_of(value)
            return answers.get(value, unknown) if isinstance(value, str) else unknown

        return read

    def _no_name(self) -> Evaluation:
        return self.error(
            "GENERAL", f"the targeting of flag {self._key!r} gave a result that names none of its variants"
        )

    def _keep(self, reason: Reason, name: str, answer: Evaluation) -> Evaluation:
        return self._made.setdefault((reason, name), answer)


def compile_targeting(compiler: RuleCompiler, node: Any, outcomes: Outcomes) -> Rule:
    """The rule as a function from the context (a dict) to the flag's answer."""
    return _answer(compiler, node, "targeting", outcomes, "TARGETING_MATCH").rule


def _answer(compiler: RuleCompiler, node: Any, path: str, outcomes: Outcomes, reason: Reason) -> Term:
    compiler.enter(path)
    term = _answer_of(compiler, node, path, outcomes, reason)
    compiler.leave()
    return term


def _answer_of(compiler: RuleCompiler, node: Any, path: str, outcomes: Outcomes, reason: Reason) -> Term:
    name, raw = next(iter(node.items())) if isinstance(node, dict) and len(node) == 1 else ("", None)
    if name == "$ref":
        shared: Term = compiler.with_ref(raw, path, lambda target, at: _answer(compiler, target, at, outcomes, reason))
        return shared
    if name in ("if", "?:"):
        return _answer_of_branches(compiler, arguments(raw), f"{path}.{name}", outcomes, reason)
    if name == "fractional":
        if not fractional.has_computed_arms(arguments(raw)):
            return _answer_of_split(compiler, arguments(raw), f"{path}.{name}", outcomes)
        reason = "SPLIT"
    term = compiler.compile(node, path)
    if term.constant:
        return constant(outcomes.literal(term.value, reason))
    read, rule = outcomes.reader(reason), term.rule
    return Term(lambda data: read(rule(data)))


def _answer_of_branches(
    compiler: RuleCompiler, nodes: list[Any], path: str, outcomes: Outcomes, reason: Reason
) -> Term:
    terms = []
    for index, node in enumerate(nodes):
        at = f"{path}[{index}]"
        decides = index % 2 == 1 or index == len(nodes) - 1
        terms.append(_answer(compiler, node, at, outcomes, reason) if decides else compiler.compile(node, at))
    return Term(logic.choose(terms, constant(outcomes.default("DEFAULT"))))


def _answer_of_split(compiler: RuleCompiler, nodes: list[Any], path: str, outcomes: Outcomes) -> Term:
    split = fractional.parse_split(compiler, nodes, path, True)
    arms = [_answer(compiler, node, at, outcomes, "SPLIT") for node, at in split.arms]
    return Term(fractional.distribute(split, arms, constant(outcomes.default("DEFAULT"))))
