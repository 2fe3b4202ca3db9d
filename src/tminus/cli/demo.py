"""`tminus demo`: watch a launch run, within minutes, on this machine."""

from __future__ import annotations

import asyncio
import importlib.util
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from tminus.app.settings import DEFAULT_PORT
from tminus.cli.ending import INTERRUPTED, end_on_sigterm
from tminus.cli.out import as_json, guarded, people, trouble
from tminus.errors import UsageError

if TYPE_CHECKING:
    from tminus.app.launchpad import Launchpad
    from tminus.demo.run import Script

DEFAULT_PACE = 20160.0  # a week in thirty seconds
_COLOURS = {"▮": "cyan", "✓": "green", "✗": "red", "✉": "magenta"}


def add_to(app: typer.Typer) -> None:
    """Register the command."""
    app.command()(demo)


def demo(
    headless: Annotated[bool, typer.Option("--headless", help="End after the last act instead of staying up.")] = False,
    json_out: Annotated[bool, typer.Option("--json", help="End with one JSON object.")] = False,
    pace: Annotated[float, typer.Option("--pace", help="How many times faster waiting passes.")] = DEFAULT_PACE,
    rate: Annotated[float, typer.Option("--rate", help="Requests a second.")] = 100.0,
    users: Annotated[int, typer.Option("--users", help="Distinct users.")] = 2000,
    seed: Annotated[int, typer.Option("--seed", help="Who comes when.")] = 7,
    port: Annotated[int, typer.Option("--port", help="The port; a free one after it when it is busy.")] = DEFAULT_PORT,
    data: Annotated[Path | None, typer.Option("--data", help="Keep the launch's files here.")] = None,
) -> None:
    """A bad release is caught and rolled back by itself; the mended one reaches everybody. Nothing is simulated but time."""

    def say(mark: str, text: str) -> None:
        (trouble if json_out else people).print(
            f"[{_COLOURS.get(mark, 'dim')}]{mark}[/] {text.replace('[', chr(92) + '[')}"
        )

    guarded(json_out, _check_parts)
    from tminus.demo.run import Script

    def show(launchpad: Launchpad) -> None:
        say("▮", f"Open {launchpad.settings.address} and watch.")

    script = Script(pace, rate, users, seed, port, data, stay=not headless, say=say, show=show)

    def act() -> None:
        try:
            result = asyncio.run(_interruptible(script))
        except asyncio.CancelledError:
            raise typer.Exit(INTERRUPTED) from None
        if json_out:
            as_json(result)
        elif not result["ok"]:
            say("✗", result["verdict"])
        if not result["ok"]:
            raise typer.Exit(1)

    guarded(json_out, act)


def _check_parts() -> None:
    missing = [name for name in ("openfeature", "opentelemetry.sdk", "h11") if not _installed(name)]
    if missing:
        hint = "pip install 'tminus[demo]'"
        raise UsageError(f"the sample service needs packages that are not here: {', '.join(missing)}", hint=hint)


def _installed(name: str) -> bool:
    try:
        return importlib.util.find_spec(name) is not None
    except ModuleNotFoundError:
        return False


async def _interruptible(script: Script) -> dict[str, Any]:
    from tminus.demo.run import play

    task = asyncio.ensure_future(play(script))
    end_on_sigterm(task)
    return await task
