"""The thread that lets an engine live: a step every so often, and at once when something happened."""

from __future__ import annotations

import logging
import threading
import time

from tminus.engine import Engine
from tminus.errors import TminusError
from tminus.ports import Clock

_PEEK_SECONDS = 0.05  # a kill switch pulled in another terminal is served within a tenth of a second
_log = logging.getLogger(__name__)


class Pulse:
    """Calls `engine.step(now)` every `every` seconds of real time, sooner after `wake()`."""

    def __init__(self, engine: Engine, clock: Clock, every: float) -> None:
        self._engine = engine
        self._clock = clock
        self._every = every
        self._awake = threading.Event()
        self._stopping = False
        self._thread = threading.Thread(target=self._beat, name="tminus-engine", daemon=True)

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def wake(self) -> None:
        """Step as soon as possible."""
        self._awake.set()

    def stop(self, timeout: float = 5.0) -> None:
        """End after the present step."""
        self._stopping = True
        self._awake.set()
        if self._thread is not threading.current_thread():
            self._thread.join(timeout)

    def _beat(self) -> None:
        while not self._stopping:
            self._awake.clear()
            try:
                self._engine.step(self._clock.now())
            except Exception as error:  # noqa: BLE001
                # A bug in one step must not end the watch over a running launch. It holds, and people are told.
                self._engine.trouble = f"T-minus itself failed: {type(error).__name__}: {error}"
                _log.exception("a step failed")
            self._rest()

    def _rest(self) -> None:
        """Until the next step is due, somebody wakes us, or another process has recorded something."""
        until = time.monotonic() + self._every
        while not self._awake.wait(_PEEK_SECONDS) and time.monotonic() < until:
            try:
                if self._engine.has_news():
                    return
            except TminusError:
                continue  # the next step meets the same trouble, and says so
