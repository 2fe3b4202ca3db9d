"""Who may do what, for machines: bearer tokens and the rights they carry.

Tokens are random and long, so one SHA-256 is enough: there is no password to guess, and looking a digest up in a
dict gives away no timing that depends on a stored token.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from hashlib import sha256

from tminus.errors import UsageError

DEFINE = "definitions"
EVALUATE = "evaluate"
INGEST = "ingest"
OBSERVE = "observe"
OPERATE = "operate"
ALL_RIGHTS = frozenset({DEFINE, EVALUATE, INGEST, OBSERVE, OPERATE})
CLIENT_RIGHTS = frozenset({EVALUATE, INGEST})
# Definitions name people and rules: they go to servers that evaluate for themselves, never to a browser.
SERVER_RIGHTS = CLIENT_RIGHTS | {DEFINE}
SCOPES = {"client": CLIENT_RIGHTS, "server": SERVER_RIGHTS}

MIN_TOKEN_LENGTH = 16

_BEARER = b"bearer "
_HINT = "for one: python -c 'import secrets; print(secrets.token_urlsafe(32))'"


@dataclass(frozen=True, slots=True)
class StoredToken:
    """A token as it is kept: its SHA-256 (hex) and what it is for. An empty `environment` means any."""

    name: str
    digest: str
    scope: str
    environment: str = ""


@dataclass(frozen=True, slots=True)
class Holder:
    """Whoever holds one token. `ticket` opens the stream of change notices, and nothing else: it may stand in an address.

    It follows from the stored digest, so that every server that knows the token knows the ticket, and it ends with it.
    """

    rights: frozenset[str]
    ticket: str = ""


class Access:
    """Tokens and their rights; after construction only the SHA-256 hex digests of the tokens are kept."""

    def __init__(self, tokens: Mapping[str, frozenset[str]]) -> None:
        self._own: dict[str, Holder] = {}
        self._everybody: Holder | None = None
        for token, rights in tokens.items():
            _check(token, rights)
            digest = digest_of(token)
            self._own[digest] = Holder(rights, _ticket(digest))
        self._holders = dict(self._own)
        self._tickets = {holder.ticket: holder for holder in self._own.values()}

    @classmethod
    def open(cls) -> Access:
        """Every right for everybody: only for a server that nothing but this machine can reach."""
        access = cls({})
        access._everybody = Holder(ALL_RIGHTS)
        return access

    @classmethod
    def from_environment(cls, env: Mapping[str, str]) -> Access:
        """TMINUS_TOKEN carries all rights, TMINUS_CLIENT_TOKEN evaluate and ingest; blank or absent means no such token.

        With neither, nobody has any right: whether the server may then be open is for whoever binds it to say.
        Raises UsageError for a token that is too short, or when both are the same.
        """
        given: dict[str, frozenset[str]] = {}
        for name, rights in (("TMINUS_TOKEN", ALL_RIGHTS), ("TMINUS_CLIENT_TOKEN", CLIENT_RIGHTS)):
            token = env.get(name, "").strip()
            if not token:
                continue
            if token in given:
                raise UsageError("TMINUS_TOKEN and TMINUS_CLIENT_TOKEN are the same", hint=_HINT)
            if len(token) < MIN_TOKEN_LENGTH:
                raise UsageError(f"{name} is shorter than {MIN_TOKEN_LENGTH} characters", hint=_HINT)
            given[token] = rights
        return cls(given)

    @property
    def has_tokens(self) -> bool:
        """Whether any token is known, which is what a server needs before it may leave loopback."""
        return bool(self._holders)

    def admit(self, stored: Iterable[StoredToken], environment: str = "") -> None:
        """Know these tokens beside the given ones, instead of those admitted before.

        A token of another environment than this server's is known and may do nothing: 403 says more than 401.
        """
        holders = dict(self._own)
        for token in stored:
            here = not token.environment or token.environment == environment
            rights = SCOPES.get(token.scope, frozenset()) if here else frozenset()
            holders.setdefault(token.digest, Holder(rights, _ticket(token.digest)))
        # Requests on other threads see the old tokens or the new ones, never half of each.
        self._tickets = {holder.ticket: holder for holder in holders.values()}
        self._holders = holders

    def rights(self, headers: Iterable[tuple[bytes, bytes]]) -> frozenset[str] | None:
        """The rights of a request's token (`Authorization: Bearer` or `X-API-Key`); None for no or an unknown token.

        `headers` are ASGI's: pairs of bytes, names in lower case.
        """
        holder = self.holder(headers)
        return None if holder is None else holder.rights

    def holder(self, headers: Iterable[tuple[bytes, bytes]]) -> Holder | None:
        """Who sent a request, by the token in its headers; None for no or an unknown token."""
        if self._everybody is not None:
            return self._everybody
        for name, value in headers:
            if name == b"authorization":
                # Another scheme may belong to a proxy in front: it neither grants nor takes away anything here.
                if value[:7].lower() != _BEARER:
                    continue
                value = value[7:].strip()
            elif name != b"x-api-key":
                continue
            holder = self._holders.get(sha256(value).hexdigest())
            if holder is not None:
                return holder
        return None

    def by_ticket(self, ticket: str) -> Holder | None:
        """Who was given this ticket; None for an unknown one."""
        return self._everybody or self._tickets.get(ticket)


def digest_of(token: str) -> str:
    """What is kept of a token: its SHA-256 in hexadecimal digits."""
    return sha256(token.encode()).hexdigest()


def _ticket(digest: str) -> str:
    return sha256(f"tminus change notices {digest}".encode()).hexdigest()[:32]


def _check(token: str, rights: frozenset[str]) -> None:
    if len(token) < MIN_TOKEN_LENGTH:
        raise UsageError(f"a token is shorter than {MIN_TOKEN_LENGTH} characters", hint=_HINT)
    if not token.isascii() or not token.isprintable() or token != token.strip():
        raise UsageError("a token has characters that no HTTP header can carry", hint=_HINT)
    unknown = rights - ALL_RIGHTS
    if unknown:
        raise UsageError(f"unknown rights {sorted(unknown)}", hint=f"the rights are {', '.join(sorted(ALL_RIGHTS))}")
