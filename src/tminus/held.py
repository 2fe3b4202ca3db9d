"""The flags that somebody serves now: the definition, compiled, and who wants to hear of the next one."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable, Mapping
from typing import Any, TypeAlias

import msgspec

from tminus.flags import FlagSet, compile_flags

# How often each (flag, variant or None, reason) was answered.
Counts: TypeAlias = dict[tuple[str, str | None, str], int]
# (flag, variant, reason, targeting key or "") of some evaluations; the oldest fall out.
Samples: TypeAlias = deque[tuple[str, str | None, str, str]]
# The first, and then one of so many (a power of two, less one), evaluations with the same answer is kept as a sample.
SAMPLE_MASK = 255
MOST_SAMPLES = 1_000
_LONGEST_SUBJECT = 256

NOTHING: dict[str, Any] = {"flags": {}}


class HeldFlags:
    """Holds the present `FlagSet`. `current` is one attribute read: the hot path takes no lock.

    Listeners are called on the thread that brings a change, after it is served; they must be quick and never raise.
    """

    def __init__(self, definition: Mapping[str, Any] = NOTHING, *, strict: bool = True) -> None:
        self._strict = strict
        self._listeners: dict[object, Callable[[], None]] = {}
        self._turn = threading.Lock()
        self.flag_set: FlagSet = compile_flags(definition, strict=strict)
        # As text: that is a fourth of what the same in dicts and lists takes, and nobody can change it any more.
        self._text = msgspec.json.encode(definition)

    @property
    def definition(self) -> dict[str, Any]:
        """The definition that is served, a copy."""
        found: dict[str, Any] = msgspec.json.decode(self._text)
        return found

    def current(self) -> FlagSet:
        """The flags to evaluate by."""
        return self.flag_set

    def hold(self, definition: Mapping[str, Any]) -> bool:
        """Serve this definition from now on. True when it is another. Raises DefinitionInvalid and keeps the old one."""
        flags = compile_flags(definition, strict=self._strict, known=self.flag_set)
        text = msgspec.json.encode(definition)
        with self._turn:
            changed = flags.revision != self.flag_set.revision
            if changed:
                self._text, self.flag_set = text, flags
            listeners = list(self._listeners.values()) if changed else []
        for heard in listeners:
            heard()
        return changed

    def listen(self, heard: Callable[[], None]) -> Callable[[], None]:
        """Call `heard()` after each change, from any thread. Returns what ends that."""
        mark = object()
        with self._turn:
            self._listeners[mark] = heard

        def forget() -> None:
            with self._turn:
                self._listeners.pop(mark, None)

        return forget

    def document(self) -> tuple[str, bytes]:
        """The revision and the definition as JSON, of one moment."""
        with self._turn:
            return self.flag_set.revision, self._text


def subject_of(context: Mapping[str, Any]) -> str:
    """Who a sample is about: the targeting key, or "" where there is none or one that is too long to be kept."""
    key = context.get("targetingKey")
    return key if isinstance(key, str) and len(key) <= _LONGEST_SUBJECT else ""
