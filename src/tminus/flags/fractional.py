"""flagd's `fractional`: a sticky share of users per arm, by the hash of one value.

How a value becomes a hash and a hash an arm is the generation's matter (see `generations`); the flag's metadata pins it.
Never swap one for another: that draws everybody's arm anew.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

from tminus.flags.coercion import text_of
from tminus.flags.generations import Generation, text_material
from tminus.flags.jsonlogic import Builder, Rule, RuleCompiler, Term, constant

# flagd keeps weights in 32-bit signed integers; more than that is refused there, so it is refused here.
MAX_TOTAL_WEIGHT = 2**31 - 1

_GIVES_A_LIST = frozenset({"merge", "map", "filter", "missing", "missing_some"})

Bucket: TypeAlias = Callable[[Any], bytes | None]


@dataclass(frozen=True, slots=True)
class Split:
    """A compiled `fractional`, its arms' variants still as written: (node, path) each.

    `bucket` gives the bytes to hash, None when there are none (no targetingKey): then nobody is in any arm.
    """

    bucket: Bucket
    arms: tuple[tuple[Any, str], ...]
    weights: tuple[Term, ...]
    generation: Generation
    expression: Term | None


def has_computed_arms(nodes: list[Any]) -> bool:
    """Whether an arm is itself the result of a rule, such as `{"merge": ["on", 50]}`."""
    if not nodes:
        return False
    return gives_a_list(nodes[0]) or any(isinstance(node, dict) and len(node) == 1 for node in nodes[1:])


def gives_a_list(node: Any) -> bool:
    """Whether the first argument is a rule for an arm, and not for what is hashed."""
    return isinstance(node, dict) and len(node) == 1 and next(iter(node)) in _GIVES_A_LIST


def parse_split(compiler: RuleCompiler, nodes: list[Any], path: str, top: bool) -> Split:
    """Compile what is hashed and the weights. A list as the first argument is already an arm."""
    if not nodes:
        raise compiler.invalid(path, "needs at least one arm", hint='such as ["on", 50]')
    explicit = not isinstance(nodes[0], list)
    flag_key = compiler.flag_key if top else ""
    expression = compiler.compile(nodes[0], f"{path}[0]", top) if explicit else None
    arms, weights = [], []
    for index in range(int(explicit), len(nodes)):
        at, arm = f"{path}[{index}]", nodes[index]
        if not isinstance(arm, list) or not arm:
            raise compiler.invalid(at, "an arm is a list of a variant and a weight", hint='such as ["on", 50]')
        arms.append((arm[0], f"{at}[0]"))
        weights.append(_weight(compiler, arm, at, top))
    if sum(_whole_weight(weight.value) or 0 for weight in weights if weight.constant) > MAX_TOTAL_WEIGHT:
        raise compiler.invalid(path, f"the weights sum to more than {MAX_TOTAL_WEIGHT}")
    bucket = _bucket(expression, flag_key, compiler.generation)
    return Split(bucket, tuple(arms), tuple(weights), compiler.generation, expression)


def _weight(compiler: RuleCompiler, arm: list[Any], path: str, top: bool) -> Term:
    term = compiler.compile(arm[1], f"{path}[1]", top) if len(arm) > 1 else constant(1)
    if term.constant and _whole_weight(term.value) is None:
        raise compiler.invalid(f"{path}[1]", f"the weight {term.value!r} is not a whole number")
    return term


def _whole_weight(value: Any) -> int | None:
    """A weight as flagd reads it: null is 1, below zero is 0; None when it is no whole number."""
    if value is None:
        return 1
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    if isinstance(value, float) and not value.is_integer():
        return None
    return max(int(value), 0)


def _bucket(expression: Term | None, flag_key: str, generation: Generation) -> Bucket:
    """What is hashed: the expression's value as the generation takes it, or flag and targetingKey where there is none."""
    if expression is None:
        return lambda data: generation.shorthand(data, flag_key)
    rule, material = expression.rule, generation.material
    if material is not text_material:
        return lambda data: material(rule(data), data, flag_key)

    def text(data: Any) -> bytes | None:
        value = rule(data)
        return value.encode() if isinstance(value, str) else material(value, data, flag_key)

    return text


