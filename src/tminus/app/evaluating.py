"""What is known of evaluations to a command: from the server of this data directory, or from its telemetry file."""

from __future__ import annotations

import contextlib

import msgspec

from tminus.app.controller import asked_of_controller
from tminus.app.settings import TELEMETRY_FILE, Settings
from tminus.core.evaluations import Asked
from tminus.errors import SourceError, StoreError

NEVER = "no evaluation of any flag was ever reported here"


def evaluations_since(settings: Settings, since: float, now: float) -> tuple[Asked | None, str]:
    """(what is known, why nothing is). While a server runs, only it can read its telemetry; else the file is read as it is."""
    answer = asked_of_controller(settings, f"flags/evaluations?since={since}")
    if answer is not None:
        with contextlib.suppress(msgspec.DecodeError):
            return _with_reason(msgspec.json.decode(answer, type=Asked | None))
    return _from_file(settings, since, now)


def _from_file(settings: Settings, since: float, now: float) -> tuple[Asked | None, str]:
    path = settings.data / TELEMETRY_FILE
    if not path.exists():
        return None, f"there is no telemetry in {settings.data}"
    # DuckDB takes a while to be imported, which most commands need not wait for.
    from tminus.engine.asking import asked_since
    from tminus.metrics.embedded_exposures import EmbeddedExposureSource
    from tminus.telemetry import TelemetryFile

    try:
        with contextlib.closing(TelemetryFile(path)) as file:
            return _with_reason(asked_since(EmbeddedExposureSource(file), since, now))
    except (StoreError, SourceError) as error:
        return None, error.message


def _with_reason(found: Asked | None) -> tuple[Asked | None, str]:
    return found, "" if found is not None else NEVER
