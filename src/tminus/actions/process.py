"""A command in a process group of its own: its last words are kept, and it ends in time with all its children."""

from __future__ import annotations

import contextlib
import os
import selectors
import signal
import subprocess
import time

KEPT_CHARACTERS = 2000
_KEPT_BYTES = 4 * KEPT_CHARACTERS
_CHUNK = 65536  # bytes, the size of a pipe on Linux
_GLANCE = 0.05  # seconds between looks at a silent process
_LAST_WORDS = 1.0  # seconds between asking a group to end and ending it


def watch(process: subprocess.Popen[bytes], timeout: float) -> tuple[bool, str]:
    """Wait for the process itself, at most `timeout` seconds: (it ended in time, the end of its output).

    A child that it left in the background is not waited for, even when it holds the output open.
    """
    assert process.stdout is not None
    deadline = time.monotonic() + timeout
    os.set_blocking(process.stdout.fileno(), False)
    kept = bytearray()
    with selectors.DefaultSelector() as selector:
        selector.register(process.stdout, selectors.EVENT_READ)
        while process.poll() is None:
            left = deadline - time.monotonic()
            if left <= 0:
                return False, _text(kept)
            if selector.get_map():
                if selector.select(min(left, _GLANCE)) and not _read(process, kept):
                    selector.unregister(process.stdout)
            else:
                with contextlib.suppress(subprocess.TimeoutExpired):
                    process.wait(left)
    for _ in range(16):  # what is still in the pipe; a talkative child in the background must not keep us here
        if not _read(process, kept):
            break
    return True, _text(kept)


def end(process: subprocess.Popen[bytes]) -> None:
    """End the whole group: asked first, so that it can tidy up, and killed a second later whatever is left of it."""
    _signal(process, signal.SIGTERM)
    with contextlib.suppress(subprocess.TimeoutExpired):
        process.wait(_LAST_WORDS)
    _signal(process, signal.SIGKILL)
    with contextlib.suppress(subprocess.TimeoutExpired):
        process.wait(_LAST_WORDS)


def _read(process: subprocess.Popen[bytes], kept: bytearray) -> bool:
    assert process.stdout is not None
    try:
        chunk = os.read(process.stdout.fileno(), _CHUNK)
    except BlockingIOError:
        return False
    kept += chunk
    del kept[:-_KEPT_BYTES]
    return bool(chunk)


def _text(kept: bytearray) -> str:
    text = kept.decode("utf-8", "replace").replace("\r\n", "\n")
    # Escape sequences of a colourful tool would act on the terminal of whoever reads the log.
    plain = "".join(letter for letter in text if letter in "\n\t" or letter.isprintable())
    return plain.strip()[-KEPT_CHARACTERS:]


def _signal(process: subprocess.Popen[bytes], number: signal.Signals) -> None:
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid, number)
