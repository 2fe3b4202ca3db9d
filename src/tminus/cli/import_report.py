"""What an import tells a person: what was found, what is kept, what is uncertain, what is left to do."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from pathlib import Path

from rich.console import Console
from rich.table import Table

from tminus.cli.out import plain
from tminus.importer import Change, Imported, Merged, doubts, line_counts, open_ends
from tminus.importer.yaml_text import lines_text

_SHOWN = 6
_BAR = 24
_PLURALS = {
    "box": "boxes", "level": "escalation and support levels", "cost": "budget lines and sums", "trigger": "rollback triggers",
    "alert": "alert rules", "variable": "environment variables", "bar": "chart tasks", "measure": "metrics without a number",
    "bug": "bug priorities", "recovery": "recovery aims", "service": "services", "stage": "rollout stages",
    "procedure": "runbooks", "fact": "facts about the page",
}  # fmt: skip
_TONES = {"added": "green", "changed": "cyan", "removed": "red", "kept": "yellow"}
_MARKS = {"added": "+", "changed": "~", "removed": "-", "kept": "="}


def summary(imported: Imported, output: Path, *, written: bool) -> str:
    """One line: what came out, and where it is."""
    counts = imported.counts
    named = [("phase", "phases"), ("box", "boxes"), ("target", "targets"), ("stage", "stages"), ("alert", "alerts")]
    found = [f"{counts[kind]} {kind if counts[kind] == 1 else many}" for kind, many in named if counts.get(kind)]
    what = ", ".join(found) or "nothing understood, every line kept as a note"
    verb = "[green]✓[/green]" if written else "[dim]would write[/dim]"
    return f"{verb} {plain(output)}: {what}; next: tminus check {plain(output)}"


def print_report(console: Console, imported: Imported, plan: str) -> None:
    """The report, short enough for one screen. `plan` is the file that the next steps name."""
    lines = line_counts(imported)
    filled = lines["total"] - lines["blank"]
    console.print(f"\n[bold]{plain(imported.name)}[/bold] [dim]· {filled:,} lines, all accounted for[/dim]")
    if imported.mended:
        console.print(f"[dim]{plain(imported.mended)}[/dim]")
    console.print(_shares(lines, filled))
    if not imported.items:
        console.print("[yellow]Nothing on this page was understood as a part of a plan.[/yellow]")
    else:
        console.print(_found(imported.counts))
    kept = imported.kept()
    _some(console, "Kept as notes", len(kept), (f"line {one['line']}: {one['text']}" for one in kept))
    _doubts(console, imported)
    _open(console, imported)
    console.print(f"\n[bold]Next[/bold]  tminus check {plain(plan)}  ·  tminus show {plain(plan)}")


def print_changes(console: Console, merged: Merged, output: Path, *, written: bool) -> None:
    """What another import changed in the plan, as a short diff."""
    if not merged.changes:
        same = "only line numbers moved" if written else "nothing to do: the plan says what the page says"
        console.print(f"[green]✓[/green] {plain(output)}: {same}")
        return
    for change in merged.changes[:60]:
        console.print(_change(change))
    if len(merged.changes) > 60:
        console.print(f"[dim]... and {len(merged.changes) - 60:,} more (--json has them all)[/dim]")
    counts = Counter(change.what for change in merged.changes)
    said = ", ".join(f"{counts[what]} {'kept yours' if what == 'kept' else what}" for what in _MARKS if counts[what])
    verb = "[green]✓[/green] merged into" if written else "[dim]nothing written to[/dim]"
    console.print(f"{verb} {plain(output)}: {said}")


def _change(change: Change) -> str:
    where = f" [dim](line {change.line})[/dim]" if change.line else ""
    head = f"[{_TONES[change.what]}]{_MARKS[change.what]} {plain(change.place, 200)}[/]{where}"
    before, after = plain(change.before, 70), plain(change.after, 70)
    if change.what == "changed":
        return f"{head}  [dim]{before}[/dim] → {after}"
    if change.what == "kept":
        page = f"the page: {after}" if after else "it is no more on the page"
        return f"{head}  {'yours: ' + before if before else 'you took it out'} [dim]· {page}[/dim]"
    return f"{head}  {after if change.what == 'added' else f'[dim]{before}[/dim]'}"


def _shares(lines: dict[str, int], filled: int) -> str:
    """One bar for all lines: understood, kept as notes, said twice, holding the page together."""
    tones = {"mapped": "green", "notes": "yellow", "repeated": "cyan", "structure": "bright_black"}
    words = {"mapped": "understood", "notes": "kept as notes", "repeated": "said twice", "structure": "structure"}
    width = 2 * _BAR
    bar = "".join(f"[{tone}]{'━' * round(lines[key] / max(filled, 1) * width)}[/]" for key, tone in tones.items())
    legend = "  ".join(f"[{tone}]■[/] {lines[key]:,} {words[key]}" for key, tone in tones.items() if lines[key])
    return f"{bar}\n{legend}\n"


def _found(counts: dict[str, int]) -> Table:
    table = Table.grid(padding=(0, 2))
    table.add_column(justify="right", style="bold")
    most = max(counts.values())
    for kind, count in sorted(counts.items(), key=lambda one: -one[1]):
        bar = "▇" * max(1, round(count / most * _BAR))
        name = _PLURALS.get(kind, f"{kind}s") if count > 1 else kind
        table.add_row(f"{count:,}", f"{name:<30}", f"[cyan]{bar}[/cyan]")
    return table


def _doubts(console: Console, imported: Imported) -> None:
    """What is uncertain, the same reasons together."""
    lines: dict[str, list[int]] = {}
    for one in doubts(imported):
        lines.setdefault(one["why"], []).append(one["line"])
    if not lines:
        return
    console.print("\n[bold]Uncertain[/bold]")
    for number, (why, where) in enumerate(sorted(lines.items(), key=lambda one: -len(one[1]))):
        if number == 2 * _SHOWN:
            console.print(f"  [dim]... and {len(lines) - number:,} more reasons (--report json has them all)[/dim]")
            break
        console.print(
            f"  [yellow]{len(where):>4,}[/yellow]  {plain(why, 110)} [dim]({plain(lines_text(where), 40)})[/dim]"
        )


def _open(console: Console, imported: Imported) -> None:
    """What is left open, the same things together."""
    groups: dict[str, list[str]] = {}
    for one in open_ends(imported):
        words = one["what"]
        kind = words.partition("`")[0] + "..." if "`" in words else words.partition(":")[0]
        groups.setdefault(kind if "`" in words else words.partition(":")[0], []).append(one["place"])
    if not groups:
        return
    console.print("\n[bold]Left open by the page[/bold]")
    advice = {
        "metric ...": "metrics without a source: give each a `source`, or `attest: ROLE`",
        "no owner and no proof": "boxes without owner and proof: give each an `owner`, or a `proof`",
        "stage without a duration": "stages without a duration: write `for`",
        "nobody is in the cohort ...": "cohorts without members: write `users` or `rule`",
        "nothing has to hold at the end of the phase ...": "phases whose end asks for nothing: write `exit` or `go`",
        "alert without a number": "alerts without a number, under `later`",
        "trigger without a number": "rollback triggers without a number, under `later`",
    }
    for kind, places in groups.items():
        example = f" [dim]({plain(places[0], 60)}{', ...' if len(places) > 1 else ''})[/dim]" if places[0] else ""
        console.print(f"  [magenta]{len(places):>4,}[/magenta]  {plain(advice.get(kind, kind), 200)}{example}")


def _some(console: Console, title: str, count: int, rows: Iterable[str]) -> None:
    """The first few of many."""
    if not count:
        return
    console.print(f"\n[bold]{title}[/bold] [dim]({count:,})[/dim]")
    for number, row in enumerate(rows):
        if number == _SHOWN:
            console.print(f"  [dim]... and {count - _SHOWN:,} more (--report json has them all)[/dim]")
            break
        console.print(f"  {plain(row, 110)}")
