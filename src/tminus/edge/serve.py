"""The edge's one process: a follower, OFREP, the definitions and, where asked for, gRPC."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from tminus.access import Access
from tminus.app.listening import listener, running
from tminus.edge.front import EdgeFront
from tminus.edge.relay import Relay
from tminus.errors import UsageError
from tminus.exposing import Counted, HttpSink, Reporter
from tminus.flagd import DefinitionsApp, GrpcServer
from tminus.following import Follower, follow
from tminus.ofrep import Cors, OfrepApp, limit_of, origins_of
from tminus.tls import Certificate

if TYPE_CHECKING:
    from tminus.ports import Clock  # with it come plans and statistics, which an edge starts without


@dataclass(frozen=True)
class Edge:
    """What an edge is told. `token` is for the controller it follows; who may ask the edge stands in `environment`.

    `open_to_all` says that nobody but this machine can reach it, so that no token is needed. `tls` is what it shows,
    `authorities` a PEM file of the CAs by which it knows the controller; None for the system's.
    """

    place: str
    host: str
    port: int
    clock: Clock
    token: str = ""
    grpc_port: int | None = None
    open_to_all: bool = False
    environment: Mapping[str, str] = field(default_factory=dict)
    tls: Certificate | None = None
    authorities: Path | None = None

    @property
    def _upwards(self) -> str | None:
        """Where reports go: to whom this edge follows. A file has nobody to tell."""
        if not self.place.startswith(("http://", "https://")):
            return None
        return "/".join(self.place.split("/", 3)[:3])

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
        access, follower = self.access(), follow(self.place, self.token, self.authorities)
        evaluations = self._evaluations(access, follower)
        origins = origins_of(self.environment.get("TMINUS_CORS", ""))
        answering = Cors(evaluations, origins) if origins else evaluations
        definitions = DefinitionsApp(follower.held, access, lambda: follower.ready)
        relay = None if self._upwards is None else Relay(self._upwards, self.token, access, self.authorities)
        server = listener(EdgeFront(answering, definitions, follower, relay), self.host, self.port, self.tls)
        async with self._beside(access, follower, evaluations):
            try:
                async with running(server) as serving:
                    started()
                    await asyncio.shield(serving)
            finally:
                if relay is not None:
                    await relay.close()

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
            await grpc.start(self.host, self.grpc_port, self.tls)
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
        """What tells the controller what was evaluated here."""
        if self._upwards is None:
            return None
        return Reporter(counted, HttpSink(self._upwards, self.token, "tminus-edge", self.clock.now, self.authorities))
