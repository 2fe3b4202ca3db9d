"""The hash chain: how an event is sealed to the one before it, and how a chain is checked.

    hash = sha256( JSON [previous, launch, seq, repr(at), actor] + "\\n" + the event's canonical JSON ), in hexadecimal

`previous` is the hash of the event before, empty for a launch's first. The header is JSON so that no launch or actor,
whatever it is called, can be moved from one field into the next without changing the hash. A chain shows that nothing
in it was altered, left out or put in between; it cannot show that its newest events were cut off.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from hashlib import sha256
from typing import Any, NamedTuple

import msgspec

from tminus.core.events import Event, Recorded, decode, encode
from tminus.errors import StoreError

GENESIS = ""
_header = msgspec.json.Encoder()


class Row(NamedTuple):
    """An event as a table keeps it: `body` is the canonical JSON."""

    launch: str
    seq: int
    at: float
    actor: str
    body: str
    previous: str
    hash: str


def digest(previous: str, launch: str, seq: int, at: float, actor: str, body: bytes) -> str:
    """The hash of one event. `repr(at)` is exact: it reads back as the same float everywhere."""
    header = _header.encode((previous, launch, seq, repr(at), actor))
    return sha256(header + b"\n" + body).hexdigest()


def settle(events: Sequence[Event]) -> list[tuple[Event, bytes]]:
    """Each event as a reader will get it, with its canonical bytes.

    Reading back at once keeps out what could never be read again, and makes a live fold equal to a replay: a tuple
    in the evidence is a list for both. Raises `StoreError`.
    """
    settled = []
    for event in events:
        try:
            body = encode(event)
            settled.append((decode(body), body))
        except (TypeError, ValueError, msgspec.MsgspecError) as error:
            raise StoreError(
                f"event {type(event).__name__} cannot be recorded: {error}", code="bad-event", retryable=False
            ) from error
    return settled


def seal(
    settled: Sequence[tuple[Event, bytes]], launch: str, after: int, previous: str, *, actor: str, at: float
) -> list[Recorded]:
    """The events as numbers after+1 ..., chained to `previous`. Raises `StoreError` for a name or time no log can keep."""
    at = float(at)
    _keepable(launch, actor, at)
    sealed = []
    for seq, (event, body) in enumerate(settled, after + 1):
        own = digest(previous, launch, seq, at, actor, body)
        sealed.append(Recorded(launch, seq, at, actor, event, previous, own))
        previous = own
    return sealed


def restore(row: Row) -> Recorded:
    """A row read back. Raises `StoreError` for an event that this version does not know or cannot read."""
    try:
        event = decode(row.body)
    except (ValueError, msgspec.MsgspecError) as error:
        raise _unreadable(row, error) from error
    return Recorded(row.launch, row.seq, row.at, row.actor, event, row.previous, row.hash)


def check(launch: str, rows: Iterable[Row]) -> int:
    """Check a whole chain, from its first row; the number of events. Raises `StoreError` naming the first that is wrong."""
    previous, count = GENESIS, 0
    for row in rows:
        wrong = _fault(row, launch, count + 1, previous)
        if wrong:
            raise StoreError(
                f"event {count + 1} of launch {launch!r} {wrong}",
                hint="the log was changed from outside: restore it from a copy",
                code="broken-chain",
                retryable=False,
            )
        previous, count = row.hash, count + 1
    return count


def after_head(launch: str, head: int, after: int) -> StoreError | None:
    """Why an append at this number would break the log: it would leave a gap."""
    if after <= head:
        return None
    return StoreError(
        f"the log of launch {launch!r} ends at event {head}, but event {after} has been seen",
        hint="it was replaced or restored from an older copy while T-minus ran: start T-minus again",
        code="log-shortened",
        retryable=False,
    )


def _keepable(launch: str, actor: str, at: float) -> None:
    if not math.isfinite(at):
        raise StoreError(f"an event of launch {launch!r} has no time: {at}", code="bad-event", retryable=False)
    for name in (launch, actor):
        # Half a character or a NUL, as a careless client may send: no database keeps the one, PostgreSQL not the other.
        if "\0" in name or any("\ud800" <= letter <= "\udfff" for letter in name):
            raise StoreError(f"{name!r} cannot be kept as text", code="bad-event", retryable=False)


def _fault(row: Row, launch: str, seq: int, previous: str) -> str:
    if row.seq != seq:
        return f"is missing: the next one there is {row.seq}"
    if row.previous != previous:
        return "does not follow the one before it"
    try:
        body = row.body.encode("utf-8", "surrogateescape")
        fits = row.hash == digest(previous, launch, seq, row.at, row.actor, body)
    except (AttributeError, UnicodeEncodeError):
        fits = False
    return "" if fits else "does not fit its hash: it was altered after it was recorded"


def _unreadable(row: Row, error: Exception) -> StoreError:
    where = f"event {row.seq} of launch {row.launch!r}"
    try:
        kind: Any = msgspec.json.decode(row.body).get("event")
    except (ValueError, AttributeError, msgspec.MsgspecError):
        kind = None
    if "$.event" in str(error) and kind is not None:
        return StoreError(
            f"{where} is a {kind!r}, which this version of T-minus does not know",
            hint="the log was written by a newer version: use that one",
            code="unknown-event",
            retryable=False,
        )
    return StoreError(
        f"{where} cannot be read: {error}",
        hint="`tminus log --verify` says what was changed",
        code="damaged-event",
        retryable=False,
    )
