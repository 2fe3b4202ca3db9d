"""A flag set's answers as bytes: each is encoded once, counted as it is served, and joined for a bulk reply."""

from __future__ import annotations

from collections import deque
from typing import Any

import msgspec

from tminus.flags import Evaluation, FlagSet
from tminus.flags.evaluate import Decide
from tminus.held import SAMPLE_MASK, Counts, Samples, subject_of
from tminus.ofrep.replies import Reply, reply

_encode = msgspec.json.encode


class EncodedAnswer:
    """One answer, ready to send: alone (`reply`) or as an item of a bulk reply (`item`)."""

    __slots__ = ("item", "key", "reason", "reply", "served", "variant")

    def __init__(self, key: str, evaluation: Evaluation) -> None:
        self.key = key
        self.variant = evaluation.variant
        self.reason = evaluation.reason
        self.served = 0
        self.item = _encode(_json(key, evaluation))
        self.reply: Reply = reply(_status(evaluation), self.item)


def _status(evaluation: Evaluation) -> int:
    if evaluation.error_code is None:
        return 200
    return 404 if evaluation.error_code == "FLAG_NOT_FOUND" else 400


def _json(key: str, evaluation: Evaluation) -> dict[str, Any]:
    """The protocol's evaluationSuccess, without value and variant where the caller's default applies, or its failure."""
    answer: dict[str, Any] = {"key": key}
    if evaluation.error_code is not None:
        answer |= {"errorCode": evaluation.error_code, "errorDetails": evaluation.error_details}
    else:
        answer["reason"] = evaluation.reason
        if evaluation.variant is not None:
            answer |= {"variant": evaluation.variant, "value": evaluation.value}
    if evaluation.metadata:
        answer["metadata"] = dict(evaluation.metadata)
    return answer


class EncodedFlags:
    """The answers of one FlagSet. Evaluations are made once per set, so their identity is the key to their bytes."""

    def __init__(self, flags: FlagSet, samples: Samples | None = None) -> None:
        self.flags = flags
        self._samples: Samples = deque(maxlen=0) if samples is None else samples
        self._answers: dict[int, EncodedAnswer] = {}
        self._bulk_served = 0
        self._fixed: set[EncodedAnswer] = set()
        self._parts: list[bytes] | None = None
        self._deciding: list[tuple[int, str, Decide]] = []
        self._opening = b'{"flags":['
        self._closing = b'],"metadata":%s' % _encode(flags.metadata) if flags.metadata else b"]"

    def answer(self, key: str, context: dict[str, Any], now: float) -> Reply:
        """The reply for one flag."""
        flag = self.flags.flags.get(key)
        if flag is None:
            # Never kept or counted: clients could fill the memory with names that do not exist.
            return EncodedAnswer(key, self.flags.not_found(key)).reply
        evaluation = flag.decide(context, now)
        found = self._answers.get(id(evaluation)) or self._keep(key, evaluation)
        found.served += 1
        if found.served & SAMPLE_MASK == 1:
            self._samples.append((key, found.variant, found.reason, subject_of(context)))
        return found.reply

    def bulk(self, context: dict[str, Any], now: float, tail: bytes = b"}") -> bytes:
        """The body of the reply for all flags, in the definition's order; `tail` ends it, after other members if any."""
        parts = (self._prepare() if self._parts is None else self._parts).copy()
        answers = self._answers
        for index, key, decide in self._deciding:
            evaluation = decide(context, now)
            found = answers.get(id(evaluation)) or self._keep(key, evaluation)
            found.served += 1
            if found.served & SAMPLE_MASK == 1:
                self._samples.append((key, found.variant, found.reason, subject_of(context)))
            parts[index] = found.item
        self._bulk_served += 1
        return self._opening + b",".join(parts) + self._closing + tail

    def counts(self) -> Counts:
        """How often each (flag, variant, reason) was served from this set; the variant is None without one."""
        counts: Counts = {}
        # Copied in one step: requests go on adding answers while another thread counts.
        for found in list(self._answers.values()):
            # What depends on nothing is not counted one by one in a bulk reply: every bulk reply held it.
            times = found.served + (self._bulk_served if found in self._fixed else 0)
            if times:
                key = found.key, found.variant, found.reason
                counts[key] = counts.get(key, 0) + times
        return counts

    def _keep(self, key: str, evaluation: Evaluation) -> EncodedAnswer:
        found = self._answers[id(evaluation)] = EncodedAnswer(key, evaluation)
        return found

    def _prepare(self) -> list[bytes]:
        parts = self._parts = [b""] * len(self.flags.flags)
        for index, flag in enumerate(self.flags.flags.values()):
            if flag.fixed is None:
                self._deciding.append((index, flag.key, flag.decide))
                continue
            found = self._answers.get(id(flag.fixed)) or self._keep(flag.key, flag.fixed)
            self._fixed.add(found)
            parts[index] = found.item
        return parts
