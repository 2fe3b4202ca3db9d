"""A compiled set of flags and how to ask it."""

from __future__ import annotations

from collections.abc import Callable, KeysView, Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias

from tminus.flags.arrays import bounded
from tminus.flags.evaluation import Evaluation
from tminus.flags.jsonlogic import Rule
from tminus.flags.lookup import PROPERTIES

Decide: TypeAlias = Callable[[dict[str, Any], float | None], Evaluation]

# What Python raises where a rule meets a context it was not written for. One flag's rule must not take down the
# answer to the other ninety-nine of a bulk request.
RULE_FAULTS = (ArithmeticError, AttributeError, LookupError, RecursionError, TypeError, ValueError)


@dataclass(frozen=True, slots=True)
class Flag:
    """One compiled flag: `fixed` when its answer depends on nothing, `decide(context, now)` in any case."""

    key: str
    decide: Decide
    answers: tuple[Evaluation, ...]
    fixed: Evaluation | None = None


def fixed_flag(key: str, answer: Evaluation) -> Flag:
    """A flag that answers the same to everybody."""
    return Flag(key, lambda context, now: answer, (answer,), fixed=answer)


def targeted_flag(
    key: str, rule: Rule, failed: Evaluation, answers: tuple[Evaluation, ...], *, timed: bool, walks: bool
) -> Flag:
    """A flag that `rule` decides. `timed` flags get flagd's properties ($flagd) put into their context.

    One that `walks` lists may do so for so long and not longer: each evaluation has its own count.
    """
    if walks:
        rule = bounded(rule)

    def decide(context: dict[str, Any], now: float | None) -> Evaluation:
        try:
            answer: Evaluation = rule(context)
        except RULE_FAULTS:
            return failed
        return answer

    if not timed:
        return Flag(key, decide, answers)

    def decide_timed(context: dict[str, Any], now: float | None) -> Evaluation:
        properties: dict[str, Any] = {"flagKey": key}
        if now is not None:
            properties["timestamp"] = int(now)
        # The context's own "$flagd", which a client may send, must never stand in for ours.
        return decide({**context, PROPERTIES: properties}, now)

    return Flag(key, decide_timed, answers)


class FlagSet:
    """Compiled flags, immutable: a change is a new set. `revision` is a hash of the definition, equal for equal ones.

    For whoever compiles the next set beside this one: `marks` are hashes of what each flag without a fault was compiled
    from, `filled` how many parts of shared rules went into those that refer to some.
    """

    def __init__(
        self,
        flags: Mapping[str, Flag],
        metadata: Mapping[str, Any],
        revision: str,
        marks: Mapping[str, bytes] | None = None,
        filled: Mapping[str, int] | None = None,
    ) -> None:
        self.flags = dict(flags)
        self.metadata = dict(metadata)
        self.revision = revision
        self.marks = marks or {}
        self.filled = filled or {}
        self._fixed = {key: flag.fixed for key, flag in flags.items() if flag.fixed is not None}

    def keys(self) -> KeysView[str]:
        """The flags' keys in the definition's order."""
        return self.flags.keys()

    def evaluate(self, key: str, context: Mapping[str, Any], now: float | None = None) -> Evaluation:
        """The answer of flag `key` for `context` (JSON values; the user under "targetingKey").

        `now` is in Unix seconds and becomes `$flagd.timestamp`; None leaves that absent. Never raises on a context.
        """
        fixed = self._fixed.get(key)
        if fixed is not None:
            return fixed
        flag = self.flags.get(key)
        if flag is None:
            return self.not_found(key)
        return flag.decide(context if isinstance(context, dict) else dict(context), now)

    def not_found(self, key: str) -> Evaluation:
        """The answer for a flag this set does not hold."""
        return Evaluation(
            None, None, "ERROR", "FLAG_NOT_FOUND", error_details=f"flag {key!r} does not exist", metadata=self.metadata
        )
