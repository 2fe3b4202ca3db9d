"""The edge's one process: a follower, OFREP, the definitions and, where asked for, gRPC."""

from __future__ import annotations

import asyncio
import contextlib
import json
from collections.abc import Awaitable, Callable, Mapping, MutableMapping
from dataclasses import dataclass, field
from typing import Any

import uvicorn

from tminus.access import Access
from tminus.errors import UsageError
from tminus.exposing import Counted, HttpSink, Reporter
from tminus.flagd import DefinitionsApp, GrpcServer
from tminus.following import Follower, follow
from tminus.ofrep import Cors, OfrepApp, limit_of, origins_of
from tminus.ports import Clock

Scope = MutableMapping[str, Any]


@dataclass(frozen=True)
class Edge:
    """What an edge is told. `token` is for the controller it follows; who may ask the edge stands in `environment`.

    `open_to_all` says that nobody but this machine can reach it, so that no token is needed.
    """

    place: str
    host: str
    port: int
    clock: Clock
    token: str = ""
    grpc_port: int | None = None
    open_to_all: bool = False
    environment: Mapping[str, str] = field(default_factory=dict)

    def access(self) -> Access:
        """Who may come in. Raises UsageError where others could reach it and no token is set."""
        access = Access.from_environment(self.environment)
        if access.has_tokens or not self.open_to_all:
            if not access.has_tokens:
                raise UsageError(
                    f"{self.host} can be reached from elsewhere, and no token is set",
                    hint="export TMINUS_CLIENT_TOKEN=..., or bind 127.0.0.1",
                    code="token-needed",
                )
            return access
        return Access.open()

    async def serve(self, started: Callable[[Follower], None]) -> None:
        """Serve until cancelled; `started` is called once requests are answered. Raises UsageError for bad settings."""
        access, follower = self.access(), follow(self.place, self.token)
        limit = limit_of(self.environment, self.clock.now)
        evaluations = OfrepApp(
            follower.held.current,
            access,
            self.clock.now,
            held=follower.held,
            limit=limit,
            ready=lambda: follower.ready,
        )
        grpc = None
        if self.grpc_port is not None:
            grpc = GrpcServer(follower.held, access, self.clock.now, ready=lambda: follower.ready)
        origins = origins_of(self.environment.get("TMINUS_CORS", ""))
        definitions = DefinitionsApp(follower.held, access, lambda: follower.ready)
        server = _server(_Front(Cors(evaluations, origins), definitions, follower), self.host, self.port)
        counted: list[Counted] = [evaluations] if grpc is None else [evaluations, grpc.tally]
        reporter = self._reporter(counted)
        follower.start()
        serving = asyncio.create_task(server.serve())
        try:
            if grpc is not None and self.grpc_port is not None:
                await grpc.start(self.host, self.grpc_port)
            while not server.started and not serving.done():
                await asyncio.sleep(0.02)
            if reporter is not None:
                reporter.start()
            started(follower)
            await asyncio.shield(serving)
        finally:
            server.should_exit = True
            if grpc is not None:
                await grpc.stop()
            with contextlib.suppress(asyncio.CancelledError):
                await serving
            await asyncio.to_thread(follower.close)
            if reporter is not None:
                await asyncio.to_thread(reporter.close)

    def _reporter(self, counted: list[Counted]) -> Reporter | None:
        """What was evaluated here goes to the controller that is followed; a file has nobody to tell."""
        if not self.place.startswith(("http://", "https://")):
            return None
        base = "/".join(self.place.split("/", 3)[:3])
        return Reporter(counted, HttpSink(base, self.token, "tminus-edge", self.clock.now))


class _Front:
    """Dispatches by path: evaluations, definitions, and `/health`, which says whether the flags are current."""

    def __init__(self, ofrep: Any, definitions: Any, follower: Follower) -> None:
        self._ofrep, self._definitions, self._follower = ofrep, definitions, follower

    async def __call__(self, scope: Scope, receive: Any, send: Callable[[Any], Awaitable[None]]) -> None:
        if scope["type"] == "http" and scope["path"] == "/health":
            await self._health(send)
        elif scope["type"] == "http" and scope["path"].startswith("/flagd/"):
            await self._definitions(scope, receive, send)
        else:
            await self._ofrep(scope, receive, send)

    async def _health(self, send: Callable[[Any], Awaitable[None]]) -> None:
        follower = self._follower
        said = {"ok": follower.ready, "following": not follower.trouble, "revision": follower.held.current().revision}
        body = json.dumps(said).encode()
        headers = [(b"content-type", b"application/json"), (b"content-length", b"%d" % len(body))]
        # Ready means that there are flags, old or new: an edge that lost its controller is one to be asked.
        await send({"type": "http.response.start", "status": 200 if follower.ready else 503, "headers": headers})
        await send({"type": "http.response.body", "body": body})


class _Server(uvicorn.Server):
    """Leaves signals to whoever called `serve`."""

    def capture_signals(self) -> contextlib.AbstractContextManager[None]:  # type: ignore[override]
        """Capture none."""
        return contextlib.nullcontext()


def _server(app: Any, host: str, port: int) -> _Server:
    return _Server(
        uvicorn.Config(
            app,
            host=host,
            port=port,
            log_level="warning",
            access_log=False,
            lifespan="off",
            timeout_graceful_shutdown=1,
        )
    )
