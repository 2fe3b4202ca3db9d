"""The JSON API: the same launch as on the console, for programs. It translates; everything is decided below."""

from tminus.api.routes import api_routes
from tminus.app.desk import COMMANDS

__all__ = ["COMMANDS", "api_routes"]
