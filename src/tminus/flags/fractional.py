"""flagd's `fractional`: a sticky share of users per arm, hashed on one text.

Generation 3 of the operation (flagd calls it high-precision bucketing): with h the 32-bit MurmurHash3 (x86, seed 0) of
the UTF-8 text and W the sum of the weights, the bucket is (h * W) >> 32, and the arm is the first whose cumulative
weight, in the order written, exceeds it. Generations 1 and 2 put the same people elsewhere: never swap one for another.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

import mmh3

from tminus.flags.jsonlogic import Builder, Rule, RuleCompiler, Term, constant

TARGETING_KEY = "targetingKey"

# flagd keeps weights in 32-bit signed integers; more than that is refused there, so it is refused here.
MAX_TOTAL_WEIGHT = 2**31 - 1

_HASH_RANGE = 2**32

# Always on bytes: given text with half a surrogate pair in it, as json.loads lets through, mmh3.hash ends the whole
# process with a segmentation fault. Encoding first makes that an ordinary UnicodeEncodeError.
_hash = mmh3.mmh3_32_uintdigest

Bucket: TypeAlias = Callable[[Any], str | None]


@dataclass(frozen=True, slots=True)
class Split:
    """A compiled `fractional`, its arms' variants still as written: (node, path) each.

    `bucket` gives the text to hash, None when there is none (no targetingKey): then nobody is in any arm.
    """

    bucket: Bucket
    arms: tuple[tuple[Any, str], ...]
    weights: tuple[Term, ...]


def parse_split(compiler: RuleCompiler, nodes: list[Any], path: str, top: bool) -> Split:
    """Compile the hash text and the weights. A list as the first argument is already an arm."""
    if not nodes:
        raise compiler.invalid(path, "needs at least one arm", hint='such as ["on", 50]')
    explicit = not isinstance(nodes[0], list)
    flag_key = compiler.flag_key if top else ""
    bucket = _bucket(compiler.compile(nodes[0], f"{path}[0]", top) if explicit else constant(None), flag_key)
    arms, weights = [], []
    for index in range(int(explicit), len(nodes)):
        at, arm = f"{path}[{index}]", nodes[index]
        if not isinstance(arm, list) or not arm:
            raise compiler.invalid(at, "an arm is a list of a variant and a weight", hint='such as ["on", 50]')
        arms.append((arm[0], f"{at}[0]"))
        weights.append(_weight(compiler, arm, at, top))
    if sum(_whole_weight(weight.value) or 0 for weight in weights if weight.constant) > MAX_TOTAL_WEIGHT:
        raise compiler.invalid(path, f"the weights sum to more than {MAX_TOTAL_WEIGHT}")
    return Split(bucket, tuple(arms), tuple(weights))


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


def _bucket(expression: Term, flag_key: str) -> Bucket:
    """The text to hash: the expression's when it is one; for null the flag's key and the targetingKey; else none."""

    def implicit(data: Any) -> str | None:
        key = data.get(TARGETING_KEY) if isinstance(data, dict) else None
        return flag_key + key if isinstance(key, str) and key else None

    if expression.constant and expression.value is None:
        return implicit
    rule = expression.rule

    def explicit(data: Any) -> str | None:
        text = rule(data)
        if isinstance(text, str):
            return text
        return implicit(data) if text is None else None

    return explicit


def distribute(split: Split, arms: Sequence[Term], nothing: Rule) -> Rule:
    """The rule that runs the arm a context falls into, and `nothing` when it falls into none."""
    if not all(weight.constant for weight in split.weights):
        return _distribute_by_computed_weights(split, [arm.rule for arm in arms], nothing)
    bounds = upper_bounds([_whole_weight(weight.value) or 0 for weight in split.weights])
    if not bounds:
        return nothing
    bucket = split.bucket
    if all(arm.constant for arm in arms):
        values = [arm.value for arm in arms]

        def run_constant(data: Any) -> Any:
            text = bucket(data)
            return nothing(data) if text is None else values[bisect_right(bounds, _hash(text.encode()))]

        return run_constant
    rules = [arm.rule for arm in arms]

    def run(data: Any) -> Any:
        text = bucket(data)
        return nothing(data) if text is None else rules[bisect_right(bounds, _hash(text.encode()))](data)

    return run


def _distribute_by_computed_weights(split: Split, rules: list[Rule], nothing: Rule) -> Rule:
    weight_rules = [weight.rule for weight in split.weights]

    def run(data: Any) -> Any:
        text = split.bucket(data)
        weights = [_whole_weight(rule(data)) for rule in weight_rules]
        known = [weight for weight in weights if weight is not None]
        if text is None or len(known) < len(weights) or sum(known) > MAX_TOTAL_WEIGHT:
            return nothing(data)
        bounds = upper_bounds(known)
        return rules[bisect_right(bounds, _hash(text.encode()))](data) if bounds else nothing(data)

    return run


def upper_bounds(weights: Sequence[int]) -> list[int]:
    """The hashes at which each arm ends, exclusive; empty when the weights sum to 0.

    (h * W) >> 32 < c holds exactly for h < ceil(c * 2^32 / W), so that an evaluation need not multiply.
    """
    total, cumulative, bounds = sum(weights), 0, []
    for weight in weights if total else ():
        cumulative += weight
        bounds.append(-(-cumulative * _HASH_RANGE // total))
    return bounds


def fractional(compiler: RuleCompiler, nodes: list[Any], path: str, top: bool) -> Term:
    """`fractional` as a value inside another rule; the targeting module handles it where it decides the variant."""
    split = parse_split(compiler, nodes, path, top)
    arms = [compiler.compile(node, at, top) for node, at in split.arms]
    return Term(distribute(split, arms, constant(None).rule))


OPERATORS: dict[str, Builder] = {"fractional": fractional}
