"""`tminus flags drop`: an earlier launch's flag is served no more."""

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
