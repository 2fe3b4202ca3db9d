"""One process that serves everything: flags and telemetry in front, people's pages and the API behind."""

from tminus.server.front import Front
from tminus.server.serve import build_app, serve

__all__ = ["Front", "build_app", "serve"]
