"""`tminus rehearse PLAN --replay DIR`: a launch that really happened, once more under another plan."""

from __future__ import annotations

import tempfile
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from rich.table import Table
from rich.text import Text

from tminus.app.settings import Settings
from tminus.cli.out import as_json, people, plain, trouble
from tminus.cli.rehearsal_words import print_lines
from tminus.errors import UsageError
from tminus.plan import Plan
from tminus.plan.quantity import format_duration
from tminus.rehearsal.recorded import Record
from tminus.rehearsal.recorded_world import FILE, RecordedStore
from tminus.rehearsal.replaying import Replay, ReplayEnd, replay
from tminus.rehearsal.run import ACTOR
from tminus.rehearsal.telling import tell

_TONES = {ReplayEnd.ROLLED_BACK: "red", ReplayEnd.COMPLETED: "green"}
_WIDEST = 100


def replay_record(plan: Plan, where: str, every: float | None, *, json_out: bool) -> None:
    """Replay the launch that is kept at `where`, and say what would have been otherwise."""
    directory, log, launch = _place(where)
    record = _record(log, launch)
    if not (directory / FILE).exists():
        raise UsageError(
            f"there is no telemetry beside the log in {directory}",
            hint="a data directory of tminus run or serve has both",
        )
    with tempfile.TemporaryDirectory(prefix="tminus-replay-") as spare:
        store = _store(directory, log, Path(spare))
        shown = trouble.status("replaying") if trouble.is_terminal and not json_out else None
        try:
            if shown:
                shown.start()
            found = replay(plan, record, store, every)
        finally:
            if shown:
                shown.stop()
            store.close()
    if json_out:
        as_json(_as_data(plan, record, found))
    else:
        _print(plan, record, found)


def _place(where: str) -> tuple[Path, Path, str]:
    """(directory, log, launch or "") of `DIR`, `DIR/log.sqlite` and either with `:LAUNCH` behind."""
    path, launch = Path(where), ""
    if not path.exists() and ":" in where:
        name, _, launch = where.rpartition(":")
        path = Path(name)
    log = path if path.is_file() else Path(Settings(data=path, store=None).log_location)
    if not log.is_file():
        raise UsageError(f"there is no log of a launch at {path}", hint="name the --data directory of the launch")
    return log.parent, log, launch


def _record(path: Path, launch: str) -> Record:
    from tminus.store.sql import SqlEventLog  # SQLAlchemy takes its time to load

    log = SqlEventLog(path)
    try:
        known = log.launches()
        first = next((one for one in known if launch in ("", one.launch)), None)
        if first is None:
            names = ", ".join(one.launch for one in known[:5]) or "none at all"
            raise UsageError(f"there is no launch {launch or ''} in {path}".replace("  ", " "), hint=f"it has {names}")
        if first.actor == ACTOR:
            raise UsageError(
                f"{first.launch} is a rehearsal itself", hint="its seed plays it again: --scenario, --seed"
            )
        log.verify(first.launch)
        return Record(log.read(first.launch))
    finally:
        log.close()


def _store(directory: Path, log: Path, spare: Path) -> RecordedStore:
    from tminus.store import ControllerLock

    lock = ControllerLock(log)
    if not lock.acquire():
        raise UsageError(
            f"T-minus runs launches in {directory} (process {lock.holder()})", hint="stop it, or replay a copy of it"
        )
    try:
        return RecordedStore(directory / FILE, spare)
    finally:
        lock.release()


def _as_data(plan: Plan, record: Record, found: Replay) -> dict[str, object]:
    return {
        "title": plan.title,
        "launch": record.launch,
        "record": {"title": record.started.title, "begins": record.begins, "ends": record.ends},
        "end": found.end,
        "ended_at": found.ended_at,
        "why": found.why,
        "every_seconds": found.every,
        "differences": [
            {"what": one.what, "record": one.record, "replay": one.replay, "words": one.words}
            for one in found.differences
        ],
        "says": found.says,
        "timeline": list(tell(found.went.records, found.went.outline)),
    }


def _print(plan: Plan, record: Record, found: Replay) -> None:
    zone = ZoneInfo(plan.timezone)
    people.print(f"[bold]{plain(plan.title)}[/bold]  [dim]replay of {plain(record.launch)}[/dim]")
    looks = f"a look every {format_duration(found.every)}; what passed in between was not seen"
    people.print(f"[dim]over the telemetry of then, {looks}[/dim]")
    print_lines(tell(found.went.records, found.went.outline), zone, record.begins)
    people.print()
    when = datetime.fromtimestamp(found.ended_at, zone)
    words = f"on {when:%a %d %b %Y, %H:%M:%S}, {format_duration(found.ended_at - record.begins)} after the start"
    people.print(Text.assemble((found.end.value, _TONES.get(found.end, "yellow")), f" {words}: {plain(found.why)}"))
    _print_differences(found, zone)
    for said in found.says:
        people.print(f"[dim]{plain(said)}[/dim]")


def _print_differences(found: Replay, zone: ZoneInfo) -> None:
    if not found.differences:
        people.print("Up to here everything happens as it did.")
        return
    table = Table(box=None, header_style="dim", pad_edge=False, padding=(0, 2, 0, 0))
    for column in ("other than it was", "record", "replay", ""):
        table.add_column(column)
    for one in found.differences:
        times = (f"{datetime.fromtimestamp(at, zone):%d %b %H:%M:%S}" if at else "" for at in (one.record, one.replay))
        table.add_row(Text(plain(one.what, _WIDEST)), *times, one.words)
    people.print()
    people.print(table)
