"""Asking the process that drives a launch on this machine what it sees."""

from __future__ import annotations

import json

import msgspec

from tminus.app.settings import Settings
from tminus.app.view import View
from tminus.tls import pinned

# In the data directory while a server runs: {"address", "pid"} and, with TLS, "certificate", the PEM that it shows.
ADDRESS_FILE = "controller.json"


def ask_controller(settings: Settings, launch: str) -> View | None:
    """The live view from the process that drives this launch here; None when there is none, or it drives another."""
    try:
        view = msgspec.json.decode(asked_of_controller(settings, "launch") or b"", type=View)
    except msgspec.DecodeError:
        return None
    return view if view.launch == launch else None


def asked_of_controller(settings: Settings, path: str) -> bytes | None:
    """What the process that serves this data directory answers under `/api/`; None where none does, or it refuses."""
    import httpx  # only this needs it, and commands should start quickly

    try:
        found = json.loads((settings.data / ADDRESS_FILE).read_text())
        address, shown = found["address"], found.get("certificate")
        token = settings.environment.get("TMINUS_TOKEN", "")
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        # Whoever could change this file owns the launch, so it vouches for the certificate: its names need not fit the
        # address that this machine uses, nor any CA know it. The file has the PEM, not a path or a CA: after a renewal
        # on disk the server shows the old one until it is started again.
        verify = pinned(shown) if shown else True
        answer = httpx.get(f"{address}/api/{path}", headers=headers, timeout=3.0, verify=verify)
    except (OSError, ValueError, KeyError, httpx.HTTPError):
        return None
    return answer.content if answer.status_code == 200 else None
