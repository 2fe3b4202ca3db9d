"""The command that draws a plan: in the terminal, as a chart, a calendar, a page, or data."""

from __future__ import annotations

from collections.abc import Callable
from enum import StrEnum
from pathlib import Path
from typing import Annotated
from zoneinfo import ZoneInfo

import typer

from tminus.cli.files import write_file
from tminus.cli.options import AsJson, PlanFiles
from tminus.cli.out import guarded
from tminus.errors import UsageError
from tminus.plan import Plan, read_plan
from tminus.plan.fields import read_local_time
from tminus.plan.timeline import timeline
from tminus.show import as_calendar, as_json_text, as_mermaid, as_page, as_text


class Format(StrEnum):
    """What a plan can be drawn as."""

    TEXT = "text"
    MERMAID = "mermaid"
    ICS = "ics"
    HTML = "html"
    JSON = "json"


_Format = Annotated[Format, typer.Option("--format", help="What to draw.")]
_Output = Annotated[Path | None, typer.Option("--output", "-o", help="Write to this file instead of the screen.")]
_Start = Annotated[
    str | None, typer.Option("--start", metavar="DATE", help="When the launch is started, in the plan's timezone.")
]


def add_to(app: typer.Typer) -> None:
    """Register the command."""
    app.command()(show)


def show(
    plan: PlanFiles,
    form: _Format = Format.TEXT,
    output: _Output = None,
    start: _Start = None,
    json_out: AsJson = False,
) -> None:
    """Draw a plan in time: phases, stages and gates, with the dates or days that follow from it."""
    guarded(json_out, lambda: _show(plan, Format.JSON if json_out else form, output, start))


def _show(files: list[Path], form: Format, output: Path | None, start: str | None) -> None:
    text = _drawn(read_plan(files), form, start, changed=lambda: max(file.stat().st_mtime for file in files))
    if output is None:
        # Bytes, because a calendar's line ends must stay CRLF and a terminal's encoding may know no box characters.
        typer.get_binary_stream("stdout").write(text.encode("utf-8"))
    else:
        write_file(output, text.encode("utf-8"))


def _drawn(plan: Plan, form: Format, start: str | None, changed: Callable[[], float]) -> str:
    line = timeline(plan, _moment(plan, start))
    match form:
        case Format.TEXT:
            return as_text(line)
        case Format.MERMAID:
            return as_mermaid(line)
        case Format.ICS:
            # The file's own time, not today's: the same plan gives the same bytes.
            return as_calendar(line, changed())
        case Format.HTML:
            return as_page(line)
        case Format.JSON:
            return as_json_text(line)


def _moment(plan: Plan, start: str | None) -> float | None:
    if start is None:
        return None
    try:
        return read_local_time(start).replace(tzinfo=ZoneInfo(plan.timezone)).timestamp()
    except (ValueError, OverflowError) as error:
        raise UsageError(f"--start: {error}", hint="the plan's timezone says where") from None
