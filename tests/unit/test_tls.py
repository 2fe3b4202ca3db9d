"""Certificates that cannot be used are said in one line, before anything listens."""

from __future__ import annotations

import ssl
from pathlib import Path

import pytest
from typer.testing import CliRunner

from support.certificates import Made, certificates, locked
from tminus.cli.commands import app
from tminus.errors import UsageError
from tminus.tls import Certificate, pinned, trusting


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Made:
    return certificates(tmp_path_factory.mktemp("made"))


def wrong_pairs(made: Made, folder: Path) -> dict[str, tuple[Path | None, Path | None]]:
    other = certificates(folder / "other")
    empty = folder / "empty.pem"
    empty.write_text("")
    cut = folder / "cut.pem"
    cut.write_text(made.certificate.read_text()[:300] + "\n-----END CERTIFICATE-----\n")
    return {
        "belong together": (made.certificate, None),
        "give both, or none": (None, made.key),
        "No such file": (folder / "nowhere.pem", made.key),
        "Is a directory": (made.certificate, folder),
        "holds no certificate": (empty, made.key),
        "holds no private key": (made.certificate, empty),
        "is not the key of": (made.certificate, other.key),
        "is locked by a password": (made.certificate, locked(made.key)),
        "cannot be used": (cut, made.key),
    }


def test_a_pair_that_cannot_be_used_is_said_before_anything_listens(made: Made, tmp_path: Path) -> None:
    for words, (certificate, key) in wrong_pairs(made, tmp_path).items():
        with pytest.raises(UsageError, match=words):
            Certificate.of(certificate, key)


@pytest.mark.parametrize("command", ["serve", "run PLAN", "edge --from FLAGS"])
def test_every_server_ends_with_2_and_one_line_for_a_key_of_another_certificate(
    command: str, made: Made, tmp_path: Path
) -> None:
    (tmp_path / "flags.json").write_text('{"flags": {}}')
    plan = Path(__file__).parents[2] / "examples" / "first" / "plan.yaml"
    words = command.replace("PLAN", str(plan)).replace("FLAGS", str(tmp_path / "flags.json")).split()
    other = certificates(tmp_path / "other")
    given = [*words, "--tls-cert", str(made.certificate), "--tls-key", str(other.key)]
    done = CliRunner().invoke(app, given, env={"TMINUS_DATA": str(tmp_path / "data"), "COLUMNS": "400"})
    assert done.exit_code == 2
    assert "is not the key of" in done.output
    assert "Traceback" not in done.output
    assert not (tmp_path / "data").exists()


def test_without_either_there_is_no_tls_and_with_both_the_chain_is_shown(made: Made) -> None:
    assert Certificate.of(None, None) is None
    found = Certificate.of(made.certificate, made.key)
    assert found is not None
    assert found.pems() == (made.key.read_bytes(), made.certificate.read_bytes())


def test_what_is_pinned_is_the_servers_own_certificate_and_never_its_ca(made: Made) -> None:
    found = Certificate.of(made.certificate, made.key)
    assert found is not None
    own = found.own()
    assert own.count("BEGIN CERTIFICATE") == 1
    assert made.certificate.read_text().startswith(own)
    assert made.authority.read_text() not in own
    assert pinned(own).verify_mode is ssl.CERT_REQUIRED


def test_cas_that_are_told_stand_in_place_of_the_systems(made: Made) -> None:
    (known,) = trusting(made.authority).get_ca_certs()
    assert "CA of made" in str(known["subject"])
    assert trusting(None).check_hostname is True
