"""Counting evaluations from any thread."""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping
from threading import Lock
from typing import Any

from tminus.flags import Evaluation
from tminus.held import MOST_SAMPLES, SAMPLE_MASK, Counts, Samples, subject_of


class Tally:
    """Counts by (flag, variant, reason), and a sample of who it was."""

    def __init__(self) -> None:
        self.samples: Samples = deque(maxlen=MOST_SAMPLES)
        self._counts: Counts = {}
        self._turn = Lock()

    def count(self, key: str, evaluation: Evaluation, context: Mapping[str, Any]) -> None:
        """One evaluation was given to somebody. An unknown flag is not counted: names that do not exist are endless."""
        if evaluation.error_code == "FLAG_NOT_FOUND":
            return
        found = key, evaluation.variant, evaluation.reason
        with self._turn:
            times = self._counts[found] = self._counts.get(found, 0) + 1
        if times & SAMPLE_MASK == 1:
            self.samples.append((*found, subject_of(context)))

    def counts(self) -> Counts:
        """All so far."""
        with self._turn:
            return dict(self._counts)
