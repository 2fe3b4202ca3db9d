"""What a process is told from outside: where its data lies, where it listens, which variables it may read."""

from __future__ import annotations

import getpass
import ipaddress
import os
import socket
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from tminus.errors import UsageError
from tminus.tls import Certificate

DEFAULT_PORT = 8620
DATA_VARIABLE = "TMINUS_DATA"
STORE_VARIABLE = "TMINUS_STORE"
TELEMETRY_FILE = "telemetry.duckdb"  # in the data directory


@dataclass(frozen=True)
class Settings:
    """`store` is a SQLAlchemy URL for the log; None keeps it in a SQLite file in the data directory."""

    data: Path = field(default_factory=lambda: Path(os.environ.get(DATA_VARIABLE, ".tminus")))
    store: str | None = field(default_factory=lambda: os.environ.get(STORE_VARIABLE))
    host: str = "127.0.0.1"
    port: int = DEFAULT_PORT
    grpc_port: int | None = None
    tls: Certificate | None = None
    environment: Mapping[str, str] = field(default_factory=lambda: dict(os.environ))

    @property
    def log_location(self) -> str | Path:
        """What `SqlEventLog` opens."""
        return self.store or self.data / "log.sqlite"

    @property
    def on_loopback(self) -> bool:
        """True where only this machine can connect."""
        if self.host == "localhost":
            return True
        try:
            return ipaddress.ip_address(self.host).is_loopback
        except ValueError:
            return False

    @property
    def address(self) -> str:
        """The address people open."""
        host = "127.0.0.1" if self.host in ("0.0.0.0", "::") else self.host
        scheme = "http" if self.tls is None else "https"
        return f"{scheme}://{f'[{host}]' if ':' in host else host}:{self.port}"


def free_port(host: str, wanted: int, tries: int = 50) -> int:
    """`wanted`, or the next free port after it. Raises `UsageError` when the address cannot be bound at all."""
    if not 0 <= wanted <= 65535:
        raise UsageError(f"there is no port {wanted}", hint="give one from 1 to 65535; 0 takes any that is free")
    for port in [*range(wanted, min(wanted + tries, 65536)), 0]:
        with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET, socket.SOCK_STREAM) as trial:
            trial.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                trial.bind((host, port))
            except PermissionError:
                continue
            except OSError as error:
                if error.errno in (98, 48):  # in use, on Linux and on macOS
                    continue
                raise UsageError(f"cannot listen on {host}: {error.strerror}", hint="choose another --host") from None
            return int(trial.getsockname()[1])
    raise UsageError(f"no free port from {wanted} on", hint="choose another --port")


def login_name() -> str:
    """Who sits at this machine, for the log."""
    try:
        return getpass.getuser()
    except (KeyError, OSError):  # no password entry for this user id, as in many containers
        return "operator"
