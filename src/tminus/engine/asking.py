"""Reading what evaluations say of the plan's flags, every ten seconds, as they are reported."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from tminus.core.evaluations import Answers, Asked, Evaluations
from tminus.core.state import State
from tminus.errors import SourceError
from tminus.ports import ExposureSource

_EVERY_SECONDS = 10.0
_REPORTED_SECONDS = 30.0  # a silence younger than this is no silence: evaluations are reported every ten seconds
_HOUR = 3600.0
_NAME = "evaluations"


@dataclass
class Asking:
    """`known` is what was read last; None where no source is there, it cannot answer, or no evaluation was ever reported."""

    source: ExposureSource | None
    on_trouble: Callable[[str, str], None]
    known: Evaluations | None = None
    _due: float = 0.0
    _about: tuple[object, ...] = ()

    def look(self, flag: str, state: State, seen_at: float | None, now: float) -> None:
        """`flag` is the one whose rollout is guarded, empty for none; `seen_at` when its new variant was last measured."""
        if self.source is None:
            return
        began = max(state.stage_started_at, state.rollout_since)
        if now < self._due and (flag, began) == self._about:
            return
        self._due, self._about = now + _EVERY_SECONDS, (flag, began)
        try:
            self.known = self._read(self.source, flag, began, max(seen_at or 0.0, began), now)
            self.on_trouble(_NAME, "")
        except SourceError as error:
            self.known = None
            self.on_trouble(_NAME, error.message)

    def _read(
        self, source: ExposureSource, flag: str, began: float, silent_since: float, now: float
    ) -> Evaluations | None:
        hour = source.answers(now - _HOUR)
        if hour is None:
            return None
        by_flag = {key: Answers(now - _HOUR, found) for key, found in hour.items()}
        if not flag:
            return Evaluations(by_flag)
        stage = _of(flag, source.answers(began), began)
        if now - silent_since < _REPORTED_SECONDS:
            return Evaluations(by_flag, flag, stage)
        silent = stage if silent_since == began else _of(flag, source.answers(silent_since), silent_since)
        return Evaluations(by_flag, flag, stage, silent)


def _of(flag: str, found: Mapping[str, Mapping[str, int]] | None, since: float) -> Answers:
    return Answers(since, (found or {}).get(flag, {}))


def asked_since(source: ExposureSource, since: float, now: float) -> Asked | None:
    """What is known of every flag; None where no evaluation was ever reported. Raises SourceError."""
    counted = source.answers(since)
    return None if counted is None else Asked(since, source.kept_since(now), counted, source.newest())
