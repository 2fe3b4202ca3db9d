"""The command that turns a page into a plan, and merges the page again after it has changed."""

from __future__ import annotations

import sys
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from typer.core import TyperCommand

from tminus.cli.files import write_file
from tminus.cli.options import AsJson
from tminus.cli.out import as_json, guarded, people
from tminus.errors import UsageError

if TYPE_CHECKING:
    from tminus.importer import Imported, Merged

MOST_BYTES = 10_000_000  # what is read at all; the importer itself says what it takes


class Report(StrEnum):
    """Ways to tell what was understood."""

    TEXT = "text"
    JSON = "json"


_Page = Annotated[str, typer.Argument(help="The page in Markdown; - reads it from the standard input.", metavar="PAGE")]
_Output = Annotated[
    Path | None, typer.Option("--output", "-o", help="Write the plan to this file; merge into it if it is there.")
]
_Report = Annotated[
    Report | None,
    typer.Option(
        "--report", help="Tell what was understood, what is kept as a note and what is open.", metavar="[text|json]"
    ),
]
_DryRun = Annotated[bool, typer.Option("--dry-run", help="Show what would change, and write nothing.")]


class _ImportCommand(TyperCommand):
    """`--report` may stand alone: then it is `--report text`."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        kinds = set(Report)
        last = len(args) - 1
        full = [
            f"{arg}=text" if arg == "--report" and (place == last or args[place + 1] not in kinds) else arg
            for place, arg in enumerate(args)
        ]
        return super().parse_args(ctx, full)


def add_to(app: typer.Typer) -> None:
    """Register the command."""
    app.command("import", cls=_ImportCommand)(import_plan)


def import_plan(
    page: _Page, output: _Output = None, report: _Report = None, dry_run: _DryRun = False, json_out: AsJson = False
) -> None:
    """Turn the page that a team has into a plan, and say line by line what was understood."""
    wanted = Report.JSON if json_out and report is None else report
    guarded(json_out or report is Report.JSON, lambda: _import(page, output, wanted, dry_run))


def _import(page: str, output: Path | None, report: Report | None, dry_run: bool) -> None:
    # Imported here: the Markdown reader is of no use to any other command, and each of them would wait for it.
    from tminus.importer import import_page, merge_plan

    imported = import_page(_read(page), "page.md" if page == "-" else Path(page).name)
    if output is None:
        _show(imported, report)
        return
    present = _present(output)
    merged = merge_plan(present, imported, str(output)) if present.strip() else None
    text = merged.text if merged else imported.text
    if not dry_run and text != present:
        write_file(output, text.encode("utf-8"))
    _tell(imported, merged, output, report, written=not dry_run and text != present)


def _read(page: str) -> bytes:
    """The bytes of the page. Raises UsageError where there is nothing to read."""
    if page == "-":
        return sys.stdin.buffer.read(MOST_BYTES + 1)
    try:
        with Path(page).open("rb") as file:
            return file.read(MOST_BYTES + 1)
    except FileNotFoundError:
        raise UsageError(f"{page}: there is no such file", hint="look at the path", code="no-file") from None
    except (OSError, ValueError) as error:
        why = getattr(error, "strerror", None) or str(error)
        raise UsageError(f"{page} cannot be read: {why}", hint="name a Markdown page, or -", code="no-file") from None


def _present(output: Path) -> str:
    """What stands in the file that is to be written; empty where there is none, or a device."""
    try:
        return output.read_bytes().decode("utf-8") if output.is_file() else ""
    except OSError as error:
        raise UsageError(f"{output} cannot be read: {error.strerror}", hint="look at its rights") from None
    except UnicodeDecodeError:
        raise UsageError(f"{output} is not UTF-8", hint="write to another file", code="not-utf8") from None


def _show(imported: Imported, report: Report | None) -> None:
    """Without a file, the plan is what is shown; or the report instead."""
    if report is None:
        typer.get_binary_stream("stdout").write(imported.text.encode("utf-8"))
    elif report is Report.JSON:
        from tminus.importer import account

        as_json(account(imported))
    else:
        from tminus.cli.import_report import print_report

        print_report(people, imported, "plan.yaml")


def _tell(imported: Imported, merged: Merged | None, output: Path, report: Report | None, *, written: bool) -> None:
    from tminus.cli.import_report import print_changes, print_report, summary
    from tminus.importer import account

    if report is Report.JSON:
        changes = {"merged": merged.as_data()} if merged else {}
        as_json(account(imported) | {"output": str(output), "written": written} | changes)
        return
    if merged:
        print_changes(people, merged, output, written=written)
    else:
        people.print(summary(imported, output, written=written))
    if report is Report.TEXT:
        print_report(people, imported, str(output))
