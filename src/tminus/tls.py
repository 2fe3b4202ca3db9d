"""Certificates: the one a server shows, and those that a client believes."""

from __future__ import annotations

import ssl
from dataclasses import dataclass
from pathlib import Path

from tminus.errors import UsageError

# X509_V_FLAG_NO_CHECK_TIME of OpenSSL, which Python's ssl has no name for.
_WITHOUT_DATES = 0x200000


@dataclass(frozen=True)
class Certificate:
    """Two PEM files: a certificate, with those that lead from it to its CA beneath it, and its private key."""

    certificate: Path
    key: Path

    @classmethod
    def of(cls, certificate: Path | None, key: Path | None) -> Certificate | None:
        """What `--tls-cert` and `--tls-key` say; None without either.

        Raises UsageError for one without the other, a file that cannot be read, one that is no PEM, a key that is
        locked by a password, and a key of another certificate: before a server listens, and in one line.
        """
        if certificate is None and key is None:
            return None
        if certificate is None or key is None:
            raise _refused("--tls-cert and --tls-key belong together", "give both, or none")
        found = cls(certificate, key)
        found._check()
        return found

    def pems(self) -> tuple[bytes, bytes]:
        """The key and the chain, as gRPC wants them. Raises UsageError."""
        return _read(self.key, "--tls-key"), _read(self.certificate, "--tls-cert")

    def own(self) -> str:
        """The server's own certificate in PEM, without those above it. Raises UsageError."""
        head, mark, _ = _read(self.certificate, "--tls-cert").decode("ascii", "replace").partition(ssl.PEM_FOOTER)
        return head[head.find(ssl.PEM_HEADER) :] + mark + "\n"

    def _check(self) -> None:
        key, chain = self.pems()
        if ssl.PEM_HEADER.encode() not in chain:
            raise _refused(f"--tls-cert: {self.certificate} holds no certificate", "a PEM file is wanted")
        if b"PRIVATE KEY-----" not in key:
            raise _refused(f"--tls-key: {self.key} holds no private key", "a PEM file is wanted")
        if b"ENCRYPTED" in key:
            raise _refused(f"--tls-key: {self.key} is locked by a password", "openssl pkey -in KEY -out OPEN")
        try:
            # Without the callback OpenSSL would ask the terminal for a password.
            ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER).load_cert_chain(self.certificate, self.key, password=lambda: "")
        except ssl.SSLError as error:
            if error.reason == "KEY_VALUES_MISMATCH":
                raise _refused(f"{self.key} is not the key of {self.certificate}", "look at both files") from None
            words = f"{self.certificate} and {self.key} cannot be used: {error.reason or error}"
            raise _refused(words, "look at both files") from None


def trusting(authorities: Path | str | None) -> ssl.SSLContext:
    """How a client checks servers: against the CAs of this PEM file, or the system's. Raises UsageError."""
    if authorities is None:
        return ssl.create_default_context()
    content = _read(Path(authorities), "--tls-ca")
    try:
        return ssl.create_default_context(cadata=content.decode("ascii"))
    except (ssl.SSLError, ValueError):
        raise _refused(f"--tls-ca: {authorities} holds no certificates", "a PEM file is wanted") from None


def verifying(url: str, authorities: Path | str | None) -> ssl.SSLContext | bool:
    """`trusting`, as httpx wants it, where there is a server to check: reading the CAs costs every start 20 ms."""
    return trusting(authorities) if authorities is not None or url.startswith("https://") else True


def pinned(own: str) -> ssl.SSLContext:
    """How a client checks a server whose very certificate (PEM) it knows: that one, whatever its names and dates say."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.load_verify_locations(cadata=own)
    context.verify_flags |= ssl.VERIFY_X509_PARTIAL_CHAIN | ssl.VerifyFlags(_WITHOUT_DATES)
    return context


def _read(path: Path, option: str) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise _refused(f"{option}: {path} cannot be read: {error.strerror}", "look at the path") from None


def _refused(words: str, hint: str) -> UsageError:
    return UsageError(words, hint=hint, code="tls")
