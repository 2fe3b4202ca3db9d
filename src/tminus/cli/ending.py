"""Ending on SIGTERM: cleanly if that is possible, and in any case soon."""

from __future__ import annotations

import asyncio
import os
import signal
import threading
from typing import Any

INTERRUPTED = 130
_PATIENCE_SECONDS = 15.0


def end_on_sigterm(task: asyncio.Task[Any]) -> None:
    """Cancel `task` when the process is told to end. What hangs after that is left behind: the log is whole anyway."""

    def end() -> None:
        task.cancel()
        last_resort = threading.Timer(_PATIENCE_SECONDS, os._exit, [INTERRUPTED])
        last_resort.daemon = True
        last_resort.start()

    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, end)
