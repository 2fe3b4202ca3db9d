"""Every error T-minus raises on purpose.

    TminusError
    ├── PlanInvalid        the plan file has problems, all of them listed      exit 2
    ├── UsageError         the command or request asks for something impossible exit 2
    │   ├── DefinitionInvalid  a flag definition that cannot be served (flags)
    │   ├── PageUnreadable     the page to import is no text, too large, or empty
    │   ├── NotFound           the API has no such launch or command (api)
    │   └── BadRequest         the API cannot read the body or the query (api)
    ├── StoreError         the log cannot be read or written                    exit 3
    │   └── Conflict           somebody else appended first: re-read and decide again
    ├── SourceError        a source of metrics or flags could not answer        exit 4
    ├── ActionError        an action could not be performed                     exit 4
    ├── IngestError        telemetry that cannot be accepted
    └── AccessDenied       no token, a wrong one, or one without that right     exit 5

Whoever raises knows best: the raiser says in `retryable` whether the same call may succeed later,
and in `hint` what a person can do about it. A surface prints one line and never a traceback.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Literal


class TminusError(Exception):
    """An error with a stable `code`, one line of text, and what to do about it."""

    code = "error"
    retryable = False
    exit_code = 1

    def __init__(self, message: str, *, hint: str = "", code: str | None = None, retryable: bool | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint
        if code is not None:
            self.code = code
        if retryable is not None:
            self.retryable = retryable

    def __str__(self) -> str:
        return f"{self.message} ({self.hint})" if self.hint else self.message


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is wrong with a plan: where (lines and columns from 1), a stable code, and what to do about it.

    A warning does not stop a launch. Every code is explained in docs/checks.md.
    """

    file: str
    line: int
    column: int
    code: str
    message: str
    hint: str = ""
    severity: Literal["error", "warning"] = "error"
    place: str = ""  # in the plan, such as phases.beta.exit.0; empty where the file is not even a plan
    waived: str = ""  # the reason for which the team accepts it

    def __post_init__(self) -> None:
        # Words of the plan are quoted in messages: a line break or an escape sequence in them must not reach a terminal.
        for name in ("message", "hint"):
            words = " ".join(getattr(self, name).split())
            object.__setattr__(
                self, name, "".join(c if c.isprintable() else "\N{REPLACEMENT CHARACTER}" for c in words)
            )

    def __str__(self) -> str:
        advice = f"; {self.hint}" if self.hint else ""
        return f"{self.file}:{self.line}:{self.column}: {self.code}: {self.message}{advice}"


class PlanInvalid(TminusError):
    """The plan has problems. All of them are in `problems`, in the order of the files and their lines."""

    code = "plan-invalid"
    exit_code = 2

    def __init__(self, problems: Sequence[Problem]) -> None:
        self.problems = tuple(problems)
        errors = sum(problem.severity == "error" for problem in self.problems)
        super().__init__(f"the plan has {errors} problem{'' if errors == 1 else 's'}")

    def __str__(self) -> str:
        return "\n".join(str(problem) for problem in self.problems)


class UsageError(TminusError):
    """The command or the request asks for something that cannot be done as asked."""

    code = "usage"
    exit_code = 2


def no_such(what: str, name: str, known: Sequence[str]) -> UsageError:
    """The error for a name that is none of those known: it says the nearest of them, or the first few."""
    near = get_close_matches(name, known, 1)
    hint = f"did you mean {near[0]}?" if near else f"known: {', '.join(known[:8]) or 'none'}"
    return UsageError(f"there is no {what} {name}", hint=hint)


class PageUnreadable(UsageError):
    """The page to import cannot be read: `code` is `not-text`, `too-large` or `empty`."""

    code = "not-text"


class StoreError(TminusError):
    """The log cannot be read or written right now (disk full, database locked, file damaged)."""

    code = "store"
    retryable = True
    exit_code = 3


class Conflict(StoreError):
    """Somebody else appended first. Normal with more than one writer: re-read and decide again."""

    code = "conflict"


class SourceError(TminusError):
    """A metric source could not answer. Evidence about the source, never about the release."""

    code = "source"
    retryable = True
    exit_code = 4


class ActionError(TminusError):
    """An action could not be performed. `retryable` says whether another try may succeed."""

    code = "action"
    exit_code = 4


class IngestError(TminusError):
    """Telemetry that cannot be accepted. `status` is the HTTP status the sender gets."""

    code = "ingest"

    def __init__(self, message: str, *, status: int = 400, hint: str = "") -> None:
        super().__init__(message, hint=hint, retryable=status in (429, 503))
        self.status = status


class AccessDenied(TminusError):
    """No token, a wrong one, or one without the right that is asked for."""

    code = "access"
    exit_code = 5
