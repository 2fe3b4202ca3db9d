"""Commands that people give a launch: they are recorded in its log, and whoever drives it acts at once."""

from __future__ import annotations

import time
from typing import Annotated

import typer

from tminus.app.clock import SystemClock
from tminus.app.desk import command_events
from tminus.app.ledgers import open_ledger
from tminus.app.settings import login_name
from tminus.cli.launches import open_log, pick
from tminus.cli.options import AsJson, Data, Launch, Store
from tminus.cli.out import as_json, guarded, people
from tminus.core.facts import Facts
from tminus.core.situation import describe
from tminus.core.state import State
from tminus.engine.ledger import Ledger

_PATIENCE_TENTHS = 3
_ENDS_LATER = (
    "Everybody has the default. The T-minus that drives the launch does the rollback's actions, then it ends; "
    "tminus abort again ends it at once, without them."
)
Reason = Annotated[str, typer.Option("--reason", "-r", help="Why; it stands in the log.")]
As = Annotated[str, typer.Option("--as", help="Who you are; your login name otherwise.")]
RoleOption = Annotated[str, typer.Option("--role", help="The role you say it in.")]


def add_to(app: typer.Typer) -> None:
    """Register the commands."""
    for command in (go, sign, hold, resume, rollback, abort, kill, restore, settle):
        app.command()(command)


def go(
    role: RoleOption, launch: Launch = "", reason: Reason = "", who: As = "", data: Data = None, store: Store = None,
    json_out: AsJson = False,
) -> None:  # fmt: skip
    """Say go, as a role, at the gates that ask for it now."""
    give("go", launch, who, data, store, json_out, role=role, reason=reason)


def sign(
    box: Annotated[str, typer.Argument(help="The box's id, as `tminus status` shows it.")],
    role: RoleOption, launch: Launch = "", reason: Reason = "", who: As = "", data: Data = None, store: Store = None,
    json_out: AsJson = False,
) -> None:  # fmt: skip
    """Vouch for a box, or for a criterion that is not measured, as a role."""
    give("sign", launch, who, data, store, json_out, role=role, target=box, reason=reason)


def hold(
    launch: Launch = "", reason: Reason = "", who: As = "", data: Data = None, store: Store = None,
    json_out: AsJson = False,
) -> None:  # fmt: skip
    """Stop the launch from going on; guards, triggers and alerts keep watching."""
    give("hold", launch, who, data, store, json_out, reason=reason)


def resume(
    launch: Launch = "", reason: Reason = "", who: As = "", data: Data = None, store: Store = None,
    json_out: AsJson = False,
) -> None:  # fmt: skip
    """Go on after a hold; after a rollback, send the mended release out from the first stage."""
    give("resume", launch, who, data, store, json_out, reason=reason)


def rollback(
    launch: Launch = "", reason: Reason = "", who: As = "", data: Data = None, store: Store = None,
    json_out: AsJson = False,
) -> None:  # fmt: skip
    """Give everybody the default again, and do what the plan says about going back."""
    give("rollback", launch, who, data, store, json_out, reason=reason)


def abort(
    launch: Launch = "", reason: Reason = "", who: As = "", data: Data = None, store: Store = None,
    json_out: AsJson = False,
) -> None:  # fmt: skip
    """End the launch for good: everybody has the default again, and what a rollback does is done where users had more."""
    give("abort", launch, who, data, store, json_out, reason=reason)


def kill(
    flag: str, launch: Launch = "", reason: Reason = "", who: As = "", data: Data = None, store: Store = None,
    json_out: AsJson = False,
) -> None:  # fmt: skip
    """Pull a flag's kill switch."""
    give("kill", launch, who, data, store, json_out, target=flag, reason=reason)


def restore(
    flag: str, launch: Launch = "", reason: Reason = "", who: As = "", data: Data = None, store: Store = None,
    json_out: AsJson = False,
) -> None:  # fmt: skip
    """Put a flag's kill switch back."""
    give("restore", launch, who, data, store, json_out, target=flag, reason=reason)


def settle(
    action: Annotated[str, typer.Argument(help="The action's key, as the log shows it.")],
    outcome: Annotated[str, typer.Argument(help="done, or again.")],
    launch: Launch = "", reason: Reason = "", who: As = "", data: Data = None, store: Store = None,
    json_out: AsJson = False,
) -> None:  # fmt: skip
    """Say what became of an action that failed or is in doubt."""
    give("settle", launch, who, data, store, json_out, target=action, outcome=outcome, reason=reason)


def give(
    name: str, launch: str, who: str, data: Data, store: Store, json_out: bool, *,
    role: str = "", target: str = "", outcome: str = "", reason: str = "",
) -> None:  # fmt: skip
    """Record a command in the launch's log, and say where the launch stands once whoever drives it has looked."""

    def act() -> None:
        log, clock, actor = open_log(data, store), SystemClock(), who or login_name()
        ledger = open_ledger(log, pick(log, launch), clock)
        state = ledger.command(
            lambda now: command_events(ledger, now, name, actor, role, target, outcome, reason), actor
        )
        state = _settled(ledger, state)
        situation = describe(ledger.outline, state, Facts(), clock.now())
        if json_out:
            as_json({"launch": state.launch, "seq": state.seq, "status": state.status, "headline": situation.headline})
        else:
            people.print(f"[green]✓[/green] {name} recorded. {situation.headline}")
            if name == "abort" and not state.status.ended:
                people.print(_ENDS_LATER)

    guarded(json_out, act)


def _settled(ledger: Ledger, state: State) -> State:
    """The state after whoever drives the launch has had a moment to act on the command."""
    for _ in range(_PATIENCE_TENTHS):
        time.sleep(0.1)
        newer = ledger.catch_up()
        if newer.seq > state.seq:
            return newer
    return state
