"""Guards: is the canary worse than it may be? Tests that may be looked at every second (docs/guards.md).

Pure: no clock, no network, no randomness; `now` is an argument.
"""

from tminus.guards.checkpoint import from_json, to_json
from tminus.guards.family import combine, threshold
from tminus.guards.model import Counts, GuardSettings
from tminus.guards.process import GuardState, observe, start
from tminus.guards.report import GuardReading, explain, reading

__all__ = [
    "Counts",
    "GuardReading",
    "GuardSettings",
    "GuardState",
    "combine",
    "explain",
    "from_json",
    "observe",
    "reading",
    "start",
    "threshold",
    "to_json",
]
