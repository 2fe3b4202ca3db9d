"""`tminus flags`: the plan's flags as flagd's file and back, why a user has a variant, and flags to clear away."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any

import msgspec
import typer
from pydantic import TypeAdapter, ValidationError

from tminus.app.clock import SystemClock
from tminus.app.ledgers import open_ledger
from tminus.cli.files import write_file
from tminus.cli.flags_drop import drop, unschedule
from tminus.cli.flags_stale import stale
from tminus.cli.launches import open_log, pick, settings_of
from tminus.cli.options import AsJson, Data, Launch, PlanFiles, Store
from tminus.cli.out import as_json, guarded, people, plain, trouble
from tminus.core.answering import Answered, answers
from tminus.core.flag_files import Imported, export_flags, identifier_of, import_flags, part_text
from tminus.engine.ledger import Ledger
from tminus.errors import UsageError, no_such
from tminus.flags import moved, why
from tminus.flags.schema import schema_faults
from tminus.flags.shape import flags_of
from tminus.plan import read_plan
from tminus.plan.cohort_files import cohort_users
from tminus.plan.fields import FractionField

_YAML = (".yaml", ".yml")

Output = Annotated[Path | None, typer.Option("--output", "-o", help="Write it here instead of printing it.")]


def add_to(app: typer.Typer) -> None:
    """Register the commands."""
    group = typer.Typer(no_args_is_help=True, help="A plan's flags as flagd's file and back, and why a user has what.")
    group.command()(export)
    group.command("import")(import_)
    group.command()(stale)
    group.command("why")(why_)
    group.command()(drop)
    group.command()(unschedule)
    app.add_typer(group, name="flags")


def export(
    plan: PlanFiles,
    at: Annotated[str, typer.Option("--at", help="As wide as this: 5%. Nobody has anything otherwise.")] = "0%",
    output: Output = None,
    json_out: AsJson = False,
) -> None:
    """The plan's flags as a definition that any flagd serves; the plan's own words ride along for the way back."""

    def act() -> None:
        document = export_flags(read_plan(plan), _share(at))
        for fault in schema_faults(document):
            if ".targeting" not in fault and not fault.startswith("$evaluators"):
                raise UsageError(
                    f"flagd's schema does not allow {fault}", hint="a variant's values must all be of one type"
                )
            # The rule is the plan's own; flagd serves more than its schema has, and says so in its log.
            trouble.print(f"[yellow]{plain(fault)}: flagd's schema has no such rule; flagd serves it[/yellow]")
        text = json.dumps(document, indent=2, ensure_ascii=False) + "\n"
        _deliver(text, output, f"{len(document['flags'])} flags")

    guarded(json_out, act)


def import_(
    file: Annotated[Path, typer.Argument(help="flagd's definition as JSON, or users as CSV.")],
    against: Annotated[
        Path | None, typer.Option("--against", help="What is served now, a plan or a definition: says who would move.")
    ] = None,
    column: Annotated[str, typer.Option("--column", help="Of a CSV: the column that names the users.")] = "",
    allow_moves: Annotated[bool, typer.Option("--allow-moves", help="Go on though users change variant.")] = False,
    output: Output = None,
    json_out: AsJson = False,
) -> None:
    """flagd's definition, or a CSV of users, as part of a plan. With --against it stops where users would change variant."""

    def act() -> None:
        if file.suffix == ".csv":
            users = cohort_users(_text(file), column)
            part = {"cohorts": {identifier_of(file.stem): {"users": list(users)}}}
            if json_out:
                as_json({"plan": part, "left": [], "moves": []})
            else:
                _deliver(part_text(part), output, f"{len(users)} users")
            return
        document = _definition(file)
        moves = moved(_definition(against), document) if against is not None else ()
        if moves and not allow_moves:
            raise UsageError(
                "; ".join(move.words for move in moves), hint="nothing was written; --allow-moves goes on all the same"
            )
        imported = _imported(file, document)
        if json_out:
            as_json({"plan": imported.part, "left": imported.left, "moves": [move.words for move in moves]})
            return
        for words in (*(move.words for move in moves), *imported.left):
            trouble.print(f"[yellow]{plain(words)}[/yellow]")
        _deliver(_layable(imported.part), output, f"{len(imported.part.get('flags', {}))} flags")

    guarded(json_out, act)


