"""`tminus flags stale`: flags to clear away, by the launch's log and by who still asks for them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any

import msgspec
import typer

from tminus.app.clock import SystemClock
from tminus.app.evaluating import evaluations_since
from tminus.app.ledgers import open_ledger
from tminus.cli.launches import open_log, pick, settings_of
from tminus.cli.options import AsJson, Data, Launch, Store
from tminus.cli.out import as_json, guarded, people, plain
from tminus.core.evaluations import Asked
from tminus.core.stale import StaleFlag, known_for, known_words, stale_flags
from tminus.core.state import State
from tminus.errors import UsageError

_DAY = 86_400.0
_LARGEST_SOURCE = 1_000_000
_MOST_PLACES = 20
_SKIPPED = frozenset({".git", ".hg", ".venv", "node_modules", "__pycache__", "dist", "build"})


def stale(
    days: Annotated[
        float, typer.Option("--days", min=0, help="On or off for everybody, or not asked for, for so long.")
    ] = 30,
    code: Annotated[Path | None, typer.Option("--code", help="Say where the sources in this folder name them.")] = None,
    launch: Launch = "",
    data: Data = None,
    store: Store = None,
    json_out: AsJson = False,
) -> None:
    """Flags to clear away: those that everybody or nobody has had for days, that nobody asks for, or that expired; and where
    the code names them."""

    def act() -> None:
        now, settings = SystemClock().now(), settings_of(data, store)
        log = open_log(settings.data, settings.store)
        ledger = open_ledger(log, pick(log, launch), SystemClock())
        asked, why = evaluations_since(settings, now - days * _DAY, now)
        found = stale_flags(ledger.outline, ledger.state, now, seconds=days * _DAY, asked=asked)
        places = _places(code, [one.flag for one in found]) if code is not None else {}
        if json_out:
            as_json([_data(one, asked) | {"places": places.get(one.flag, [])} for one in found])
            return
        if not found:
            people.print(f"No flag has been on or off for everybody for {days:g} days, and none has expired.")
        for one in found:
            people.print(_line(one, now))
            for place in places.get(one.flag, []):
                people.print(f"    [dim]{plain(place)}[/dim]")
        people.print(f"[dim]{plain(_reach(asked, why, ledger.state, now, days))}[/dim]")

    guarded(json_out, act)


def _line(one: StaleFlag, now: float) -> str:
    expiry = f"; {'expired' if one.expired else 'expires'} on {one.expires[:10]}" if one.expires else ""
    owner = f"; {one.owner} owns it" if one.owner else ""
    unasked = f"; {one.unasked}" if one.unasked else ""
    return (
        f"[bold]{one.flag}[/bold]  {plain(one.words)}, for {(now - one.since) / _DAY:.0f} days{unasked}{expiry}{owner}"
    )


def _data(one: StaleFlag, asked: Asked | None) -> dict[str, Any]:
    moments = {"last_asked": _iso(one.last_asked), "telemetry_since": _iso(asked.kept_since if asked else None)}
    return {**msgspec.to_builtins(one), **moments}


def _iso(at: float | None) -> str | None:
    return None if at is None else datetime.fromtimestamp(at, UTC).isoformat(timespec="seconds")


def _reach(asked: Asked | None, why: str, state: State, now: float, days: float) -> str:
    """How far back it is known who asks for the flags."""
    if asked is None:
        return f"Which flags nobody asks for is not known: {why}."
    if known_for(asked, state, now) >= days * _DAY:
        return f"Who asks for a flag was read of the last {days:g} days."
    return f"Who asks for a flag is known of {known_words(asked, state, now)}, not of {days:g} days."


def _places(folder: Path, names: list[str]) -> dict[str, list[str]]:
    """`file:line` of the sources that name each flag as a whole word, `_MOST_PLACES` at most for each."""
    if not folder.is_dir():
        raise UsageError(f"{folder} is no folder", hint="--code takes the folder of the sources")
    patterns = {name: re.compile(rf"(?<![\w-]){re.escape(name)}(?![\w-])") for name in names}
    places: dict[str, list[str]] = {name: [] for name in names}
    for path in _sources(folder):
        text = path.read_bytes().decode(errors="replace")
        for name, pattern in patterns.items():
            if name not in text or len(places[name]) >= _MOST_PLACES:
                continue
            lines = (number for number, line in enumerate(text.splitlines(), 1) if pattern.search(line))
            places[name] += [f"{path.relative_to(folder)}:{number}" for number in lines]
            del places[name][_MOST_PLACES:]
    return places


def _sources(folder: Path) -> Iterator[Path]:
    for path in sorted(folder.iterdir()):
        if path.is_symlink() or path.name in _SKIPPED:
            continue
        if path.is_dir():
            yield from _sources(path)
        elif path.is_file() and path.stat().st_size <= _LARGEST_SOURCE:
            yield path
