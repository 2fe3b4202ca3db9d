"""Verdicts for people, scripts and build servers."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from xml.etree import ElementTree

from tminus.conformance.clause import Verdict


def broken(verdicts: Sequence[Verdict]) -> list[Verdict]:
    """The required clauses that the server does not keep."""
    return [one for one in verdicts if one.outcome == "failed" and one.clause.level == "must"]


def summary(verdicts: Sequence[Verdict]) -> str:
    """One sentence: how many clauses, and what became of them."""
    count = {outcome: sum(one.outcome == outcome for one in verdicts) for outcome in ("passed", "failed", "skipped")}
    required = len(broken(verdicts))
    failed = f"{count['failed']} failed" + (f", {required} of them required" if count["failed"] else "")
    return f"{len(verdicts)} clauses: {count['passed']} passed, {failed}, {count['skipped']} not asked"


def as_rows(verdicts: Sequence[Verdict]) -> list[dict[str, Any]]:
    """One object a clause, for JSON."""
    return [
        {
            "clause": one.clause.name,
            "level": one.clause.level,
            "outcome": one.outcome,
            "text": one.clause.text,
            "source": one.clause.source,
            "details": one.details,
        }
        for one in verdicts
    ]


def as_junit(verdicts: Sequence[Verdict], name: str) -> bytes:
    """JUnit's XML. A failed "should" is skipped there, with its details: build servers know no third colour."""
    failures = broken(verdicts)
    skipped = [one for one in verdicts if one.outcome != "passed" and one not in failures]
    suite = ElementTree.Element(
        "testsuite",
        {"name": name, "tests": str(len(verdicts)), "failures": str(len(failures)), "skipped": str(len(skipped))},
    )
    for one in verdicts:
        case = ElementTree.SubElement(suite, "testcase", {"classname": name, "name": one.clause.name})
        if one in failures:
            found = ElementTree.SubElement(case, "failure", {"message": _printable(one.details)})
            found.text = f"{one.clause.text}\n{one.clause.source}"
        elif one in skipped:
            ElementTree.SubElement(case, "skipped", {"message": _printable(one.details)})
    written: bytes = ElementTree.tostring(suite, encoding="utf-8", xml_declaration=True)
    return written


def _printable(text: str) -> str:
    return "".join(letter if letter.isprintable() else "\N{REPLACEMENT CHARACTER}" for letter in text)
