"""Follows a source on a thread of its own; what was read last is served until something better comes."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

from tminus.errors import SourceError, UsageError
from tminus.flags import DefinitionInvalid
from tminus.following.source import FileSource, Source, UrlSource
from tminus.held import HeldFlags

_FIRST_PAUSE_SECONDS = 0.25
_LONGEST_PAUSE_SECONDS = 5.0
_log = logging.getLogger(__name__)


class Follower:
    """Keeps `held` as the source says. `ready` is true from the first definition on; `trouble` says what is wrong now.

    `told(fresh)` is called on the follower's thread when the source goes away (False) and when it is back (True).
    """

    def __init__(self, source: Source, held: HeldFlags, told: Callable[[bool], None] = lambda fresh: None) -> None:
        self.held = held
        self.told = told
        self.trouble = ""
        self._source = source
        self._refused = ""
        self._read_once = threading.Event()
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._run, name="tminus-follow", daemon=True)

    @property
    def ready(self) -> bool:
        """Whether a definition was ever read."""
        return self._read_once.is_set()

    def start(self) -> None:
        """Begin to follow."""
        self._thread.start()

    def wait_ready(self, timeout_seconds: float) -> bool:
        """Wait for the first definition; False when there is none after that time."""
        return self._read_once.wait(timeout_seconds)

    def close(self) -> None:
        """Stop following; what is held stays."""
        self._ended.set()
        self._source.close()
        if self._thread.is_alive():
            self._thread.join(2.0)

    def _run(self) -> None:
        pause = _FIRST_PAUSE_SECONDS
        while not self._ended.is_set():
            try:
                self._read()
                pause = _FIRST_PAUSE_SECONDS
                self._source.wait(self._ended.is_set, self._read)
            except SourceError as error:
                self._troubled(str(error))
            self._ended.wait(pause)
            pause = min(pause * 2, _LONGEST_PAUSE_SECONDS)

    def _read(self) -> None:
        definition = self._source.read()
        if definition is not None:
            self._refused = self._hold(definition)
        if self._refused:
            # The place has nothing better yet, and is watched on: what it says next may be good.
            self._troubled(self._refused)
            return
        troubled, self.trouble = self.trouble, ""
        self._read_once.set()
        if troubled:
            _log.warning("following again")
            self.told(True)

    def _hold(self, definition: dict[str, Any]) -> str:
        """Serve it; what is wrong with it where that cannot be."""
        try:
            self.held.hold(definition)
        except DefinitionInvalid as error:
            return str(error)
        return ""

    def _troubled(self, words: str) -> None:
        if self._ended.is_set():
            return
        before, self.trouble = self.trouble, words
        if words != before:
            kept = "the last good flags are served" if self.ready else "there are no flags yet"
            _log.warning("%s; %s", words, kept)
        if not before:
            self.told(False)


def follow(place: str, token: str = "", authorities: Path | str | None = None) -> Follower:
    """A follower of a controller's address or of a file.

    `authorities` is a PEM file of the CAs by which an https address is known; None for the system's. Raises UsageError
    for a place that cannot be either, and for CAs that cannot be read.
    """
    if place.startswith(("http://", "https://")):
        return Follower(UrlSource(place, token, authorities=authorities), HeldFlags(strict=False))
    if "://" in place or not Path(place).is_file():
        raise UsageError(f"{place} is neither an address nor a file", hint="as http://127.0.0.1:8620, or flags.json")
    return Follower(FileSource(Path(place)), HeldFlags(strict=False))