def why_(
    flag: Annotated[str, typer.Argument(help="The flag.")],
    key: Annotated[str, typer.Option("--key", help="The user's targeting key.")],
    context: Annotated[
        str, typer.Option("--context", help='What else is known of the user: \'{"country": "CA"}\'.')
    ] = "{}",
    file: Annotated[
        Path | None, typer.Option("--file", help="A definition or a plan; what the launch serves now otherwise.")
    ] = None,
    launch: Launch = "",
    data: Data = None,
    store: Store = None,
    json_out: AsJson = False,
) -> None:
    """Why a user has a variant: each condition, the bucket, the arm."""

    def act() -> None:
        asked = _context(context) | {"targetingKey": key}
        if file is not None:
            document = _definition(file)
            found = Answered(why(document, flag, asked, SystemClock().now()), flag)
            known = list(flags_of(document))
        else:
            ledger = _ledger(launch, data, store)
            known = [*ledger.outline.plan.flags, *ledger.state.kept]
            (found,) = answers(ledger.outline, ledger.state, asked, SystemClock().now(), flag)
        if found.why.answer.error_code == "FLAG_NOT_FOUND":
            raise no_such("flag", flag, known)
        if json_out:
            as_json(found.data())
            return
        for words in found.words:
            people.print(plain(words))

    guarded(json_out, act)


def _ledger(launch: str, data: Path | None, store: str | None) -> Ledger:
    settings = settings_of(data, store)
    log = open_log(settings.data, settings.store)
    return open_ledger(log, pick(log, launch), SystemClock())


def _definition(path: Path) -> dict[str, Any]:
    """A definition from its file; a plan's is that of before its launch."""
    if path.suffix in _YAML:
        return export_flags(read_plan([path]))
    try:
        document = msgspec.json.decode(_text(path))
    except (msgspec.DecodeError, ValueError, RecursionError) as error:
        raise UsageError(f"{path} is not JSON: {error}", hint="tminus flags export writes such a file") from None
    if not isinstance(document, dict):
        raise UsageError(f"{path} holds no definition", hint='such as {"flags": {}}')
    return document


def _imported(file: Path, document: Mapping[str, Any]) -> Imported:
    try:
        return import_flags(document)
    except UsageError as error:
        raise UsageError(f"{file}: {error.message}", hint=error.hint, code=error.code) from None


def _layable(part: Mapping[str, Any]) -> str:
    """The part as YAML. A plan has its rollouts in its phases, so here they are comments, to be read and put there."""
    text = part_text({name: members for name, members in part.items() if name != "rollouts"})
    if "rollouts" not in part:
        return text
    rollouts = "".join(f"# {line}\n" for line in part_text({"rollouts": part["rollouts"]}).splitlines())
    return f"{text}# A rollout belongs into its phase of a plan; these were exported, by the phases' ids:\n{rollouts}"


def _text(path: Path) -> str:
    try:
        return path.read_bytes().decode("utf-8-sig")
    except OSError as error:
        raise UsageError(f"{path} cannot be read: {error.strerror}", hint="look at the path") from None
    except UnicodeDecodeError:
        raise UsageError(f"{path} is not UTF-8", hint="save it as UTF-8") from None


def _share(text: str) -> float:
    try:
        return float(TypeAdapter(FractionField).validate_python(text))
    except ValidationError:
        raise UsageError(f"--at {text}: a share is a percentage from 0% to 100%", hint="such as --at 5%") from None


def _context(text: str) -> dict[str, Any]:
    try:
        context = msgspec.json.decode(text)
    except (msgspec.DecodeError, ValueError, RecursionError) as error:
        raise UsageError(f"--context is not JSON: {error}", hint='such as \'{"country": "CA"}\'') from None
    if not isinstance(context, dict):
        raise UsageError("--context must be an object", hint='such as \'{"country": "CA"}\'')
    return context


def _deliver(text: str, output: Path | None, what: str) -> None:
    if output is None:
        typer.echo(text, nl=False)
        return
    write_file(output, text.encode())
    people.print(f"[green]✓[/green] {plain(output)}: {what}")
