"""Wiring the surfaces to a launchpad, and serving them until told to stop."""

from __future__ import annotations

import asyncio
import contextlib
import json
import logging
import os
from collections.abc import AsyncIterator, Callable
from pathlib import Path

from litestar import Litestar, get
from litestar.config.compression import CompressionConfig

from tminus.access import Access
from tminus.api import api_routes
from tminus.app.controller import ADDRESS_FILE
from tminus.app.exposures import TelemetrySink
from tminus.app.launchpad import Launchpad
from tminus.app.listening import listener, running
from tminus.app.settings import Settings
from tminus.app.tokens import ENVIRONMENT_VARIABLE, TokenFile
from tminus.console import console_routes
from tminus.errors import TminusError, UsageError
from tminus.exposing import Counted, Reporter
from tminus.flagd import DefinitionsApp, GrpcServer
from tminus.ingest import IngestApp
from tminus.ofrep import Cors, OfrepApp, limit_of, origins_of
from tminus.server.front import Front, ingest_authorisation
from tminus.server.login import login_routes

_LOOK_AROUND_SECONDS = 0.5
_log = logging.getLogger(__name__)


def evaluations_of(launchpad: Launchpad, access: Access) -> OfrepApp:
    """What answers evaluations over OFREP. Raises UsageError for a variable that says no number."""
    now = launchpad.clock.now
    limit = limit_of(launchpad.settings.environment, now)
    return OfrepApp(launchpad.flags.current, access, now, held=launchpad.flags, limit=limit)


def build_app(launchpad: Launchpad, access: Access, evaluations: OfrepApp | None = None) -> Front:
    """The whole ASGI application over one launchpad."""
    settings = launchpad.settings

    @get("/health", sync_to_thread=True)
    def health() -> dict[str, object]:
        """Whether this process lives, and what it drives. Public, so it says no more than that."""
        return {"ok": True, "launch": bool(launchpad.launch)}

    pages = Litestar(
        [
            health,
            *login_routes(access, secure=settings.tls is not None),
            *console_routes(lambda: launchpad.desk),
            *api_routes(lambda: launchpad.desk),
        ],
        compression_config=CompressionConfig(backend="gzip", exclude=["/live"]),
        openapi_config=None,
        logging_config=None,
        request_max_body_size=1_000_000,
    )
    origins = origins_of(settings.environment.get("TMINUS_CORS", ""))
    ofrep = evaluations or evaluations_of(launchpad, access)
    ingest = IngestApp(
        launchpad.telemetry,
        authorise=ingest_authorisation(access),
        clock=launchpad.clock.now,
        members=lambda: launchpad.members,
    )
    hosts = frozenset({"localhost", "127.0.0.1", "[::1]"}) if settings.on_loopback else None
    answering = Cors(ofrep, origins) if origins else ofrep
    return Front(answering, ingest, pages, access, hosts, definitions=DefinitionsApp(launchpad.flags, access))


def access_of(settings: Settings) -> Access:
    """Who may come in. Raises `UsageError` where others could reach the server and no token is set."""
    access = Access.from_environment(settings.environment)
    # Tokens that were handed out do not shut this machine's own people out of the console.
    if settings.on_loopback and not access.has_tokens:
        return Access.open()
    TokenFile(settings.data).admit_to(access, settings.environment.get(ENVIRONMENT_VARIABLE, ""))
    if access.has_tokens:
        return access
    raise UsageError(
        f"{settings.host} can be reached from elsewhere, and no token is set",
        hint="export TMINUS_TOKEN=$(python -c 'import secrets; print(secrets.token_urlsafe(32))'), or bind 127.0.0.1",
        code="token-needed",
    )


async def serve(launchpad: Launchpad, *, started: Callable[[], None] | None = None) -> None:
    """Serve until cancelled or told to stop by a signal; `started` is called once requests are answered."""
    settings = launchpad.settings
    access = access_of(settings)
    evaluations = evaluations_of(launchpad, access)
    app = build_app(launchpad, access, evaluations)
    server = listener(app, settings.host, settings.port, settings.tls)
    address_file = settings.data / ADDRESS_FILE
    looking = asyncio.create_task(_look_around(launchpad, access))
    try:
        async with running(server) as serving, _beside(launchpad, access, evaluations):
            if server.started:
                _leave_address(address_file, settings)
                if started is not None:
                    started()
            await asyncio.shield(serving)
    finally:
        looking.cancel()
        address_file.unlink(missing_ok=True)


def _leave_address(file: Path, settings: Settings) -> None:
    """For `tminus status` and others in this directory. A disk that is full must not end a launch for the lack of it."""
    told = {"address": settings.address, "pid": os.getpid()}
    if settings.tls is not None:
        told["certificate"] = settings.tls.own()
    try:
        file.write_text(json.dumps(told))
    except OSError as error:
        _log.warning("other commands will not find this server, its address cannot be written: %s", error)


@contextlib.asynccontextmanager
async def _beside(launchpad: Launchpad, access: Access, evaluations: OfrepApp) -> AsyncIterator[None]:
    """gRPC where a port was given, and the reporter of what was evaluated."""
    settings, now = launchpad.settings, launchpad.clock.now
    grpc = None if settings.grpc_port is None else GrpcServer(launchpad.flags, access, now)
    counted: list[Counted] = [evaluations] if grpc is None else [evaluations, grpc.tally]
    reporter = Reporter(counted, TelemetrySink(launchpad.telemetry, now))
    if grpc is not None and settings.grpc_port is not None:
        await grpc.start(settings.host, settings.grpc_port, settings.tls)
    reporter.start()
    try:
        yield
    finally:
        if grpc is not None:
            await grpc.stop()
        await asyncio.to_thread(reporter.close)


async def _look_around(launchpad: Launchpad, access: Access) -> None:
    """Other processes only record: `tminus run` a launch, which this one then drives, `tminus tokens` a token."""
    settings = launchpad.settings
    tokens, environment = TokenFile(settings.data), settings.environment.get(ENVIRONMENT_VARIABLE, "")
    while True:
        try:
            await asyncio.to_thread(launchpad.adopt_newest)
            await asyncio.to_thread(tokens.admit_to, access, environment)
        except TminusError as error:
            _log.error("cannot take up what others recorded: %s", error)
        await asyncio.sleep(_LOOK_AROUND_SECONDS)
