"""Guards: is the canary worse than it may be? Tests that may be looked at every second (docs/guards.md).

Pure: no clock, no network, no randomness; `now` is an argument.
"""

from tminus.guards.bets import FEWER_BETS, MORE_BETS, Bets, log_growth
from tminus.guards.checkpoint import from_json, to_json
from tminus.guards.family import combine, threshold
from tminus.guards.frozen import frozen_ceiling, with_ceiling
from tminus.guards.model import Counts, GuardSettings, Harm
from tminus.guards.process import GuardState, observe, start
from tminus.guards.report import GuardReading, explain, reading
from tminus.guards.sharing import least_bursts

__all__ = [
    "FEWER_BETS",
    "MORE_BETS",
    "Bets",
    "Counts",
    "GuardReading",
    "GuardSettings",
    "GuardState",
    "Harm",
    "combine",
    "explain",
    "from_json",
    "frozen_ceiling",
    "least_bursts",
    "log_growth",
    "observe",
    "reading",
    "start",
    "threshold",
    "to_json",
    "with_ceiling",
]
