"""Wiring the surfaces to a launchpad, and serving them until told to stop."""

from __future__ import annotations

import asyncio
import contextlib
import json
import logging
import os
from collections.abc import Callable

import uvicorn
from litestar import Litestar, get
from litestar.config.compression import CompressionConfig

from tminus.access import Access
from tminus.api import api_routes
from tminus.app.controller import ADDRESS_FILE
from tminus.app.launchpad import Launchpad
from tminus.app.settings import Settings
from tminus.console import console_routes
from tminus.errors import TminusError, UsageError
from tminus.ingest import IngestApp
from tminus.ofrep import OfrepApp
from tminus.server.front import Front, ingest_authorisation
from tminus.server.login import login_routes

_LOOK_FOR_LAUNCHES_SECONDS = 0.5
_log = logging.getLogger(__name__)


def build_app(launchpad: Launchpad, access: Access) -> Front:
    """The whole ASGI application over one launchpad."""
    settings = launchpad.settings

    @get("/health", sync_to_thread=True)
    def health() -> dict[str, object]:
        """Whether this process lives, and what it drives. Public, so it says no more than that."""
        return {"ok": True, "launch": bool(launchpad.launch)}

    pages = Litestar(
        [
            health,
            *login_routes(access),
            *console_routes(lambda: launchpad.desk),
            *api_routes(lambda: launchpad.desk),
        ],
        compression_config=CompressionConfig(backend="gzip", exclude=["/live"]),
        openapi_config=None,
        logging_config=None,
        request_max_body_size=1_000_000,
    )
    ofrep = OfrepApp(launchpad.flags.current, access, launchpad.clock.now)
    ingest = IngestApp(launchpad.telemetry, authorise=ingest_authorisation(access), clock=launchpad.clock.now)
    hosts = frozenset({"localhost", "127.0.0.1", "[::1]"}) if settings.on_loopback else None
    return Front(ofrep, ingest, pages, access, hosts)


def access_of(settings: Settings) -> Access:
    """Who may come in. Raises `UsageError` where others could reach the server and no token is set."""
    access = Access.from_environment(settings.environment)
    if access.has_tokens:
        return access
    if settings.on_loopback:
        return Access.open()
    raise UsageError(
        f"{settings.host} can be reached from elsewhere, and no token is set",
        hint="export TMINUS_TOKEN=$(python -c 'import secrets; print(secrets.token_urlsafe(32))'), or bind 127.0.0.1",
        code="token-needed",
    )


class _Server(uvicorn.Server):
    """Leaves signals to whoever called `serve`: that one has more to end than a server."""

    def capture_signals(self) -> contextlib.AbstractContextManager[None]:  # type: ignore[override]
        """Capture none."""
        return contextlib.nullcontext()


async def serve(launchpad: Launchpad, *, started: Callable[[], None] | None = None) -> None:
    """Serve until cancelled or told to stop by a signal; `started` is called once requests are answered."""
    settings = launchpad.settings
    app = build_app(launchpad, access_of(settings))
    config = uvicorn.Config(
        app,
        host=settings.host,
        port=settings.port,
        log_level="warning",
        access_log=False,
        lifespan="off",
        timeout_graceful_shutdown=1,
    )
    server = _Server(config)
    address_file = settings.data / ADDRESS_FILE
    serving = asyncio.create_task(server.serve())
    looking = asyncio.create_task(_look_for_launches(launchpad))
    try:
        while not server.started and not serving.done():
            await asyncio.sleep(0.02)
        if server.started:
            address_file.write_text(json.dumps({"address": settings.address, "pid": os.getpid()}))
            if started is not None:
                started()
        await asyncio.shield(serving)
    finally:
        looking.cancel()
        server.should_exit = True
        with contextlib.suppress(asyncio.CancelledError):
            await serving
        address_file.unlink(missing_ok=True)


async def _look_for_launches(launchpad: Launchpad) -> None:
    """Another process (`tminus run`) only has to record a launch: this one finds it and drives it."""
    while True:
        try:
            await asyncio.to_thread(launchpad.adopt_newest)
        except TminusError as error:
            _log.error("cannot take up the newest launch: %s", error)
        await asyncio.sleep(_LOOK_FOR_LAUNCHES_SECONDS)
