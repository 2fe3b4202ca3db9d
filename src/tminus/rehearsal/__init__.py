"""Rehearsal: the real engine on a virtual clock in a synthetic world. Same program, other wiring."""

from tminus.rehearsal.healthy import healthy
from tminus.rehearsal.incidents import Regression
from tminus.rehearsal.planworld import PlanWorld
from tminus.rehearsal.run import Rehearsal, play, rehearse
from tminus.rehearsal.world import World

__all__ = ["PlanWorld", "Regression", "Rehearsal", "World", "healthy", "play", "rehearse"]
