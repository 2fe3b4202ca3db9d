"""flagd's flag definitions: compiled once into closures, evaluated without clock, network or randomness."""

from tminus.flags.definition import compile_flags
from tminus.flags.errors import DefinitionInvalid
from tminus.flags.evaluate import FlagSet
from tminus.flags.evaluation import Evaluation
from tminus.flags.experiment import experiment_flag, outside_name
from tminus.flags.rollout import Share, rollout_flag

__all__ = [
    "DefinitionInvalid",
    "Evaluation",
    "FlagSet",
    "Share",
    "compile_flags",
    "experiment_flag",
    "outside_name",
    "rollout_flag",
]
