"""The edge's one process: a follower, OFREP, the definitions and, where asked for, gRPC."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable, Mapping
from dataclasses import dataclass, field

import uvicorn

from tminus.access import Access
from tminus.edge.front import EdgeFront
from tminus.errors import UsageError
from tminus.exposing import Counted, HttpSink, Reporter
from tminus.flagd import DefinitionsApp, GrpcServer
from tminus.following import Follower, follow
from tminus.ofrep import Cors, OfrepApp, limit_of, origins_of
from tminus.ports import Clock


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
        if access.has_tokens:
            return access
        if self.open_to_all:
            return Access.open()
        raise UsageError(
            f"{self.host} can be reached from elsewhere, and no token is set",
            hint="export TMINUS_CLIENT_TOKEN=..., or bind 127.0.0.1",
            code="token-needed",
        )

    async def serve(self, started: Callable[[], None]) -> None:
        """Serve until cancelled; `started` is called once requests are answered. Raises UsageError for bad settings."""
        access, follower = self.access(), follow(self.place, self.token)
        evaluations = self._evaluations(access, follower)
        origins = origins_of(self.environment.get("TMINUS_CORS", ""))
        answering = Cors(evaluations, origins) if origins else evaluations
        definitions = DefinitionsApp(follower.held, access, lambda: follower.ready)
        server = _server(EdgeFront(answering, definitions, follower), self.host, self.port)
        async with self._beside(access, follower, evaluations):
            serving = asyncio.create_task(server.serve())
            try:
                while not server.started and not serving.done():
                    await asyncio.sleep(0.02)
                started()
                await asyncio.shield(serving)
            finally:
                server.should_exit = True
                with contextlib.suppress(asyncio.CancelledError):
                    await serving

    def _evaluations(self, access: Access, follower: Follower) -> OfrepApp:
        now = self.clock.now
        limit = limit_of(self.environment, now)
        held = follower.held
        return OfrepApp(held.current, access, now, held=held, limit=limit, ready=lambda: follower.ready)

    @contextlib.asynccontextmanager
    async def _beside(self, access: Access, follower: Follower, evaluations: OfrepApp) -> AsyncIterator[None]:
        """The follower, gRPC where a port was given, and reports to the controller."""
        grpc, counted = None, list[Counted]([evaluations])
        if self.grpc_port is not None:
            grpc = GrpcServer(follower.held, access, self.clock.now, ready=lambda: follower.ready)
            counted.append(grpc.tally)
            await grpc.start(self.host, self.grpc_port)
        reporter = self._reporter(counted)
        follower.start()
        if reporter is not None:
            reporter.start()
        try:
            yield
        finally:
            if grpc is not None:
                await grpc.stop()
            await asyncio.to_thread(follower.close)
            if reporter is not None:
                await asyncio.to_thread(reporter.close)

    def _reporter(self, counted: list[Counted]) -> Reporter | None:
        """What was evaluated here goes to the controller that is followed; a file has nobody to tell."""
        if not self.place.startswith(("http://", "https://")):
            return None
        base = "/".join(self.place.split("/", 3)[:3])
        return Reporter(counted, HttpSink(base, self.token, "tminus-edge", self.clock.now))


class _Server(uvicorn.Server):
    """Leaves signals to whoever called `serve`."""

    def capture_signals(self) -> contextlib.AbstractContextManager[None]:  # type: ignore[override]
        """Capture none."""
        return contextlib.nullcontext()


def _server(app: EdgeFront, host: str, port: int) -> _Server:
    config = uvicorn.Config(
        app,
        host=host,
        port=port,
        log_level="warning",
        access_log=False,
        lifespan="off",
        timeout_graceful_shutdown=1,
    )
    return _Server(config)
