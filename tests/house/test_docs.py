"""The documentation says what the program does: an undocumented command, variable or package fails here."""

from __future__ import annotations

import re
import string
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

import pytest
import typer.main

from tminus.cli.commands import app
from tminus.errors import TminusError
from tminus.plan.codes import CODES

ROOT = Path(__file__).parents[2]
SOURCE = ROOT / "src" / "tminus"
PAGES = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])
ADRS = sorted((ROOT / "docs" / "adr").glob("[0-9]*.md"))

INTERRUPTED = 130  # Unix's own code; no error of ours has it


def text(*parts: str) -> str:
    return ROOT.joinpath(*parts).read_text(encoding="utf-8")


def sections(page: str) -> dict[str, str]:
    """Heading of the second level -> what stands under it."""
    pieces = re.split(r"^## (.+)$", page, flags=re.MULTILINE)
    return dict(zip(pieces[1::2], pieces[2::2], strict=True))


def first_cells(table: str) -> list[str]:
    """The code in the first cell of each row."""
    return re.findall(r"^\| `([^`]+)`", table, re.MULTILINE)


def kinds_of_error(kind: type[TminusError] = TminusError) -> Iterator[type[TminusError]]:
    yield kind
    for child in kind.__subclasses__():
        yield from kinds_of_error(child)


def commands(group: Any = None, before: str = "") -> dict[str, Any]:
    """Every command by its words; those of a group by the group's and their own."""
    found = {}
    for name, one in (group or typer.main.get_command(app)).commands.items():
        inner = commands(one, f"{before}{name} ") if hasattr(one, "commands") else {f"{before}{name}": one}
        found.update(inner)
    return found


def named(cell: str) -> str:
    """The command that a cell of the README begins with: `tminus flags export PLAN` is `flags export`."""
    words = cell.split()[1:]
    return " ".join(words[:2]) if " ".join(words[:2]) in commands() else words[0]


def test_the_plan_in_the_readme_is_the_example() -> None:
    blocks = re.findall(r"```yaml\n(.*?)```", text("README.md"), re.DOTALL)
    assert blocks == [text("examples", "first", "plan.yaml")]


def test_the_readme_lists_exactly_the_commands_that_there_are() -> None:
    listed = [named(cell) for cell in first_cells(sections(text("README.md"))["Commands"]) if "tminus" in cell]
    assert sorted(listed) == sorted(commands())


@pytest.mark.parametrize("name", sorted(set(commands()) - {"schema"}))
def test_every_command_has_json_and_says_what_it_does(name: str) -> None:
    command = commands()[name]
    assert command.help
    assert "--json" in {option for parameter in command.params for option in parameter.opts}


def test_every_option_that_the_readme_names_exists() -> None:
    options = {option for one in commands().values() for parameter in one.params for option in parameter.opts}
    table = sections(text("README.md"))["Commands"]
    assert set(re.findall(r"--[a-z][a-z-]+", table)) - options == set()


def test_the_readme_explains_every_exit_code() -> None:
    raised = {kind.exit_code for kind in kinds_of_error()} | {0, INTERRUPTED}
    rows = re.findall(r"^\| (\d+) \|", sections(text("README.md"))["Commands"], re.MULTILINE)
    assert {int(row) for row in rows} == raised


def test_the_readme_explains_every_variable_of_ours() -> None:
    code = "".join(path.read_text(encoding="utf-8") for path in SOURCE.rglob("*.py"))
    listed = first_cells(sections(text("README.md"))["Environment variables"])
    assert sorted(listed) == sorted(set(re.findall(r"\bTMINUS_[A-Z_]*[A-Z]\b", code)))


def test_the_page_of_checks_explains_every_code() -> None:
    assert set(re.findall(r"^### `([a-z0-9-]+)`$", text("docs", "checks.md"), re.MULTILINE)) == set(CODES)


def test_the_module_map_names_exactly_the_packages_that_there_are() -> None:
    packages = {path.parent.name for path in SOURCE.glob("*/__init__.py")}
    modules = {path.stem for path in SOURCE.glob("*.py")} - {"__init__", "__main__"}
    mapped = first_cells(sections(text("ARCHITECTURE.md"))["Where things live"])
    assert sorted(mapped) == sorted(f"tminus.{name}" for name in packages | modules)


