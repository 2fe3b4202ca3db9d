"""Tokens that were handed out, in a file of the data directory: names, hashes and what each is for, never a token."""

from __future__ import annotations

import os
import secrets
import tempfile
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

import msgspec

from tminus.access import SCOPES, Access, StoredToken, digest_of
from tminus.errors import StoreError, UsageError

TOKENS_FILE = "tokens.json"
ENVIRONMENT_VARIABLE = "TMINUS_ENVIRONMENT"


class TokenFile:
    """The file, written in one step, for its owner's eyes only."""

    def __init__(self, data: Path) -> None:
        self._path = data / TOKENS_FILE
        self._seen: tuple[int, int] | None = None

    def read(self) -> list[StoredToken]:
        """All tokens, in the order in which they were added. Raises StoreError for a file that is damaged."""
        try:
            return msgspec.json.decode(self._path.read_bytes(), type=list[StoredToken])
        except FileNotFoundError:
            return []
        except (OSError, ValueError) as error:
            raise StoreError(f"{self._path} cannot be read: {error}", retryable=False) from None

    def add(self, name: str, scope: str, environment: str = "") -> str:
        """A new token, which is shown this once. Raises UsageError for a name that is taken and an unknown scope."""
        stored = self.read()
        if scope not in SCOPES:
            raise UsageError(f"{scope!a} is no scope", hint=f"use {' or '.join(SCOPES)}")
        if not name.strip() or any(one.name == name for one in stored):
            raise UsageError(f"there is a token {name!a} already" if name.strip() else "a token needs a name")
        token = f"tm-{scope}-{secrets.token_urlsafe(32)}"
        self._write([*stored, StoredToken(name, digest_of(token), scope, environment)])
        return token

    def remove(self, name: str) -> None:
        """Take a token back; servers that run refuse it within a second. Raises UsageError for an unknown name."""
        stored = self.read()
        if all(one.name != name for one in stored):
            known = ", ".join(one.name for one in stored) or "none"
            raise UsageError(f"there is no token {name!a}", hint=f"known: {known}")
        self._write([one for one in stored if one.name != name])

    def admit_to(self, access: Access, environment: str) -> None:
        """Let `access` know what the file says now; looks only at its time and size while nothing changed."""
        try:
            stat = self._path.stat()
        except OSError:
            mark = (0, 0)
        else:
            mark = (stat.st_mtime_ns, stat.st_size)
        if mark != self._seen:
            access.admit(self.read(), environment)
            self._seen = mark

    def _write(self, stored: Sequence[StoredToken]) -> None:
        temporary = ""
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            handle, temporary = tempfile.mkstemp(dir=self._path.parent, prefix=".tokens.")
            with os.fdopen(handle, "wb") as file:
                file.write(msgspec.json.format(msgspec.json.encode(stored)) + b"\n")
            os.replace(temporary, self._path)
        except OSError as error:
            with suppress(OSError):
                os.unlink(temporary)
            raise StoreError(f"{self._path} cannot be written: {error.strerror}", retryable=False) from None