def distribute(split: Split, arms: Sequence[Term], nothing: Term) -> Rule:
    """The rule that runs the arm a context falls into, and `nothing` when it falls into none."""
    if not all(weight.constant for weight in split.weights):
        return _distribute_by_computed_weights(split, [arm.rule for arm in (*arms, nothing)])
    bounds = split.generation.bounds([_whole_weight(weight.value) or 0 for weight in split.weights])
    if not bounds:
        return nothing.rule
    if all(arm.constant for arm in (*arms, nothing)):
        return _distribute_constants(split, tuple(bounds), tuple(arm.value for arm in (*arms, nothing)))
    rules = [arm.rule for arm in (*arms, nothing)]
    bucket, hashed = split.bucket, split.generation.hash

    def run(data: Any) -> Any:
        material = bucket(data)
        return rules[-1](data) if material is None else rules[bisect_right(bounds, hashed(material))](data)

    return run


def _distribute_constants(split: Split, bounds: Sequence[int], values: Sequence[Any]) -> Rule:
    """Arms that are known beforehand; of a prefix and one field in fewer calls, because nearly all splits are so."""
    bucket, hashed, expression = split.bucket, split.generation.hash, split.expression
    if expression is not None and split.generation.material is text_material:
        prefix, field = expression.prefix, expression.field
        if prefix is not None and field is not None:
            return _distribute_by_field(prefix, field, bounds, values, hashed)

    def run(data: Any) -> Any:
        material = bucket(data)
        return values[-1] if material is None else values[bisect_right(bounds, hashed(material))]

    return run


def _distribute_by_field(
    prefix: str, field: str, bounds: Sequence[int], values: Sequence[Any], hashed: Callable[[bytes], int]
) -> Rule:
    def run(data: Any) -> Any:
        value = data.get(field)
        text = prefix + value if value.__class__ is str else prefix + text_of(value)
        return values[bisect_right(bounds, hashed(text.encode()))]

    return run


def _distribute_by_computed_weights(split: Split, rules: list[Rule]) -> Rule:
    weight_rules, nothing = [weight.rule for weight in split.weights], rules[-1]

    def run(data: Any) -> Any:
        material = split.bucket(data)
        index = None if material is None else _index(split.generation, material, [rule(data) for rule in weight_rules])
        return nothing(data) if index is None else rules[index](data)

    return run


def _index(generation: Generation, material: bytes, weights: Sequence[Any]) -> int | None:
    """The arm that `material` falls into among arms of these weights; None where the weights are none, or sum to 0."""
    known = [weight for weight in map(_whole_weight, weights) if weight is not None]
    if len(known) < len(weights) or not 0 < sum(known) <= MAX_TOTAL_WEIGHT:
        return None
    return bisect_right(generation.bounds(known), generation.hash(material))


def computed_split(compiler: RuleCompiler, nodes: list[Any], path: str, top: bool) -> Term:
    """A split some of whose arms are computed: all arguments are values first, and are then read as flagd reads them."""
    rules = [term.rule for term in compiler.compile_all(nodes, path, top)]
    generation, flag_key = compiler.generation, compiler.flag_key if top else ""

    def run(data: Any) -> Any:
        first, *arms = [rule(data) for rule in rules]
        if isinstance(first, list):
            arms, material = [first, *arms], generation.shorthand(data, flag_key)
        else:
            material = generation.material(first, data, flag_key)
        if material is None or not all(isinstance(arm, list) and arm for arm in arms):
            return None
        index = _index(generation, material, [arm[1] if len(arm) > 1 else 1 for arm in arms])
        return arms[index][0] if index is not None and index < len(arms) else None

    return Term(run)


def fractional(compiler: RuleCompiler, nodes: list[Any], path: str, top: bool) -> Term:
    """`fractional` as a value inside another rule; the targeting module handles it where it decides the variant."""
    if has_computed_arms(nodes):
        return computed_split(compiler, nodes, path, top)
    split = parse_split(compiler, nodes, path, top)
    arms = [compiler.compile(node, at, top) for node, at in split.arms]
    return Term(distribute(split, arms, constant(None)))


OPERATORS: dict[str, Builder] = {"fractional": fractional}