def test_the_layers_drawn_are_the_layers_checked() -> None:
    contract = text(".importlinter").partition("layers =\n")[2].partition("\n\n")[0]
    checked = [re.findall(r"tminus\.(\w+)", line) for line in contract.splitlines()]
    drawing = sections(text("ARCHITECTURE.md"))["Layers"].split("```")[1]
    drawn = [re.split(r"\s{2,}", line.strip())[0].split(" | ") for line in drawing.strip().splitlines()]
    assert drawn == checked


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_links_lead_somewhere(page: Path) -> None:
    assert [target for target in links(page) if not leads_somewhere(page, target)] == []


def links(page: Path) -> list[str]:
    """Targets of links and pictures of a page, without those in code and those that wait in a comment."""
    prose = re.sub(r"```.*?```|`[^`\n]*`|<!--.*?-->", "", page.read_text(encoding="utf-8"), flags=re.DOTALL)
    inline = re.findall(r"\]\(([^)\s]+)\)", prose)
    return [*inline, *re.findall(r'(?:src|srcset|href)="([^"]+)"', prose)]


def leads_somewhere(page: Path, target: str) -> bool:
    parts = urlsplit(target)
    if parts.scheme:
        return parts.scheme == "https"
    place = (page.parent / unquote(parts.path)).resolve() if parts.path else page
    return place.exists() and (not parts.fragment or parts.fragment in anchors(place))


def anchors(page: Path) -> set[str]:
    """The names that a heading can be called by, as GitHub makes them."""
    dropped = string.punctuation.replace("-", "").replace("_", "")
    headings = re.findall(r"^#+ (.+)$", page.read_text(encoding="utf-8"), re.MULTILINE)
    return {heading.lower().translate(str.maketrans("", "", dropped)).replace(" ", "-") for heading in headings}


@pytest.mark.parametrize("page", ADRS, ids=lambda page: page.stem)
def test_a_decision_has_its_parts_and_its_place_in_the_list(page: Path) -> None:
    words = page.read_text(encoding="utf-8")
    title = re.match(
        r"# (\d+)\. (.+)\n\nStatus: (accepted|rejected|superseded by .+)\. Date: \d{4}-\d\d-\d\d\.\n", words
    )
    assert title is not None
    assert int(title.group(1)) == int(page.name[:4])
    assert list(sections(words)) == ["Context", "Decision", "Consequences"]
    assert f"| [{page.name[:4]}]({page.name}) | {title.group(2)} |" in text("docs", "adr", "README.md")


def test_decisions_are_numbered_without_a_gap() -> None:
    assert [int(page.name[:4]) for page in ADRS] == list(range(1, len(ADRS) + 1))


def test_a_decision_that_the_code_refers_to_exists() -> None:
    code = "".join(path.read_text(encoding="utf-8") for path in SOURCE.rglob("*.py"))
    assert set(re.findall(r"ADR-(\d{4})", code)) - {page.name[:4] for page in ADRS} == set()


def test_the_lock_names_no_host_but_pypi() -> None:
    hosts = set(re.findall(r"https?://([^/\"]+)", text("uv.lock")))
    assert hosts == {"pypi.org", "files.pythonhosted.org"}


def test_the_make_targets_that_the_pages_name_exist() -> None:
    targets = set(re.findall(r"^([a-z-]+):", text("Makefile"), re.MULTILINE))
    pages = text("README.md") + text("CONTRIBUTING.md")
    used = set(re.findall(r"(?:^|`|&& |python )make ([a-z-]+)", pages, re.MULTILINE))
    assert used == used & targets
    assert {"setup", "demo", "test", "check", "bench", "bench-guards", "lock"} <= targets


def test_the_build_machine_installs_every_program_that_a_test_needs() -> None:
    tests = "".join(path.read_text(encoding="utf-8") for path in (ROOT / "tests").rglob("*.py"))
    needed = set(re.findall(r'\bneed\("([a-z0-9-]+)"\)', tests))
    assert needed - set(re.findall(r"command -v ([a-z0-9-]+)", text(".ci", "run"))) == set()
