"""Asking the process that drives a launch on this machine what it sees."""

from __future__ import annotations

import json

import msgspec

from tminus.app.settings import Settings
from tminus.app.view import View

ADDRESS_FILE = "controller.json"  # in the data directory while a server runs: {"address", "pid"}


def ask_controller(settings: Settings, launch: str) -> View | None:
    """The live view from the process that drives this launch here; None when there is none, or it drives another."""
    import httpx  # only this needs it, and commands should start quickly

    try:
        address = json.loads((settings.data / ADDRESS_FILE).read_text())["address"]
        token = settings.environment.get("TMINUS_TOKEN", "")
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        answer = httpx.get(f"{address}/api/launch", headers=headers, timeout=3.0)
        view = msgspec.json.decode(answer.content, type=View) if answer.status_code == 200 else None
    except (OSError, ValueError, KeyError, httpx.HTTPError, msgspec.DecodeError):
        return None
    return view if view is not None and view.launch == launch else None
