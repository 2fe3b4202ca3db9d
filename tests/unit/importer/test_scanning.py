"""From text to blocks, outside fences: what each way of writing becomes, and where it stands."""

from __future__ import annotations

import pytest

from support.pages import shared_pages
from tminus.importer.decoding import read_page_text
from tminus.importer.page import Block, Kind, Page
from tminus.importer.scanning import MOST_LINES, scan_page


def blocks(text: str) -> list[Block]:
    return list(scan_page(text).root.walk())[1:]


def only(text: str) -> Block:
    (block,) = blocks(text)
    return block


def outline(text: str) -> list[str]:
    """Kind, level and text of each block, indented by depth."""
    lines: list[str] = []
    stack = [(block, 0) for block in reversed(scan_page(text).root.children)]
    while stack:
        block, depth = stack.pop()
        level = f" {block.level}" if block.level else ""
        lines.append(f"{'  ' * depth}{block.kind}{level}: {block.text}")
        stack += [(child, depth + 1) for child in reversed(block.children)]
    return lines


def uncovered(page: Page) -> list[int]:
    """The filled lines that do not stand in exactly one place."""
    seen = dict.fromkeys(page.structure, 1)
    for block in page.root.walk():
        for line in range(max(block.line, 1), block.last + 1):
            seen[line] = seen.get(line, 0) + 1
    return [line for line in page.filled() if seen.get(line) != 1]


@pytest.mark.parametrize(
    ("written", "level", "text"),
    [
        ("# Plan", 1, "Plan"),
        ("### Plan ###", 3, "Plan"),
        ("##Plan", 2, "Plan"),
        ("Plan\n====", 1, "Plan"),
        ("Two\nlines\n---", 2, "Two lines"),
        ("## 🚀 **Launch** `now`", 2, "Launch now"),
        ("## 1️⃣ First", 2, "First"),
        ("## 🚀", 2, "🚀"),
        ("## ≥ 5 users", 2, "≥ 5 users"),
        ("**Success Criteria:**", 7, "Success Criteria"),
        ("__Tasks__", 7, "Tasks"),
        ("**Tasks**:", 7, "Tasks"),
        ("**CDN** (optional):", 7, "CDN (optional)"),
        ("**Week 1: Beta (5% of users)**", 7, "Week 1: Beta (5% of users)"),
        ("> ## Quoted", 2, "Quoted"),
    ],
)
def test_every_kind_of_heading_is_one(written: str, level: int, text: str) -> None:
    block = only(written)
    assert (block.kind, block.level, block.text, block.line) == (Kind.HEADING, level, text, 1)


def test_a_bold_sentence_is_text() -> None:
    assert only("**We are ready to go live with this plan.**").kind is Kind.TEXT


def test_a_heading_holds_everything_up_to_the_next_of_its_level() -> None:
    assert outline("# A\n## B\n**C:**\n- x\n**D:**\n- y\n## E\ntext") == [
        "heading 1: A",
        "  heading 2: B",
        "    heading 7: C",
        "      item: x",
        "    heading 7: D",
        "      item: y",
        "  heading 2: E",
        "    text: text",
    ]


def test_a_line_with_a_colon_right_above_a_list_heads_it() -> None:
    assert outline("Test scenarios:\n- a\n\nAnd:\n\n1. b") == [
        "heading 7: Test scenarios",
        "  item: a",
        "heading 7: And",
        "  item: b",
    ]
    assert outline("It will be called a success when all of this is true:\n\n- a")[0].startswith("text: It will")


@pytest.mark.parametrize(
    ("written", "number", "checked", "text"),
    [
        ("- a", "", None, "a"),
        ("* a", "", None, "a"),
        ("+ a", "", None, "a"),
        ("• a", "", None, "a"),
        ("– a", "", None, "a"),
        ("12. a", "12", None, "a"),
        ("1) a", "1", None, "a"),
        ("a) b", "a", None, "b"),
        ("(2) b", "2", None, "b"),
        ("- [ ] a", "", False, "a"),
        ("- [x] a", "", True, "a"),
        ("1. [X] a", "1", True, "a"),
        ("- [✓] a", "", True, "a"),
        ("- ☐ a", "", False, "a"),
        ("☑ a", "", True, "a"),
        ("✔ a", "", True, "a"),
        ("- ✅ a", "", None, "a"),
        ("- ✅", "", None, "✅"),
        ("- **a** _b_ `c_d_e` [f](http://x/(y)) ![g](h.png) <b>i</b> &lt; \\*", "", None, "a b c_d_e f g i < *"),
        ("- [Contact Info] <x@y.z> 3 * 4 snake_case_name", "", None, "[Contact Info] x@y.z 3 * 4 snake_case_name"),
    ],
)
def test_every_kind_of_item_is_one(written: str, number: str, checked: bool | None, text: str) -> None:
    block = only(written)
    assert (block.kind, block.number, block.checked, block.text) == (Kind.ITEM, number, checked, text)


