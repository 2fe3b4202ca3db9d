"""References to secrets and keys: what the plan and the log may hold in place of the thing itself."""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import quote

from tminus.errors import ActionError
from tminus.ports import Job

_PREFIX = "env:"
_PLAIN = "".join(chr(code) for code in range(0x20, 0x7F) if chr(code) != "%")


def world_key(job: Job) -> str:
    """The idempotency key as the world gets it, in ASCII.

    The launch is part of it, by name and by the identity it got when it began: the first rollback action of two
    launches of one plan has the same key in both logs, and a receiver must not take the second for the first.
    """
    name = f"{job.launch}.{job.identity}" if job.identity else job.launch
    return quote(f"{name}:{job.key}", safe=_PLAIN)


def variable(reference: str, what: str) -> str:
    """The NAME of `env:NAME`. Raises `ActionError`, without repeating what may be the secret itself."""
    name = reference.removeprefix(_PREFIX)
    if not reference.startswith(_PREFIX) or not name:
        raise ActionError(
            f"{what} is not a reference to a variable", hint="write env:NAME and put the secret into NAME"
        )
    return name


def secret(env: Mapping[str, str], reference: str, what: str) -> str:
    """The value behind `env:NAME`, without space around it; empty when the variable is not set."""
    return env.get(variable(reference, what), "").strip()
