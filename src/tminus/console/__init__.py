"""The page that people run a launch by, and the public status page. It shows and asks; it decides nothing."""

from tminus.console.routes import console_routes, login_page

__all__ = ["console_routes", "login_page"]
