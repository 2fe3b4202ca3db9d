"""Certificates made for a test: a CA of its own, and what it signed."""

from __future__ import annotations

import datetime
import ipaddress
from dataclasses import dataclass
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

_DAY = datetime.timedelta(days=1)


@dataclass(frozen=True)
class Made:
    """PEM files: the CA's certificate, the server's and the server's key."""

    authority: Path
    certificate: Path
    key: Path

    @property
    def options(self) -> list[str]:
        """As `tminus` takes them."""
        return ["--tls-cert", str(self.certificate), "--tls-key", str(self.key)]


def certificates(directory: Path, *names: str, ended: bool = False) -> Made:
    """A CA and a certificate for `names` (localhost and 127.0.0.1 without any), in files of `directory`.

    One that has `ended` was good until yesterday.
    """
    directory.mkdir(parents=True, exist_ok=True)
    above, own = ec.generate_private_key(ec.SECP256R1()), ec.generate_private_key(ec.SECP256R1())
    issuer = _named(f"CA of {directory.name}")
    until = -_DAY if ended else _DAY
    authority = _signed(issuer, issuer, above.public_key(), above, _DAY, x509.BasicConstraints(ca=True, path_length=0))
    shown = names or ("localhost", "127.0.0.1")
    server = _signed(
        _named(shown[0]), issuer, own.public_key(), above, until, x509.SubjectAlternativeName(_sans(shown))
    )
    made = Made(directory / "ca.pem", directory / "server.pem", directory / "server.key")
    made.authority.write_bytes(authority)
    made.certificate.write_bytes(server + authority)
    made.key.write_bytes(_pem_of(own, serialization.NoEncryption()))
    return made


def locked(key: Path) -> Path:
    """The key again, under a password, beside it."""
    found = serialization.load_pem_private_key(key.read_bytes(), None)
    assert isinstance(found, ec.EllipticCurvePrivateKey)
    path = key.with_suffix(".locked")
    path.write_bytes(_pem_of(found, serialization.BestAvailableEncryption(b"secret")))
    return path


def _pem_of(key: ec.EllipticCurvePrivateKey, how: serialization.KeySerializationEncryption) -> bytes:
    return key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, how)


def _named(name: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])


def _sans(names: tuple[str, ...]) -> list[x509.GeneralName]:
    return [x509.IPAddress(ipaddress.ip_address(name)) if name[0].isdigit() else x509.DNSName(name) for name in names]


def _signed(
    subject: x509.Name,
    issuer: x509.Name,
    key: ec.EllipticCurvePublicKey,
    above: ec.EllipticCurvePrivateKey,
    until: datetime.timedelta,
    extension: x509.ExtensionType,
) -> bytes:
    now = datetime.datetime.now(datetime.UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key)
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - 30 * _DAY)
        .not_valid_after(now + until)
        .add_extension(extension, critical=isinstance(extension, x509.BasicConstraints))
    )
    return made.sign(above, hashes.SHA256()).public_bytes(serialization.Encoding.PEM)
