"""The front matter of a page: YAML between `---`, or TOML between `+++`, at its very top."""

from __future__ import annotations

import re

from tminus.importer.page import Page

_ENTRY = {"---": re.compile(r"([\w.-]+)[ \t]*+:(?:[ \t]+(.*))?"), "+++": re.compile(r"([\w.-]+)[ \t]*+=[ \t]*+(.*)")}
_LONGEST = 200  # lines; what is longer is a page that begins with a rule


def read_front_matter(page: Page) -> int:
    """Fill `page.front` and `page.structure`; the number of lines that the front matter takes, 0 if there is none.

    A list beneath a key is its value, joined by commas; other nesting is not looked into.
    """
    lines = page.lines
    mark = lines[0].rstrip() if lines else ""
    entry = _ENTRY.get(mark)
    if entry is None:
        return 0
    ends = {mark, "..."} if mark == "---" else {mark}
    end = next((n for n, line in enumerate(lines[1:_LONGEST], 1) if line.rstrip() in ends), 0)
    first = next((line for line in lines[1:end] if line.strip() and line[0] != "#"), "")
    if not end or not (entry.fullmatch(first.rstrip()) or first.startswith("[")):
        return 0
    key = ""
    for number, line in enumerate(lines[: end + 1], 1):
        if line.strip():
            page.structure[number] = "front matter"
        if found := entry.fullmatch(line.rstrip()):
            key = found[1]
            page.front[key] = (_bare(found[2] or ""), number)
        elif key and line.lstrip().startswith("- "):
            value, at = page.front[key]
            page.front[key] = (f"{value}, {_bare(line.strip()[2:])}".lstrip(", "), at)
    return end + 1


def _bare(value: str) -> str:
    value = value.strip()
    if len(value) > 1 and value[0] == value[-1] and value[0] in "\"'":
        return value[1:-1]
    if value.startswith("[") and value.endswith("]"):
        return ", ".join(_bare(part) for part in value[1:-1].split(","))
    return value
