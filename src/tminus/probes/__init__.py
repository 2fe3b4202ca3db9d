"""Probes: what a machine can see for itself, as one line of evidence."""

from tminus.probes.command import CommandProbe
from tminus.probes.http import Exchange, HttpProbe, Reply

__all__ = ["CommandProbe", "Exchange", "HttpProbe", "Reply"]
