"""What stands in a fence, by what it looks like and not by its language alone: people write `yaml` over prose.

Each reader takes the fence's lines that hold something, and accounts for every one of them: in a block, or in `structure`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable

from tminus.importer.fence_lines import Line, Tree, measured
from tminus.importer.fences_commands import read_commands
from tminus.importer.fences_drawn import is_drawing, is_tree, read_mermaid, read_tree
from tminus.importer.fences_objects import looks_like_objects, read_objects
from tminus.importer.fences_outline import read_outline
from tminus.importer.list_marks import read_mark
from tminus.importer.page import Block, Kind


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


_OBJECTS = _words("javascript js jsx mjs typescript ts tsx json json5 jsonc hcl terraform go java kotlin swift")
_COMMANDS = _words(
    "bash sh shell zsh fish console terminal shell-session powershell ps1 pwsh cmd bat batch dockerfile docker sql psql make"
    " makefile env dotenv ini properties toml conf nginx"
)
_OUTLINES = _words("yaml yml markdown md text txt plain plaintext") | {""}
_COMMAND = re.compile(
    r"(?:[$>] |sudo |docker|kubectl |helm |npm |npx |yarn |pnpm |git |curl |wget |aws |gcloud |az |terraform |ansible|psql "
    r"|pip |python3? |node |make(?: |$)|cd |cp |mv |rm |mkdir |chmod |ssh |scp |rsync |systemctl |export |echo |cat "
    r"|source |\./\w|[A-Z_][A-Z0-9_]*=)"
)

Reader = Callable[[str, list[Line], dict[int, str]], list[Block]]


def read_fence(language: str, lines: Iterable[tuple[int, str]], structure: dict[int, str]) -> list[Block]:
    """The blocks of a fence in `language` (lower case, "" if none is named); each has it as its `fence`.

    `lines` are numbered as in the source. Lines that only hold the fence together are added to `structure`.
    """
    filled = measured(lines)
    if not filled:
        return []
    return _reader(language, filled)(language, filled, structure)


def _reader(language: str, lines: list[Line]) -> Reader:
    if language == "mermaid":
        return read_mermaid
    if is_drawing(lines):
        return _drawing
    if is_tree(lines):
        return read_tree
    if language in _OBJECTS:
        return read_objects if looks_like_objects(lines) else _prose_or_code(lines)
    if language in _COMMANDS:
        return read_commands
    if language not in _OUTLINES:
        return read_code
    if language not in ("yaml", "yml"):
        commands = sum(1 for line in lines if _COMMAND.match(line.text))
        comments = sum(1 for line in lines if line.text[0] == "#")
        if commands and 2 * (commands + comments) > len(lines):
            return read_commands
        if (lines[0].text[0] in "{[" and lines[-1].text[-1] in "}];") or lines[0].text.endswith(("= {", "= [")):
            return read_objects
    return read_outline


def _prose_or_code(lines: list[Line]) -> Reader:
    """A list written into a code fence is a list all the same."""
    marked = any(read_mark(line.text) or line.text.endswith(":") for line in lines)
    return read_outline if marked else read_code


def read_code(language: str, lines: list[Line], structure: dict[int, str]) -> list[Block]:
    """Every line as it stands."""
    tree = Tree(language)
    for line in lines:
        tree.leaf(Block(Kind.CODE, line.number, line.text, line.number))
    return tree.blocks


def _drawing(language: str, lines: list[Line], structure: dict[int, str]) -> list[Block]:
    structure.update((line.number, "drawing") for line in lines)
    return []
