"""Commands about launches: run, serve, status, log."""

from __future__ import annotations

import asyncio
import time
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from tminus.app.clock import SystemClock
from tminus.app.controller import ask_controller
from tminus.app.launching import begin_or_continue, missing_variables
from tminus.app.ledgers import open_ledger
from tminus.app.settings import DEFAULT_PORT, Settings, free_port, login_name
from tminus.app.view import View
from tminus.app.viewing import build_view, feed
from tminus.cli.ending import INTERRUPTED, end_on_sigterm
from tminus.cli.follow import follow_desk, follow_log
from tminus.cli.options import AsJson, Data, GrpcPort, Host, Launch, PlanFiles, Port, Store, TlsCert, TlsKey
from tminus.cli.out import MARKS, TONES, as_json, guarded, people, plain, trouble
from tminus.cli.times import PlanTimes
from tminus.core.facts import Facts
from tminus.errors import StoreError, UsageError
from tminus.plan import read_plan
from tminus.ports import EventLog
from tminus.tls import Certificate

if TYPE_CHECKING:
    from tminus.app.launchpad import Launchpad


def add_to(app: typer.Typer) -> None:
    """Register the commands."""
    for command in (run, status, log):
        app.command()(command)
    app.command("serve")(serve_alone)


def run(
    plan: PlanFiles,
    name: Annotated[str, typer.Option("--name", help="The launch's name; made from the title otherwise.")] = "",
    pace: Annotated[
        float, typer.Option("--pace", help="How many times faster waiting passes: 20160 is 1w in 30s.")
    ] = 1.0,
    allow_moves: Annotated[bool, typer.Option("--allow-moves", help="Launch though users change variant.")] = False,
    data: Data = None,
    store: Store = None,
    host: Host = "127.0.0.1",
    port: Port = DEFAULT_PORT,
    grpc_port: GrpcPort = None,
    tls_cert: TlsCert = None,
    tls_key: TlsKey = None,
    json_out: AsJson = False,
) -> None:
    """Launch a plan and drive it to its end; run it again to go on where it stopped."""
    settings = settings_of(data, store, host, port, grpc_port)

    def start() -> None:
        encrypted = replace(settings, tls=Certificate.of(tls_cert, tls_key))
        _run(plan, name, pace, encrypted, json_out, allow_moves)

    guarded(json_out, start)


def _run(files: list[Path], name: str, pace: float, settings: Settings, json_out: bool, allow_moves: bool) -> None:
    plan = read_plan(files)
    needed, unreachable = missing_variables(plan, settings.environment)
    if needed:
        raise UsageError(
            f"the plan needs variables that are not set: {', '.join(needed)}", hint="export them, then run again"
        )
    if unreachable and not json_out:
        trouble.print(f"[yellow]nobody is told through these, they are not set:[/yellow] {', '.join(unreachable)}")
    from tminus.app.launchpad import Launchpad  # the server's parts take a second to load, and only it needs them
    from tminus.server.serve import access_of

    access_of(settings)
    try:
        launchpad = Launchpad(_listening(settings))
    except UsageError as error:
        if error.code != "already-running":
            raise
        # A server drives the launches of this directory: it takes up what is recorded here.
        log = open_log(settings.data, settings.store)
        launch = begin_or_continue(log, plan, name, pace, SystemClock(), login_name(), allow_moves=allow_moves)
        people.print(f"[cyan]▮[/cyan] {launch}: driven by the T-minus that runs here already", style="dim")
        raise typer.Exit(follow_log(open_ledger(log, launch, SystemClock()), json_out)) from None
    clock, actor = launchpad.clock, login_name()
    launch = begin_or_continue(launchpad.log, plan, name, pace, clock, actor, allow_moves=allow_moves)
    if not json_out and launchpad.log.head(launch) > 1:
        people.print(f"[cyan]▮[/cyan] {launch} goes on where it stopped; what happened so far:", style="dim")
    _drive(launchpad, launch, json_out)


