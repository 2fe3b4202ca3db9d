"""Harm that begins later: how the stake is spread over the starts to come, in closed form. See docs/guards.md."""

from __future__ import annotations

from math import sqrt

FIRST = 0.85  # w_0: a fault of the release itself is there from the first second; most of the stake goes there


def onset_weight(start_index: int) -> float:
    """w_s, the share of the stake for harm that begins at start s = 0, 1, 2, …; they sum to 1."""
    return unspent_weight(start_index) - unspent_weight(start_index + 1)


def unspent_weight(starts: int) -> float:
    """1 − Σ_{s < starts} w_s = (1 − w_0)/√starts: what is still kept for starts to come."""
    return 1.0 if starts == 0 else (1.0 - FIRST) / sqrt(starts)
