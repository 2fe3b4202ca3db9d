"""The gRPC server, in the same event loop as everything else."""

from __future__ import annotations

from collections.abc import Callable
from importlib.util import find_spec
from typing import Any

from tminus.access import Access
from tminus.errors import UsageError
from tminus.exposing import Tally
from tminus.held import HeldFlags
from tminus.tls import Certificate


def need_grpc() -> None:
    """Raises UsageError, with the command to type, where grpcio or protobuf are not installed."""
    if find_spec("grpc") is None:
        raise UsageError("gRPC needs the package grpcio", hint="pip install 'tminus[flagd]'")


class GrpcServer:
    """flagd's services on one port, evaluation and sync alike; `tally` counts what it answers."""

    def __init__(
        self,
        held: HeldFlags,
        access: Access,
        clock: Callable[[], float],
        *,
        ready: Callable[[], bool] = lambda: True,
    ) -> None:
        need_grpc()
        self.tally = Tally()
        self._parts = (held, access, clock, ready, self.tally)
        self._server: Any = None

    async def start(self, host: str, port: int, tls: Certificate | None = None) -> int:
        """Listen, with `tls` encrypted; port 0 is any that is free. Returns the port. Raises UsageError where it cannot."""
        import grpc

        from tminus.flagd.services import Services

        # A second server on a port that is taken must fail, and not share the port's calls.
        self._server = grpc.aio.server(options=[("grpc.so_reuseport", 0), ("grpc.max_receive_message_length", 1 << 20)])
        self._server.add_generic_rpc_handlers(Services(*self._parts).handlers())
        place = f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
        try:
            if tls is None:
                bound = int(self._server.add_insecure_port(place))
            else:
                bound = int(self._server.add_secure_port(place, grpc.ssl_server_credentials([tls.pems()])))
        except RuntimeError:
            raise UsageError(f"gRPC cannot listen on {host}:{port}", hint="choose another --grpc-port") from None
        await self._server.start()
        return bound

    async def stop(self) -> None:
        """End; streams are cut."""
        if self._server is not None:
            await self._server.stop(0.2)
