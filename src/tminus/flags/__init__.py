"""flagd's flag definitions: compiled once into closures, evaluated without clock, network or randomness."""

from tminus.flags.definition import compile_flags
from tminus.flags.errors import DefinitionInvalid
from tminus.flags.evaluate import FlagSet
from tminus.flags.evaluation import Evaluation
from tminus.flags.experiment import experiment_flag, outside_name
from tminus.flags.moves import Move, moved
from tminus.flags.requirements import having, required, standalone
from tminus.flags.rollout import Share, rollout_flag
from tminus.flags.typed import Kind, resolve
from tminus.flags.why import Why, why

__all__ = [
    "DefinitionInvalid",
    "Evaluation",
    "FlagSet",
    "Kind",
    "Move",
    "Share",
    "Why",
    "compile_flags",
    "experiment_flag",
    "having",
    "moved",
    "outside_name",
    "required",
    "resolve",
    "rollout_flag",
    "standalone",
    "why",
]