def test_lists_nest_by_their_columns_also_where_these_are_sloppy() -> None:
    text = "1. a\n  - b\n\t- c\n\n    more of b or c\n2. d\n - e\n   wrapped"
    assert outline(text) == [
        "item: a",
        "  item: b",
        "    item: c",
        "    text: more of b or c",
        "item: d",
        "item: e wrapped",
    ]


def test_facts_under_an_item_are_pairs_of_it() -> None:
    item, owner, due = blocks("- [ ] Ship it\n  Owner: Ann\n  **Due:** Friday")
    assert (item.text, item.last, [child.label for child in item.children]) == ("Ship it", 1, ["Owner", "Due"])
    assert (owner.value, owner.line, due.value, due.line) == ("Ann", 2, "Friday", 3)


def test_bold_facts_on_adjacent_lines_are_one_block_each() -> None:
    found = blocks("**Timeline**: 1-2 weeks  \n**Status:** 📋 planned\n**Owner** — Ann\nand Bob\n---\n")
    assert [(b.kind, b.label, b.value, b.line, b.last) for b in found] == [
        (Kind.PAIR, "Timeline", "1-2 weeks", 1, 1),
        (Kind.PAIR, "Status", "planned", 2, 2),
        (Kind.PAIR, "Owner", "Ann and Bob", 3, 4),
    ]


@pytest.mark.parametrize(
    ("written", "label", "value"),
    [
        ("- **Uptime**: > 99.9%", "Uptime", "> 99.9%"),
        ("- **Uptime:** > 99.9%", "Uptime", "> 99.9%"),
        ("- **Uptime** - high", "Uptime", "high"),
        ("- Uptime: > 99.9%", "Uptime", "> 99.9%"),
        ("- Uptime:>99.9%", "Uptime", ">99.9%"),
        ("- Uptime – high", "Uptime", "high"),
        ("- ✅ **Uptime** (P1): high", "Uptime (P1)", "high"),
        ("- `API_KEY`: from the vault", "API_KEY", "from the vault"),
        ("- 可用性：99%", "可用性", "99%"),
        ("- open 9:00 – 17:00", "", ""),
        ("- see https://a.b/c", "", ""),
        ("- a ratio of 4:1", "", ""),
        ("- Watch errors (target: <0.1%)", "", ""),
        ("- one two three four five six seven: eight", "", ""),
        ("- Uptime:", "", ""),
    ],
)
def test_label_and_value_are_split_where_people_mean_it(written: str, label: str, value: str) -> None:
    block = only(written)
    assert (block.label, block.value) == (label, value)


def test_a_table_gives_rows_under_its_header() -> None:
    page = scan_page("| Risk | Odds |\n|:---|---:|\n| **a \\| b** | `low` |\n| c | |\n\nA | B\n--|--\n1 | 2")
    rows = [block for block in page.root.walk() if block.kind is Kind.ROW]
    assert [(row.cells, row.header, row.line) for row in rows] == [
        (("a | b", "low"), ("Risk", "Odds"), 3),
        (("c", ""), ("Risk", "Odds"), 4),
        (("1", "2"), ("A", "B"), 8),
    ]
    assert page.structure == {1: "table header", 2: "table rule", 6: "table header", 7: "table rule"}


def test_a_simple_html_table_gives_rows_too() -> None:
    page = scan_page(
        "<table>\n<tr><th>N</th><th>V</th></tr>\n<tr>\n<td>a</td>\n<td><b>1</b></td>\n</tr>\n</table>\nend"
    )
    row, text = page.root.children
    assert (row.cells, row.header, row.line, row.last, text.text) == (("a", "1"), ("N", "V"), 3, 6, "end")
    assert uncovered(page) == []


def test_what_only_holds_the_page_together_is_structure() -> None:
    page = scan_page("---\ntitle: Plan\ntags: [a, b]\n---\n<!-- x\ny -->\n***\n[l]: http://x\n<br>\n\n-\n##\n")
    assert page.front == {"title": ("Plan", 2), "tags": ("a, b", 3)}
    assert page.root.children == ()
    assert [page.structure[line] for line in (1, 4, 5, 6, 7, 8, 9, 11, 12)] == [
        *["front matter"] * 2,
        *["comment"] * 2,
        "rule",
        "link definition",
        "html",
        "empty item",
        "empty heading",
    ]


def test_a_rule_at_the_top_is_no_front_matter() -> None:
    page = scan_page("---\nHello there\n\n---\n")
    assert (page.front, page.structure) == ({}, {1: "rule", 4: "rule"})


def test_an_open_comment_hides_nothing_but_its_line() -> None:
    assert outline("<!-- todo\n# A") == ["heading 1: A"]


def test_a_tree_drawn_without_a_fence_is_a_list() -> None:
    assert outline("├── a\n│   └── b\n└── c") == ["item: a", "  item: b", "item: c"]


def test_a_page_with_too_many_lines_says_where_reading_ended() -> None:
    line = f"- {'a' * 100}\n"
    page = scan_page(line * (MOST_LINES + 3))
    assert (page.unread, page.total, len(page.root.children)) == (MOST_LINES + 1, MOST_LINES + 3, MOST_LINES)
    assert list(page.filled_rest()) == [MOST_LINES + 1, MOST_LINES + 2, MOST_LINES + 3]
    assert page.rest.decode() == (line * 3).rstrip()
    assert uncovered(page) == []


