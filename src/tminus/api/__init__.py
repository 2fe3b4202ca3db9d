"""The JSON API: the same launch as on the console, for programs. It translates; everything is decided below."""

from tminus.api.routes import COMMANDS, api_routes

__all__ = ["COMMANDS", "api_routes"]
