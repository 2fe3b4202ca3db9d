"""Cohorts whose users are in a CSV file: read with the plan, so that plan and log hold the users themselves."""

from __future__ import annotations

import csv
import hashlib
from collections.abc import Callable
from pathlib import Path

from tminus.errors import UsageError
from tminus.plan.document import Node
from tminus.plan.findings import Findings
from tminus.plan.flagging import Cohort
from tminus.plan.model import Plan

# A flag's rule has at most 100,000 parts (`tminus.flags`), and all cohorts of a stage may be in one rule.
MOST_USERS = 90_000
LARGEST_FILE = 10_000_000

_HEADS = frozenset({"user", "users", "user_id", "userid", "id", "key", "targetingkey", "targeting_key", "email"})

ReadFile = Callable[[Path], bytes]


def with_cohort_files(plan: Plan, written: Node, read: ReadFile, found: Findings) -> Plan:
    """The plan whose cohorts have the users of their files beside their own, and the files' SHA-256.

    A file's name is relative to the plan file, or overlay, that names it. `read(path)` gives its bytes, `LARGEST_FILE` and
    one more at most, or raises OSError. What is wrong with a file goes to `found`, and its cohort stays as it was.
    """
    cohorts = dict(plan.cohorts)
    for name, cohort in plan.cohorts.items():
        if cohort.file:
            named_in = written.value["cohorts"].value[name].value["file"].file
            try:
                cohorts[name] = _filled(cohort, read(Path(named_in).parent / cohort.file))
            except (OSError, ValueError) as error:  # a ValueError is a path that cannot be, as one with a null byte
                why = getattr(error, "strerror", None) or error
                _report(found, name, f"`{cohort.file}` cannot be read: {why}", "look at the path")
            except UsageError as error:
                _report(found, name, f"`{cohort.file}`: {error.message}", error.hint)
            if sum(len(one.users) for one in cohorts.values()) > MOST_USERS:
                message = f"with `{cohort.file}` the cohorts name more than {MOST_USERS:,} users, which no rule holds"
                _report(found, name, message, "let a rule or a tier find them")
                return plan
    return plan.model_copy(update={"cohorts": cohorts})


def _report(found: Findings, cohort: str, message: str, hint: str) -> None:
    found.error(("cohorts", cohort, "file"), "cohort-file", message, hint)


def _filled(cohort: Cohort, data: bytes) -> Cohort:
    if len(data) > LARGEST_FILE:
        raise UsageError("it has more than 10 MB", hint="let a rule or a tier find the users")
    digest = hashlib.sha256(data).hexdigest()
    if cohort.sha256 and cohort.sha256 != digest:
        raise UsageError("it is not the file that `sha256` says", hint=f"if it is to be this one, write {digest}")
    try:
        users = cohort_users(data.decode("utf-8-sig"), cohort.column)
    except UnicodeDecodeError:
        raise UsageError("it is not UTF-8", hint="save it as UTF-8") from None
    return cohort.model_copy(update={"users": tuple(dict.fromkeys((*cohort.users, *users))), "sha256": digest})


def cohort_users(text: str, column: str = "") -> tuple[str, ...]:
    """The users of a CSV, each once, in its order: of `column`, or of the first one, whose head is left out where it is one.

    Raises UsageError where there is no such column, or nobody in it.
    """
    try:
        rows = [row for row in csv.reader(text.splitlines()) if any(cell.strip() for cell in row)]
    except csv.Error as error:
        raise UsageError(f"the file is no CSV: {error}", hint="one user a line") from None
    head = [cell.strip() for cell in rows[0]] if rows else []
    if column and column not in head:
        raise UsageError(f"there is no column {column!r}", hint=f"there are: {', '.join(head[:8]) or 'none'}")
    place = head.index(column) if column else 0
    has_head = column in head or any(cell.lower() in _HEADS for cell in head[:1])
    cells = (row[place].strip() for row in rows[int(has_head) :] if len(row) > place)
    users = tuple(dict.fromkeys(cell for cell in cells if cell))
    if not users:
        raise UsageError("the file names nobody", hint="one user a line, or --column for the column that has them")
    return users
