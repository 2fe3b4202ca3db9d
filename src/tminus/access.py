"""Who may do what, for machines: bearer tokens and the rights they carry.

Tokens are random and long, so one SHA-256 is enough: there is no password to guess, and looking a digest up in a
dict gives away no timing that depends on a stored token.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from hashlib import sha256

from tminus.errors import UsageError

EVALUATE = "evaluate"
INGEST = "ingest"
OBSERVE = "observe"
OPERATE = "operate"
ALL_RIGHTS = frozenset({EVALUATE, INGEST, OBSERVE, OPERATE})
CLIENT_RIGHTS = frozenset({EVALUATE, INGEST})

MIN_TOKEN_LENGTH = 16

_BEARER = b"bearer "
_HINT = "for one: python -c 'import secrets; print(secrets.token_urlsafe(32))'"


class Access:
    """Tokens and their rights; after construction only the SHA-256 hex digests of the tokens are kept."""

    def __init__(self, tokens: Mapping[str, frozenset[str]]) -> None:
        self._rights: dict[str, frozenset[str]] = {}
        self._everybody: frozenset[str] | None = None
        for token, rights in tokens.items():
            _check(token, rights)
            self._rights[sha256(token.encode()).hexdigest()] = rights

    @classmethod
    def open(cls) -> Access:
        """Every right for everybody: only for a server that nothing but this machine can reach."""
        access = cls({})
        access._everybody = ALL_RIGHTS
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
        return bool(self._rights)

    def rights(self, headers: Iterable[tuple[bytes, bytes]]) -> frozenset[str] | None:
        """The rights of a request's token (`Authorization: Bearer` or `X-API-Key`); None for no or an unknown token.

        `headers` are ASGI's: pairs of bytes, names in lower case.
        """
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
            rights = self._rights.get(sha256(value).hexdigest())
            if rights is not None:
                return rights
        return None


def _check(token: str, rights: frozenset[str]) -> None:
    if len(token) < MIN_TOKEN_LENGTH:
        raise UsageError(f"a token is shorter than {MIN_TOKEN_LENGTH} characters", hint=_HINT)
    if not token.isascii() or not token.isprintable() or token != token.strip():
        raise UsageError("a token has characters that no HTTP header can carry", hint=_HINT)
    unknown = rights - ALL_RIGHTS
    if unknown:
        raise UsageError(f"unknown rights {sorted(unknown)}", hint=f"the rights are {', '.join(sorted(ALL_RIGHTS))}")
