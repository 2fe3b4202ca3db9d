"""The options that several commands share."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

PlanFiles = Annotated[list[Path], typer.Argument(help="The plan, and overlays that are laid over it in order.")]
Launch = Annotated[str, typer.Option("--launch", "-l", help="Which launch; the newest otherwise.")]
Data = Annotated[Path | None, typer.Option("--data", help="Where T-minus keeps its files (TMINUS_DATA, .tminus).")]
Store = Annotated[str | None, typer.Option("--store", help="The log as a database URL (TMINUS_STORE).")]
AsJson = Annotated[bool, typer.Option("--json", help="For scripts.")]
Host = Annotated[str, typer.Option("--host", help="Where to listen. Beyond this machine TMINUS_TOKEN is needed.")]
Port = Annotated[int, typer.Option("--port", help="The port; a free one after it when it is busy.")]
GrpcPort = Annotated[int | None, typer.Option("--grpc-port", help="Speak flagd's gRPC here too (8013, or 0 for any).")]
TlsCert = Annotated[Path | None, typer.Option("--tls-cert", help="Serve TLS, showing this certificate chain (PEM).")]
TlsKey = Annotated[Path | None, typer.Option("--tls-key", help="The certificate's private key (PEM).")]
