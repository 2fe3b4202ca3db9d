"""A/B tests: arms compared by intervals that may be looked at whenever one likes (docs/experiments.md).

Sums in, a comparison out: the same sums give the same answer, in whatever order the users came.
"""

from tminus.guards.experiment_means import compare_means
from tminus.guards.experiment_model import Comparison, Moments, Proportion, shared
from tminus.guards.experiment_proportions import compare_proportions
from tminus.guards.experiment_verdict import Goal, Verdict, VerdictKind, verdict

__all__ = [
    "Comparison",
    "Goal",
    "Moments",
    "Proportion",
    "Verdict",
    "VerdictKind",
    "compare_means",
    "compare_proportions",
    "shared",
    "verdict",
]
