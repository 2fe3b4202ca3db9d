"""Pages at random: every line has its one place, and on ordinary Markdown markdown-it-py reads the same."""

from __future__ import annotations

import random

from hypothesis import given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt
from markdown_it.token import Token

from support.pages import shared_pages
from tminus.importer.decoding import read_page_text
from tminus.importer.page import Block, Kind, Page
from tminus.importer.scanning import scan_page

ORACLE = MarkdownIt("commonmark").enable("table")

PIECES = st.sampled_from(
    [
        *[
            "- ",
            "* ",
            "1. ",
            "# ",
            "## ",
            "> ",
            "```",
            "~~~",
            "```yaml",
            "```js",
            "```bash",
            "```mermaid",
            "<!--",
            "-->",
            "---",
        ],
        *["===", "[ ] ", "[x] ", "  ", "    ", "\t", "a: b", "**a**", "**a**: b"],
        *[
            "|",
            "a|b",
            "-|-",
            "├── ",
            "│ ",
            "<table>",
            "<tr><td>",
            "</table>",
            "{",
            "}",
            "[",
            "],",
            "a: {",
            "# x",
            "\\",
            "`",
            "gantt",
        ],
        *[
            "section x",
            "x :1",
            "word",
            ": ",
            ":",
            "\n",
            "\n",
            "\n",
            "\n\n",
            "+++",
            "[a]: b",
            "<<EOF",
            "EOF",
            "☐ ",
            "🚀",
            "\x0b",
            "\x1c",
        ],
    ]
)
WORD = st.text("abcdefgh", min_size=2, max_size=7)
WORDS = st.lists(WORD, min_size=1, max_size=4).map(" ".join)
MARKED = st.tuples(WORDS, st.sampled_from(["{}", "**{}** x", "_{}_ x", "`{}` x", "[{}](http://x.y) z"])).map(
    lambda pair: pair[1].format(pair[0])
)


def misplaced(page: Page) -> list[int]:
    seen = dict.fromkeys(page.structure, 1)
    for block in page.root.walk():
        for line in range(max(block.line, 1), block.last + 1):
            seen[line] = seen.get(line, 0) + 1
    return [line for line in page.filled() if seen.get(line) != 1] + [line for line in seen if line > len(page.lines)]


@settings(max_examples=300)
@given(st.one_of(st.text(), st.lists(PIECES).map("".join)))
def test_every_line_of_any_text_stands_in_exactly_one_place(text: str) -> None:
    page = scan_page(text.replace("\r", "\n"))
    assert misplaced(page) == []
    assert "\n".join(page.lines) == text.replace("\r", "\n").removesuffix("\n")


def test_every_line_of_a_mutated_page_stands_in_exactly_one_place() -> None:
    for path in shared_pages():
        lines = read_page_text(path.read_bytes(), path.name)[0].split("\n")
        for seed in range(20):
            chance = random.Random(seed)
            mutated = list(lines)
            for _ in range(30):
                at, other = chance.randrange(len(mutated)), chance.randrange(len(mutated))
                mutated[at] = chance.choice(
                    [mutated[other], mutated[at][3:], " " * 3 + mutated[at], "```", "", ">" + mutated[at]]
                )
            assert misplaced(scan_page("\n".join(mutated))) == [], (path.name, seed)


@st.composite
def lists(draw: st.DrawFn, indent: str = "", depth: int = 0) -> list[str]:
    sort = draw(st.sampled_from(["- ", "* ", "1. "]))
    lines: list[str] = []
    for number in range(1, draw(st.integers(1, 3)) + 1):
        mark = f"{number}. " if sort == "1. " else sort
        box = draw(st.sampled_from(["", "", "[ ] ", "[x] "]))
        lines.append(f"{indent}{mark}{box}{draw(MARKED)}")
        if depth < 2 and draw(st.booleans()):
            lines += draw(lists(indent + " " * len(mark), depth + 1))
    return lines


FENCES = st.tuples(st.sampled_from(["python", "yaml", "bash"]), st.lists(WORDS, min_size=1, max_size=3)).map(
    lambda pair: [f"```{pair[0]}", *pair[1], "```"]
)
TABLES = st.integers(1, 3).flatmap(
    lambda width: st.lists(st.lists(WORDS, min_size=width, max_size=width), min_size=2, max_size=4).map(
        lambda rows: [f"| {' | '.join(row)} |" for row in (rows[0], ["---"] * width, *rows[1:])]
    )
)
PARTS = st.one_of(
    st.tuples(st.integers(1, 6), MARKED).map(lambda pair: [f"{'#' * pair[0]} {pair[1]}"]),
    st.tuples(WORDS, st.sampled_from(["===", "---"])).map(list),
    st.lists(WORDS, min_size=1, max_size=3),
    lists(),
    FENCES,
    TABLES,
)


def said(tokens: list[Token]) -> list[tuple[object, ...]]:
    """Headings, items, fences and table rows as markdown-it-py reads them, in the order of the page."""
    found: list[tuple[object, ...]] = []
    depth = 0
    for at, token in enumerate(tokens):
        if token.type == "heading_open":
            found.append(("heading", int(token.tag[1]), _text(tokens[at + 1])))
        elif token.type in ("bullet_list_open", "ordered_list_open"):
            depth += 1
        elif token.type in ("bullet_list_close", "ordered_list_close"):
            depth -= 1
        elif token.type == "list_item_open":
            text = _text(tokens[at + 2])
            checked = {"[ ] ": False, "[x] ": True}.get(text[:4])
            found.append(("item", depth, checked, text[4:] if checked is not None else text))
        elif token.type == "fence" and token.map:
            found.append(("fence", token.info, token.map[0] + 1, token.content.count("\n")))
        elif token.type == "tr_open":
            cells = []
            while tokens[at].type != "tr_close":
                cells += [_text(tokens[at])] if tokens[at].type == "inline" else []
                at += 1
            found.append(("row", *cells))
    return found


def _text(token: Token) -> str:
    return "".join(child.content if child.type != "softbreak" else " " for child in token.children or ())


def scanned(page: Page) -> list[tuple[object, ...]]:
    """The same of our page."""
    found: list[tuple[object, ...]] = []
    header: tuple[str, ...] = ()
    stack: list[tuple[Block, int]] = [(page.root, 0)]
    while stack:
        block, depth = stack.pop()
        below = depth + (block.kind is Kind.ITEM)
        if block.kind is Kind.HEADING and block.level:
            found.append(("heading", block.level, block.text))
        elif block.kind is Kind.ITEM:
            found.append(("item", below, block.checked, block.text))
        elif block.kind is Kind.FENCE:
            lines = sum(1 for inner in block.walk() for _ in range(inner.line, inner.last + 1))
            found.append(("fence", block.fence, block.line, lines))
            continue
        elif block.kind is Kind.ROW:
            if header is not block.header:
                header = block.header
                found.append(("row", *header))
            found.append(("row", *block.cells))
        stack += [(child, below) for child in reversed(block.children)]
    return found


@settings(max_examples=300)
@given(st.lists(PARTS, max_size=6))
def test_ordinary_markdown_reads_as_markdown_it_reads_it(parts: list[list[str]]) -> None:
    text = "\n\n".join("\n".join(part) for part in parts)
    assert scanned(scan_page(text)) == said(ORACLE.parse(text))
