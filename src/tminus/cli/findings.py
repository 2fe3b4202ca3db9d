"""Findings of `tminus check` as other programs read them: GitHub's workflow commands, and SARIF 2.1.0."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any
from urllib.parse import quote

from tminus import __version__
from tminus.errors import Problem
from tminus.plan.codes import CODES

_SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"


def as_github(problems: Iterable[Problem]) -> Iterator[str]:
    """One workflow command a finding: GitHub shows it beside the line. Waived ones are notices."""
    for problem in problems:
        level = "notice" if problem.waived else problem.severity
        place = (
            f"file={_property(problem.file)},line={problem.line},col={problem.column},title={_property(problem.code)}"
        )
        advice = f"; {problem.hint}" if problem.hint else ""
        reason = f" (waived: {problem.waived})" if problem.waived else ""
        yield f"::{level} {place}::{_data(problem.message + advice + reason)}"


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")


def as_sarif(problems: Sequence[Problem]) -> dict[str, Any]:
    """A SARIF log with one run: every code that is found is a rule, every finding a result, waivers are suppressions."""
    codes = sorted({problem.code for problem in problems})
    rules = [_rule(code) for code in codes]
    driver = {"name": "tminus check", "semanticVersion": __version__, "rules": rules}
    results = [_result(problem, codes.index(problem.code)) for problem in problems]
    run = {"tool": {"driver": driver}, "columnKind": "unicodeCodePoints", "results": results}
    return {"$schema": _SCHEMA, "version": "2.1.0", "runs": [run]}


def _rule(code: str) -> dict[str, Any]:
    level = "warning" if CODES.get(code, "").startswith("Warning: ") else "error"
    return {
        "id": code,
        "shortDescription": {"text": CODES.get(code, code).removeprefix("Warning: ")},
        "help": {"text": f"docs/checks.md explains `{code}` with an example and its mend."},
        "defaultConfiguration": {"level": level},
    }


def _uri(file: str) -> str:
    """A path as a URI reference: relative to where the command ran if it is beneath, with forward slashes, escaped."""
    path = Path(file)
    if path.is_absolute():
        here = Path.cwd()
        if not path.is_relative_to(here):
            return path.as_uri()
        path = path.relative_to(here)
    return quote(path.as_posix(), safe="/")


def _result(problem: Problem, rule: int) -> dict[str, Any]:
    advice = f"; {problem.hint}" if problem.hint else ""
    region = {"startLine": problem.line, "startColumn": problem.column}
    location: dict[str, Any] = {
        "physicalLocation": {"artifactLocation": {"uri": _uri(problem.file)}, "region": region},
    }
    if problem.place:
        location["logicalLocations"] = [{"fullyQualifiedName": problem.place}]
    result: dict[str, Any] = {
        "ruleId": problem.code,
        "ruleIndex": rule,
        "level": problem.severity,
        "message": {"text": problem.message + advice},
        "locations": [location],
    }
    if problem.waived:
        result["suppressions"] = [{"kind": "inSource", "status": "accepted", "justification": problem.waived}]
    return result
