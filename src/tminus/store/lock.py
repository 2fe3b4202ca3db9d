"""One engine at a time controls a log on this machine."""

from __future__ import annotations

import contextlib
import fcntl
import os
from pathlib import Path

from tminus.errors import StoreError


class ControllerLock:
    """A lock file beside an SQLite log. The operating system frees it when the process ends, however it ends.

    The file stays behind on purpose: deleting a lock file lets two processes hold a lock of the same name.
    """

    def __init__(self, log: Path) -> None:
        self.path = log.with_name(f"{log.name}.lock")
        self._descriptor: int | None = None

    def acquire(self) -> bool:
        """True when this object holds the lock now. Never waits. Raises `StoreError` when there can be no lock file."""
        if self._descriptor is not None:
            return True
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            descriptor = os.open(self.path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
        except OSError as error:
            raise StoreError(f"cannot open the lock file {self.path}: {error.strerror}", retryable=False) from error
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(descriptor)
            return False
        except OSError as error:
            os.close(descriptor)
            raise StoreError(f"cannot lock {self.path}: {error.strerror}", retryable=False) from error
        self._descriptor = descriptor
        with contextlib.suppress(OSError):  # a full disk: the lock holds, only its note is missing
            os.ftruncate(descriptor, 0)
            os.pwrite(descriptor, f"{os.getpid()}\n".encode(), 0)
        return True

    def holder(self) -> str:
        """The process id written by whoever took the lock last, for an error message; empty when unknown."""
        try:
            return self.path.read_text().strip()
        except (OSError, UnicodeDecodeError):
            return ""

    def release(self) -> None:
        """Let the next one have it. Harmless when it is not held."""
        descriptor, self._descriptor = self._descriptor, None
        if descriptor is not None:
            os.close(descriptor)
