"""`tminus flags drop` and `unschedule`: what a person ends of a flag."""

from __future__ import annotations

from typing import Annotated

import typer

from tminus.cli.options import AsJson, Data, Launch, Store
from tminus.cli.steering import As, Reason, give


def drop(
    flag: Annotated[str, typer.Argument(help="The flag, as `tminus status` shows it.")],
    launch: Launch = "", reason: Reason = "", who: As = "", data: Data = None, store: Store = None,
    json_out: AsJson = False,
) -> None:  # fmt: skip
    """Serve a flag that was kept from an earlier launch no more: clients have the default in their code."""
    give("drop", launch, who, data, store, json_out, target=flag, reason=reason)


def unschedule(
    flag: Annotated[str, typer.Argument(help="A flag with `changes` in the plan.")],
    launch: Launch = "", reason: Reason = "", who: As = "", data: Data = None, store: Store = None,
    json_out: AsJson = False,
) -> None:  # fmt: skip
    """Leave a flag as it is: the changes that the plan still has for it do not come, and the launch waits for none."""
    give("unschedule", launch, who, data, store, json_out, target=flag, reason=reason)