def serve_alone(
    data: Data = None,
    store: Store = None,
    host: Host = "127.0.0.1",
    port: Port = DEFAULT_PORT,
    grpc_port: GrpcPort = None,
    tls_cert: TlsCert = None,
    tls_key: TlsKey = None,
    json_out: AsJson = False,
) -> None:
    """Serve the console, flags and telemetry, and drive the newest launch as long as it is not finished."""
    plainly = settings_of(data, store, host, port, grpc_port)

    def start() -> None:
        from tminus.app.launchpad import Launchpad
        from tminus.server.serve import access_of

        settings = replace(plainly, tls=Certificate.of(tls_cert, tls_key))
        access_of(settings)
        _drive(Launchpad(_listening(settings)), "", json_out)

    guarded(json_out, start)


def _drive(launchpad: Launchpad, launch: str, json_out: bool) -> None:
    """Serve and, with a launch, follow it to its end."""
    from tminus.server.serve import serve

    code = 0

    async def both() -> int:
        if (task := asyncio.current_task()) is not None:
            end_on_sigterm(task)
        if launch:
            await asyncio.to_thread(launchpad.adopt, launch)
        serving = asyncio.create_task(serve(launchpad, started=lambda: _announce(launchpad, json_out)))
        following = asyncio.create_task(follow_desk(launchpad, json_out)) if launch else serving
        try:
            done, _ = await asyncio.wait({serving, following}, return_when=asyncio.FIRST_COMPLETED)
            if serving in done and not serving.cancelled():
                serving.result()  # what it raised, such as a port that is taken, is for the person who started it
            return (following.result() or 0) if launch and following in done else 0
        finally:
            for task in {serving, following}:
                task.cancel()
            await asyncio.gather(serving, following, return_exceptions=True)

    try:
        code = asyncio.run(both())
    except (KeyboardInterrupt, asyncio.CancelledError):
        code = INTERRUPTED
    finally:
        launchpad.close()
    if code:
        raise typer.Exit(code)


def _announce(launchpad: Launchpad, json_out: bool) -> None:
    if json_out:
        as_json({"address": launchpad.settings.address})
    else:
        people.print(f"T-minus is at [bold]{launchpad.settings.address}[/bold]")


def status(launch: Launch = "", data: Data = None, store: Store = None, json_out: AsJson = False) -> None:
    """Where a launch stands: what holds it, until when, and who can act."""
    guarded(json_out, lambda: _status(launch, settings_of(data, store), json_out))


def _status(launch: str, settings: Settings, json_out: bool) -> None:
    log, clock = open_log(settings.data, settings.store), SystemClock()
    name = pick(log, launch)
    live = ask_controller(settings, name)
    if live is not None:
        view = live
    else:
        ledger = open_ledger(log, name, clock)
        driver = (
            []
            if ledger.state.status.ended
            else ["Nobody drives this launch now; this is where it stopped. tminus serve goes on."]
        )
        view = build_view(ledger.outline, ledger.state, Facts(), clock.now(), driver)
    if json_out:
        as_json(view)
    else:
        _print_status(view)


def _print_status(view: View) -> None:
    colour = TONES.get(view.tone, "")
    people.print(
        f"[bold]{plain(view.title)}[/bold] [dim]{view.launch}[/dim]  [{colour}]{plain(view.headline)}[/{colour}]"
    )
    for line in view.troubles:
        people.print(f"[yellow]{plain(line)}[/yellow]")
    people.print(plain(view.sentence))
    for phase in view.phases:
        mark = {"done": "[green]✓[/green]", "now": "[cyan]▮[/cyan]"}.get(phase.state, "[dim]·[/dim]")
        stages = "  ".join(
            f"{s.share * 100:g} %{' ✓' if s.state == 'done' else ' ▮' if s.state == 'now' else ''}"
            for s in phase.stages
        )
        boxes = f"  {phase.boxes_proven} of {phase.boxes_total} boxes" if phase.boxes_total else ""
        people.print(f"  {mark} {plain(phase.title)}{boxes}  [dim]{stages}[/dim]")
    for criterion in view.criteria:
        if criterion.role == "gate":
            mark = {"holds": "[green]✓[/green]", "fails": "[red]✗[/red]"}.get(criterion.state, "[yellow]◌[/yellow]")
            people.print(f"  {mark} {plain(criterion.text)}  {criterion.value_text}")
    if view.guard:
        people.print(f"  guard {plain(view.guard.sentence)}")
        for earned in view.guard.earned:
            mark = "[green]✓[/green]" if earned.shown else "[yellow]◌[/yellow]"
            people.print(f"  {mark} {plain(earned.sentence)}")
    for flag in (one for one in view.flags if one.kept_from):
        switch = f", switched off by {flag.killed_by}" if flag.killed_by else ""
        people.print(f"  [dim]flag {flag.key}, kept from {flag.kept_from}:[/dim] {plain(flag.stands + switch)}")
    for flag in (one for one in view.flags if one.next_change):
        people.print(f"  [dim]flag {flag.key} changes to[/dim] {plain(flag.next_change)}")
    for box in view.boxes_waiting:
        people.print(f"  [magenta]✋[/magenta] {plain(box.text)}  [dim]{box.task}[/dim]")


