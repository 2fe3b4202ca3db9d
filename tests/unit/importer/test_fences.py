"""From a fence to blocks: keys, lists, objects, commands, trees and charts, by what the lines look like."""

from __future__ import annotations

import pytest

from tminus.importer.page import Block, Kind, Page
from tminus.importer.scanning import scan_page


def fence(language: str, text: str) -> tuple[Block, Page]:
    page = scan_page(f"```{language}\n{text}\n```\n")
    (block,) = page.root.children
    assert block.kind is Kind.FENCE
    return block, page


def outline(language: str, text: str) -> list[str]:
    """Level, text, and split of each block in the fence, indented by depth."""
    lines: list[str] = []
    stack = [(block, 0) for block in reversed(fence(language, text)[0].children)]
    while stack:
        block, depth = stack.pop()
        assert block.fence == language
        what = f"{block.kind}{block.level}" if block.level else str(block.kind)
        split = f" ({block.label}|{block.value})" if block.label else ""
        remark = f" // {block.comment}" if block.comment else ""
        lines.append(f"{'  ' * depth}{what}: {block.text}{split}{remark}")
        stack += [(child, depth + 1) for child in reversed(block.children)]
    return lines


def test_the_marks_of_a_fence_are_structure_and_its_language_is_on_everything_inside() -> None:
    block, page = fence("YAML", "a: b")
    assert (block.fence, block.text, block.line, block.last) == ("yaml", "YAML", 1, 0)
    assert (page.structure, [child.fence for child in block.children]) == ({1: "fence", 3: "fence"}, ["yaml"])


def test_a_fence_in_an_item_belongs_to_it_and_an_open_one_goes_to_the_end() -> None:
    page = scan_page("1. Step\n\n   ```bash\n   ls\n   ```\n2. Next\n~~~\nmake\n\n# no heading")
    step, following, last = page.root.children
    assert [child.kind for child in step.children] == [Kind.FENCE]
    assert (following.text, last.kind, last.children[-1].last) == ("Next", Kind.FENCE, 10)


def test_indented_lines_are_a_fence_without_a_language() -> None:
    page = scan_page("Text.\n\n    - a\n    - b\n")
    block = page.root.children[1]
    assert (block.kind, block.fence, block.line, block.last) == (Kind.FENCE, "", 3, 2)
    assert [child.text for child in block.children] == ["a", "b"]


def test_yaml_keys_with_something_beneath_are_headings() -> None:
    text = "Priority: Critical\nTasks:\n  - [x] a\n  - Load: < 2 s\nDaily:\n  Time: 9:00 AM  # sharp\n"
    text += "  Agenda:\n    - b\nBudget: $2\n  - c: $1"
    assert outline("yaml", text) == [
        "pair: Priority: Critical (Priority|Critical)",
        "heading8: Tasks",
        "  item: a",
        "  item: Load: < 2 s (Load|< 2 s)",
        "heading8: Daily",
        "  pair: Time: 9:00 AM (Time|9:00 AM) // sharp",
        "  heading9: Agenda",
        "    item: b",
        "heading8: Budget: $2 (Budget|$2)",
        "  item: c: $1 (c|$1)",
    ]


def test_yaml_maps_in_lists_comments_and_blocks_of_text() -> None:
    text = "# Pipeline\non: [push, tag]\nsteps:\n- name: 'x'\n  run: |\n    ls\n    a: b\n- y"
    assert outline("yaml", text) == [
        "heading8: Pipeline",
        "  pair: on: push, tag (on|push, tag)",
        "  heading9: steps",
        "    item: name: 'x' (name|x)",
        "      heading10: run",
        "        code: ls",
        "        code: a: b",
        "    item: y",
    ]


def test_markdown_in_a_fence_has_headings_pairs_and_lists() -> None:
    text = "## Matrix\nLevel 1 (0-5 min): On-call\n## Team\n1. a\n- Chat: #launch\nfree text"
    assert outline("markdown", text) == [
        "heading8: Matrix",
        "  pair: Level 1 (0-5 min): On-call (Level 1 (0-5 min)|On-call)",
        "heading8: Team",
        "  item: a",
        "  item: Chat: #launch (Chat|#launch)",
        "  text: free text",
    ]


def test_objects_are_headings_by_their_brackets() -> None:
    text = """\
// Rollout
const plan = {
  day1: "10% of users",  // careful
  regions: ["US", 'Canada'],
  tuesday: {
    traffic: "40%"
  },
  daily: [
    "Active users",
    "Errors"
  ]
};
const other = true;"""
    assert outline("javascript", text) == [
        "heading8: Rollout",
        "  heading9: plan",
        "    pair: day1: 10% of users (day1|10% of users) // careful",
        "    pair: regions: US, Canada (regions|US, Canada)",
        "    heading10: tuesday",
        "      pair: traffic: 40% (traffic|40%)",
        "    heading10: daily",
        "      item: Active users",
        "      item: Errors",
        "  pair: other: true (other|true)",
    ]


