"""`tminus edge`: flags served beside a service, from a controller or a file."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from tminus.app.clock import SystemClock
from tminus.app.settings import Settings, free_port
from tminus.cli.ending import INTERRUPTED, end_on_sigterm
from tminus.cli.options import AsJson, GrpcPort, Host, Port, TlsCert, TlsKey
from tminus.cli.out import as_json, guarded, people, plain
from tminus.tls import Certificate

if TYPE_CHECKING:
    from tminus.edge import Edge

EDGE_PORT = 8621
TOKEN_VARIABLE = "TMINUS_SERVER_TOKEN"


def add_to(app: typer.Typer) -> None:
    """Register the command."""
    app.command()(edge)


def edge(
    place: Annotated[str, typer.Option("--from", help="A controller's or edge's address, or a file of definitions.")],
    token: Annotated[
        str, typer.Option("--token", help="For the controller: of scope server (TMINUS_SERVER_TOKEN).")
    ] = "",
    host: Host = "127.0.0.1",
    port: Port = EDGE_PORT,
    grpc_port: GrpcPort = None,
    tls_cert: TlsCert = None,
    tls_key: TlsKey = None,
    tls_ca: Annotated[
        Path | None,
        typer.Option("--tls-ca", help="CAs (PEM) by which the controller is known; the system's otherwise."),
    ] = None,
    json_out: AsJson = False,
) -> None:
    """Serve flags only, as a controller or a file says; the last good ones while that is away."""

    def start() -> None:
        from tminus.edge import Edge  # the server's parts take a second to load

        tls = Certificate.of(tls_cert, tls_key)
        settings = Settings(host=host, port=free_port(host, port), grpc_port=grpc_port, tls=tls)
        given = Edge(
            place,
            host,
            settings.port,
            SystemClock(),
            token or os.environ.get(TOKEN_VARIABLE, ""),
            grpc_port,
            settings.on_loopback,
            settings.environment,
            tls,
            tls_ca,
        )

        def started() -> None:
            if json_out:
                as_json({"address": settings.address, "from": place})
            else:
                people.print(f"flags of {plain(place)} are at [bold]{settings.address}[/bold]")

        try:
            asyncio.run(_serve(given, started))
        except (KeyboardInterrupt, asyncio.CancelledError):
            raise typer.Exit(INTERRUPTED) from None

    guarded(json_out, start)


async def _serve(given: Edge, started: Callable[[], None]) -> None:
    if (task := asyncio.current_task()) is not None:
        end_on_sigterm(task)
    await given.serve(started)
