"""A page of a megabyte, whatever is on it, takes less than 20 times its size, and each of its lines is accounted for."""

import runpy
import tracemalloc
from pathlib import Path

import pytest
from ruamel.yaml import YAML

from tminus.importer import account, import_page
from tminus.importer.scanning import MOST_LINES
from tminus.plan.document import read_document

MEGABYTE = 1_000_000
MOST = 20
BENCH = runpy.run_path(str(Path(__file__).parents[3] / "bench" / "imports.py"))
KINDS = ["items", "boxes", "headings", "stages", "chains", "cells", "yaml", "emoji", "pages"]


def page(kind: str) -> bytes:
    written: dict[str, bytes] = BENCH["kinds"]()
    found = b"\n".join(path.read_bytes() for path in sorted(BENCH["PAGES"].glob("*.md")))
    data: bytes = BENCH["repeated"]((written | {"pages": found})[kind], MEGABYTE)
    return data


@pytest.mark.parametrize("kind", KINDS)
def test_a_page_of_a_megabyte_takes_less_than_twenty_times_its_size(kind: str) -> None:
    data = page(kind)
    tracemalloc.start()
    try:
        imported = import_page(data, "page.md")
        assert len(imported.text) > 1000
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak / len(data) < MOST
    filled = [number for number, line in enumerate(data.decode(errors="replace").split("\n"), 1) if line.strip()]
    assert [line for line, _, _ in imported.accounted] == filled


def test_what_is_beyond_the_last_line_that_is_read_is_one_note_and_said_to_be_so() -> None:
    lines = [f"- task {number}" for number in range(MEGABYTE // 12)]
    imported = import_page("\n".join(lines).encode(), "page.md")
    first = imported.draft.unread
    assert 1000 < first <= MOST_LINES + 1
    told = account(imported)
    assert {one["as"] for one in told["accounting"][first - 1 :]} == {"note"}
    assert len({one["place"] for one in told["accounting"][first - 1 :]}) == 1
    assert any(one["line"] == first and "one note" in one["why"] for one in told["doubts"])
    note = [one for one in imported.draft.notes if one[0] == first]
    assert note == [(first, "\n".join(lines[first - 1 :]))]
    # Literally, so that people can read it.
    assert f"    {lines[-1]}\n" in imported.text


def test_a_page_is_read_to_its_end_where_it_has_no_more_lines_than_a_long_plan() -> None:
    imported = import_page(b"- [ ] ab\n" * 3000, "page.md")
    assert imported.draft.unread == 0
    assert imported.counts["box"] == 3000


def test_the_rest_stands_in_the_plan_as_it_stood_on_the_page() -> None:
    odd = [
        "  indented",
        "",
        "\ttabbed: yes # no comment",
        "- \"quoted\" 'text' \\ {a: b}",
        "**bold** \N{ROCKET}",
        "end",
    ]
    rest = "\n".join(odd * 800)
    imported = import_page(("- a\n" * 3000 + "x\n" + rest + "\n\n").encode(), "page.md")
    assert imported.draft.unread
    document, problems = read_document(imported.text, "plan.yaml")
    assert (document is None, problems) == (False, [])
    assert rest in texts(imported.text)


def texts(text: str) -> str:
    """All texts of a YAML document, read by a library."""
    stack = [YAML(typ="safe", pure=True).load(text)]
    found: list[str] = []
    while stack:
        one = stack.pop()
        if isinstance(one, dict):
            stack += one.values()
        elif isinstance(one, list):
            stack += one
        else:
            found.append(str(one))
    return "\0".join(found)


def test_a_plan_too_large_to_be_checked_is_said_to_be_so() -> None:
    imported = import_page(b'"\n' * (MEGABYTE // 2), "page.md")
    told = [one["why"] for one in account(imported)["doubts"]]
    assert (len(imported.text.encode()) > 2_000_000) == any("split the page" in why for why in told)
    assert any("split the page" in why for why in told)