def test_json_is_read_line_by_line_and_brackets_are_structure() -> None:
    assert outline("json", '{\n  "a": [\n    {"b": 1, "c": "d"},\n    2\n  ],\n  "e": "f: g"\n}') == [
        "heading8: a",
        "  item: b: 1, c: d",
        "  item: 2",
        "pair: e: f: g (e|f: g)",
    ]
    assert sorted(fence("json", "{\n}")[1].structure.values()) == ["bracket", "bracket", "fence", "fence"]


def test_prose_in_a_code_fence_is_prose() -> None:
    assert outline("javascript", "Scenarios:\n1. Sign up\n2. Pay") == [
        "heading8: Scenarios",
        "  item: Sign up",
        "  item: Pay",
    ]


def test_commands_stand_under_the_comments_above_them() -> None:
    text = """\
#!/bin/bash
# Build
# the images
$ docker build \\
    -t web .
export NODE_ENV=production
A=1 make all  # quickly

# Check
1. Look at the page
# the end"""
    block, page = fence("bash", text)
    assert outline("bash", text) == [
        "heading8: Build the images",
        "  code: docker build -t web .",
        "  pair: export NODE_ENV=production (NODE_ENV|production)",
        "  code: A=1 make all // quickly",
        "heading8: Check",
        "  item: Look at the page",
        "  text: the end",
    ]
    build = block.children[0]
    assert [(b.line, b.last) for b in (build, build.children[0])] == [(3, 4), (5, 6)]
    assert page.structure[2] == "shebang"


def test_a_here_document_is_one_command() -> None:
    assert outline("sh", "cat <<EOF > f\na: b\nEOF\nls") == ["code: cat <<EOF > f\na: b\nEOF", "code: ls"]


@pytest.mark.parametrize("text", ["npm run build\nnpm test", "$ ls\n$ make", "# Keys\nA=b\nC=d"])
def test_commands_are_known_without_a_language(text: str) -> None:
    kinds = {child.kind for block in fence("", text)[0].children for child in block.walk()}
    assert kinds <= {Kind.CODE, Kind.PAIR, Kind.HEADING}
    assert kinds & {Kind.CODE, Kind.PAIR}


def test_drawn_trees_are_lists() -> None:
    text = "PHASE 1: Setup (2-3 days)\n  ├─ Servers\n  │  └─ Disks\n  └─ DNS: done\n\nPHASE 2: Test\n  |-- a\n  \\-- b"
    assert outline("", text) == [
        "heading8: PHASE 1: Setup (2-3 days)",
        "  item: Servers",
        "    item: Disks",
        "  item: DNS: done (DNS|done)",
        "heading8: PHASE 2: Test",
        "  item: a",
        "  item: b",
    ]


def test_a_picture_is_structure() -> None:
    block, page = fence("", "┌─────┐\n│ Web │\n└─────┘")
    assert (block.children, [page.structure[line] for line in (2, 3, 4)]) == ([], ["drawing"] * 3)


def test_a_gantt_chart_has_sections_and_tasks() -> None:
    text = "gantt\n    title Plan\n    dateFormat YYYY-MM-DD\n    section Beta\n    Invite :a1, 2024-01-01, 2d\n    %% later"
    assert outline("mermaid", text) == [
        "pair: title: Plan (title|Plan)",
        "pair: dateFormat: YYYY-MM-DD (dateFormat|YYYY-MM-DD)",
        "heading8: Beta",
        "  pair: Invite: a1, 2024-01-01, 2d (Invite|a1, 2024-01-01, 2d)",
    ]


def test_other_languages_and_diagrams_are_kept_line_by_line() -> None:
    assert outline("python", "def f():\n    return {}") == ["code: def f():", "code: return {}"]
    assert outline("mermaid", "graph TD\nA --> B") == ["code: A --> B"]


def test_an_object_of_a_list_is_an_item_named_by_its_first_key() -> None:
    text = (
        '{\n  "phases": [\n    {\n      "name": "Dogfood",\n      "exit": [\n        "errors < 1%"\n      ]\n    },\n'
        '    {\n      "name": "Beta"\n    }\n  ]\n}'
    )
    (phases,) = fence("json", text)[0].children
    assert [(one.kind, one.label, one.value) for one in phases.children] == [
        (Kind.ITEM, "name", "Dogfood"),
        (Kind.ITEM, "name", "Beta"),
    ]
    assert [one.text for one in phases.children[0].children] == ["exit"]
