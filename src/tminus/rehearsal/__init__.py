"""Rehearsal: the real engine on a virtual clock in a synthetic world. Same program, other wiring."""

from tminus.rehearsal.run import Rehearsal, rehearse
from tminus.rehearsal.world import World

__all__ = ["Rehearsal", "World", "rehearse"]
