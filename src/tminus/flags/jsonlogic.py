"""JSONLogic rules compiled into closures, once per definition, so that an evaluation interprets nothing.

A rule is JSON: an object with exactly one key is an operator with its arguments, everything else is data. Each
operator's builder lives in the module of its concern; this one walks the rule, resolves `$ref` and folds constants.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple, TypeAlias

from tminus.flags.errors import DefinitionInvalid
from tminus.flags.generations import CURRENT, GENERATIONS, Generation
from tminus.flags.shared import MOST_FILLED_IN, Shared

Rule: TypeAlias = Callable[[Any], Any]

# A definition comes from a person or another system: both bounds keep a file that refers to itself many times over
# ("a billion laughs") or nests absurdly from taking the server's memory or its stack.
_MAX_NODES = 100_000
_MAX_DEPTH = 100
_TOO_MANY = f"the rule has more than {_MAX_NODES} parts once every $ref is filled in"


class Term(NamedTuple):
    """A compiled rule, with what is known of it before any context: its value, or the one context field it reads.

    With a `prefix` it is that text and the field behind it: what nearly every split hashes.
    """

    rule: Rule
    constant: bool = False
    value: Any = None
    field: str | None = None
    prefix: str | None = None


Builder: TypeAlias = Callable[["RuleCompiler", list[Any], str, bool], Term]


def constant(value: Any) -> Term:
    """A term that is `value` whatever the context."""
    return Term(lambda data: value, constant=True, value=value)


class RuleCompiler:
    """Compiles the rules of one flag.

    `top` says whether a rule sees the evaluation context itself or, inside `map` and its like, one element of a list.
    `needs_properties` is true once a rule reads `$flagd` in a way that could not be folded into a constant.
    `walks_lists` is true once it has a rule for the elements of a list, which takes as long as the list is.
    `generation` is how `fractional` puts a hash into a bucket.
    """

    def __init__(
        self,
        flag_key: str,
        evaluators: Mapping[str, Any] | Shared,
        operators: Mapping[str, Builder],
        generation: Generation = GENERATIONS[CURRENT],
    ) -> None:
        self.flag_key = flag_key
        self.generation = generation
        self.needs_properties = False
        self.walks_lists = False
        self._shared = evaluators if isinstance(evaluators, Shared) else Shared(evaluators)
        self._operators = operators
        self._open_refs: list[str] = []
        self._depth = 0
        self._nodes = 0

    def invalid(self, path: str, problem: str, *, hint: str = "") -> DefinitionInvalid:
        """The error for a fault at `path` of this flag."""
        return DefinitionInvalid(self.flag_key, path, problem, hint=hint)

    def compile(self, node: Any, path: str, top: bool = True) -> Term:
        """Compile one node. Raises DefinitionInvalid naming the flag and the path of the fault."""
        self.enter(path)
        term = self._compile_node(node, path, top)
        self.leave()
        return term

    def _compile_node(self, node: Any, path: str, top: bool) -> Term:
        if isinstance(node, list):
            return self._compile_list(node, path, top)
        if not isinstance(node, dict) or len(node) != 1:
            return constant(node)
        ((name, raw),) = node.items()
        if name == "$ref":
            term: Term = self.with_ref(raw, path, lambda shared, at: self.compile(shared, at, top))
            return term
        builder = self._operators.get(name)
        if builder is None:
            known = ", ".join(sorted(self._operators))
            raise self.invalid(path, f"unknown operator {name!r}", hint=f"the operators are {known}")
        return builder(self, arguments(raw), f"{path}.{name}", top)

    def compile_all(self, nodes: list[Any], path: str, top: bool) -> list[Term]:
        """Compile an operator's arguments in their order."""
        return [self.compile(node, f"{path}[{index}]", top) for index, node in enumerate(nodes)]

    def with_ref(self, name: Any, path: str, use: Callable[[Any, str], Any]) -> Any:
        """`use` the shared evaluator that `$ref` names; a name that is missing or refers to itself is an error."""
        if not isinstance(name, str) or name not in self._shared.rules:
            known = ", ".join(sorted(self._shared.rules)) or "none"
            raise self.invalid(path, f"$ref to {name!r}, which is not in $evaluators", hint=f"known: {known}")
        if self._shared.rules[name] in ("", {}):
            raise self.invalid(path, f"$ref to {name!r}, which is empty in $evaluators")
        if name in self._open_refs:
            circle = " -> ".join([*self._open_refs, name])
            raise self.invalid(path, f"$evaluators refer to each other in a circle: {circle}")
        self._afford(name, path)
        self._open_refs.append(name)
        try:
            return use(self._shared.rules[name], f"$evaluators.{name}")
        finally:
            self._open_refs.pop()

    def _afford(self, name: str, path: str) -> None:
        """Before a shared rule is filled in: what is in it is known, and a bomb need not go off to be found."""
        parts = self._shared.parts(name)
        if self._nodes + parts > _MAX_NODES:
            raise self.invalid(path, _TOO_MANY)
        if not self._open_refs and not self._shared.take(parts):
            raise self.invalid(
                path, f"shared rules, filled in, have more than {MOST_FILLED_IN} parts in this definition"
            )

    def enter(self, path: str) -> None:
        """One level deeper into the rule, counted against the bounds on depth and size. An error ends the compiling."""
        self._depth += 1
        self._nodes += 1
        if self._depth > _MAX_DEPTH:
            raise self.invalid(path, f"the rule nests deeper than {_MAX_DEPTH} levels")
        if self._nodes > _MAX_NODES:
            raise self.invalid(path, _TOO_MANY)

    @property
    def parts(self) -> int:
        """How many parts were compiled so far."""
        return self._nodes

    def leave(self) -> None:
        """One level up again."""
        self._depth -= 1

    def _compile_list(self, node: list[Any], path: str, top: bool) -> Term:
        terms = self.compile_all(node, path, top)
        if all(term.constant for term in terms):
            return constant([term.value for term in terms])
        rules = [term.rule for term in terms]
        return Term(lambda data: [rule(data) for rule in rules])


def arguments(raw: Any) -> list[Any]:
    """An operator's arguments: JSONLogic lets a single one stand without its list."""
    return raw if isinstance(raw, list) else [raw]


def eager(function: Callable[..., Any]) -> Builder:
    """The builder of an operator that needs nothing but the values of all its arguments."""

    def build(compiler: RuleCompiler, nodes: list[Any], path: str, top: bool) -> Term:
        terms = compiler.compile_all(nodes, path, top)
        if all(term.constant for term in terms):
            return constant(function(*[term.value for term in terms]))
        return Term(_call(function, [term.rule for term in terms]))

    return build


def _call(function: Callable[..., Any], rules: list[Rule]) -> Rule:
    if len(rules) == 1:
        (only,) = rules
        return lambda data: function(only(data))
    if len(rules) == 2:
        left, right = rules
        return lambda data: function(left(data), right(data))
    return lambda data: function(*[rule(data) for rule in rules])