def log(
    launch: Launch = "",
    data: Data = None,
    store: Store = None,
    everything: Annotated[bool, typer.Option("--all", help="Also what is written for the record only.")] = False,
    follow: Annotated[bool, typer.Option("--follow", "-f", help="Go on printing what comes.")] = False,
    verify: Annotated[bool, typer.Option("--verify", help="Check the hash chain of the whole log.")] = False,
    json_out: AsJson = False,
) -> None:
    """What happened, and why: the launch's log, one line an event."""
    guarded(json_out, lambda: _log(launch, settings_of(data, store), everything, follow, verify, json_out))


def _log(launch: str, settings: Settings, everything: bool, follow: bool, verify: bool, json_out: bool) -> None:
    events = open_log(settings.data, settings.store)
    name = pick(events, launch)
    if verify:
        count = events.verify(name)
        if json_out:
            as_json({"launch": name, "events": count, "ok": True})
        else:
            people.print(f"[green]✓[/green] {name}: {count} events, the chain is whole")
        return
    outline = open_ledger(events, name, SystemClock()).outline
    times, after = PlanTimes(outline.plan.timezone), 0
    while True:
        records = events.read(name, after)
        if json_out:
            for record in records:
                as_json(record)
        else:
            for item in feed(outline, records, everything=everything):
                when = times.tell(item.at, "%Y-%m-%d %H:%M:%S")
                people.print(
                    f"[dim]{when}[/dim] [{MARKS[item.mark]}]{item.mark}[/] {item.text.replace('[', chr(92) + '[')}"
                )
        after = records[-1].seq if records else after
        if not follow:
            return
        time.sleep(0.5)


def open_log(data: Path | None, store: str | None) -> EventLog:
    """The log of this directory. Raises `StoreError` when there is none yet."""
    settings = settings_of(data, store)
    if isinstance(settings.log_location, Path) and not settings.log_location.exists():
        raise StoreError(
            f"there is no launch in {settings.data}", hint="tminus run PLAN starts one, --data names another place",
            retryable=False,
        )  # fmt: skip
    from tminus.store.sql import SqlEventLog

    return SqlEventLog(settings.log_location)


def pick(log: EventLog, launch: str) -> str:
    """The launch that is meant: by name, or the newest. Raises `UsageError` when there is none."""
    names = [first.launch for first in log.launches()]
    if launch and launch not in names:
        raise UsageError(f"there is no launch {launch}", hint=f"there are: {', '.join(names[:8]) or 'none'}")
    if not names:
        raise UsageError("nothing has been launched yet", hint="tminus run PLAN starts a launch")
    return launch or names[0]


def _listening(settings: Settings) -> Settings:
    """The settings with a port that is free: a busy one is replaced by the next."""
    return replace(settings, port=free_port(settings.host, settings.port))


def settings_of(
    data: Path | None,
    store: str | None,
    host: str = "127.0.0.1",
    port: int = DEFAULT_PORT,
    grpc_port: int | None = None,
) -> Settings:
    """What the options say, over what the environment says."""
    given: dict[str, Any] = {"host": host, "port": port, "grpc_port": grpc_port}
    if data is not None:
        given["data"] = data
    if store is not None:
        given["store"] = store
    return Settings(**given)