@pytest.mark.parametrize(
    "text",
    [
        "> " * 5000,
        "[" * 9000,
        "*" * 9000,
        "\\" * 9000,
        "|" * 9000,
        "`" * 9000,
        "<!--" * 3000,
        "```\n" * 999,
        "\n".join("  " * n + "- a" for n in range(1500)),
        "<table>" * 999 + "</table>",
        "```js\n" + "a: {\n" * 3000,
        "```yaml\n" + "\n".join(" " * n + "a:" for n in range(1500)),
        "> ```\n> \n> a\n\n>     b\n> \n>     c",
        "<table>\n<tr><td>a\n<tr><td>b\n</table>",
        "\0\x0b\x0c\x1c\x85\u2028",
        "",
    ],
)
def test_hostile_pages_are_read_and_accounted_for(text: str) -> None:
    assert uncovered(scan_page(text)) == []


def test_every_line_of_the_real_pages_stands_in_one_place() -> None:
    for path in shared_pages():
        assert uncovered(scan_page(*read_page_text(path.read_bytes(), path.name))) == [], path.name


def test_bold_lines_right_beneath_a_list_end_it() -> None:
    assert outline("- a\n**Owner**: Ann\n\n- b\n**Week 2**\n- c") == [
        "item: a",
        "pair: Owner: Ann",
        "item: b",
        "heading 7: Week 2",
        "  item: c",
    ]


def test_a_page_numbered_as_an_outline_has_headings_and_items() -> None:
    page = (
        "1. Before\n   1.1 Shadow\n       1.1.1 replay\n       1.1.2 [x] diff\n   1.2 Plumbing\n\n"
        "2. Canary\n   2.1 1 % for 24 h\n"
    )
    assert outline(page) == [
        "heading 2: Before",
        "  item: Shadow",
        "    item: replay",
        "    item: diff",
        "  item: Plumbing",
        "heading 2: Canary",
        "  item: 1 % for 24 h",
    ]


def test_an_outline_nests_by_its_numbers_where_nothing_is_indented() -> None:
    assert outline("1. Gates\n1.1 Tests\n1.1.1 unit\n- fast\n1.2 Docs\n2. Go\n2.1 switch") == [
        "heading 2: Gates",
        "  item: Tests",
        "    item: unit",
        "      item: fast",
        "  item: Docs",
        "heading 2: Go",
        "  item: switch",
    ]


def test_letters_number_headings_and_what_stands_alone_beneath_them() -> None:
    page = "A. GATES\n\n[x] backup\n[ ] restore\n\nB. COMMANDS\n\nB1. Freeze\n\n    gh run\n\nB2. Open\n\n    gh go\n"
    assert outline(page)[:5] == [
        "heading 2: GATES",
        "  item: backup",
        "  item: restore",
        "heading 2: COMMANDS",
        "  heading 3: Freeze",
    ]
    assert [block.checked for block in blocks(page)[1:3]] == [True, False]


@pytest.mark.parametrize(
    "page",
    [
        "1. Deploy\n   - run it\n2. Verify\n   - look at it",
        "1. Deploy\n\n2. Verify",
        "# Plan\n## Steps\n1. Deploy\n\n   - run\n\n2. Verify\n\ntext",
        "We grew to\n1.5 million users\nand then\n2.5 million",
    ],
)
def test_lists_of_markdown_and_wrapped_numbers_are_no_outline(page: str) -> None:
    assert not any(
        line.startswith(("heading 2: Deploy", "heading 2: Verify", "item: million")) for line in outline(page)
    )


def test_a_number_over_a_line_of_its_length_is_a_heading() -> None:
    assert outline("1. Purpose\n----------\n\ntext\n\n1. item\n\n---") == [
        "heading 2: Purpose",
        "  text: text",
        "  item: item",
    ]


def test_letters_and_roman_numbers_make_items_where_they_follow_one_another() -> None:
    assert outline("To move up:\na) failures\nb) latency\n\ni. seen\nii. gone\n\na. m. is the morning") == [
        "heading 7: To move up",
        "  item: failures",
        "  item: latency",
        "  item: seen",
        "  item: gone",
        "  text: a. m. is the morning",
    ]


def test_short_facts_under_one_another_stand_alone_before_a_sentence() -> None:
    assert outline("Licence: $48\nHosting: $11 per month\nThe fee itself is unchanged for\nall of them.") == [
        "pair: Licence: $48",
        "pair: Hosting: $11 per month",
        "text: The fee itself is unchanged for all of them.",
    ]


def test_a_short_line_right_above_a_list_is_its_heading() -> None:
    page = scan_page(
        "## Alerts\n\n🔴 Critical\n- Errors > 5%\n\n**People**: $37,000\n- Training: $7,000\n\nWe agreed.\n- tea\n"
    )
    alerts = page.root.children[0]
    assert [(one.kind, one.text, len(one.children)) for one in alerts.children] == [
        (Kind.HEADING, "Critical", 1),
        (Kind.HEADING, "People: $37,000", 3),
    ]
