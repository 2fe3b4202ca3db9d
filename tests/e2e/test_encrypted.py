"""TLS, as real clients meet it: flagd's provider, OFREP's, our own, an edge behind an edge, and `tminus status`."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from edges import EXPECTED, RunningEdge, changed, definition, edge_of, eventually, write
from openfeature import api
from openfeature.contrib.provider.flagd import FlagdProvider
from openfeature.contrib.provider.flagd.config import ResolverType
from openfeature.contrib.provider.ofrep import OFREPProvider
from openfeature.provider import FeatureProvider
from server import NAME, Server, running

from support.certificates import Made, certificates
from tminus.errors import UsageError
from tminus.provider import TminusProvider

PROGRAM = [sys.executable, "-c", "from tminus.cli import main; main()"]
PLAN: dict[str, Any] = {
    "roles": {"lead": {}},
    "flags": {"new-checkout": {"variants": {"on": True, "off": False}, "default": "off"}},
    "phases": [{"id": "only", "rollout": {"flag": "new-checkout", "stages": [{"to": "100%", "for": "1h"}]}}],
}


def flagd(edge: RunningEdge, made: Made, kind: ResolverType) -> FeatureProvider:
    return FlagdProvider(
        host="localhost",
        port=edge.grpc_port,
        tls=True,
        cert_path=str(made.authority),
        resolver_type=kind,
        deadline_ms=20_000,
    )


PROVIDERS: dict[str, Callable[[RunningEdge, Made], FeatureProvider]] = {
    "ofrep": lambda edge, made: OFREPProvider(edge.address),
    "flagd-rpc": lambda edge, made: flagd(edge, made, ResolverType.RPC),
    "flagd-in-process": lambda edge, made: flagd(edge, made, ResolverType.IN_PROCESS),
    "tminus": lambda edge, made: TminusProvider(edge.address, timeout_seconds=20.0, tls_ca=made.authority),
}


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Made:
    return certificates(tmp_path_factory.mktemp("certificates"))


@pytest.fixture
def flags(tmp_path: Path) -> Path:
    path = tmp_path / "flags.json"
    write(path, definition())
    return path


@pytest.fixture
def edge(tmp_path: Path, flags: Path, made: Made) -> Iterator[RunningEdge]:
    with edge_of(tmp_path / "edge", str(flags), *made.options) as edge:
        yield edge


@pytest.mark.parametrize("name", PROVIDERS)
def test_every_client_gets_its_values_over_tls_and_sees_a_change(
    name: str, edge: RunningEdge, made: Made, flags: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert edge.address.startswith("https://")
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(made.authority))  # the OFREP provider has no option for it
    api.set_provider_and_wait(PROVIDERS[name](edge, made))
    try:
        client = api.get_client()
        assert client.get_boolean_value("a-boolean", False) == EXPECTED["a-boolean"]
        assert client.get_object_value("an-object", {}) == EXPECTED["an-object"]
        write(flags, changed(definition()))
        eventually(lambda: client.get_string_value("a-string", "none"), "second")
    finally:
        api.shutdown()
        api.clear_providers()


def test_an_edge_follows_an_encrypted_edge_by_the_ca_that_it_is_told(
    edge: RunningEdge, made: Made, flags: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(made.authority))  # for the test's own question
    with edge_of(tmp_path / "second", edge.address, *made.options, "--tls-ca", str(made.authority)) as second:
        provider = OFREPProvider(second.address)
        monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(made.authority))
        eventually(lambda: asked(provider), "first")
        write(flags, changed(definition()))
        eventually(lambda: asked(provider), "second")


def asked(provider: OFREPProvider) -> Any:
    api.set_provider_and_wait(provider)
    return api.get_client().get_string_value("a-string", "none")


def test_an_edge_does_not_believe_a_server_of_another_ca_and_says_what_to_do(edge: RunningEdge, tmp_path: Path) -> None:
    other = certificates(tmp_path / "other")
    with edge_of(tmp_path / "second", edge.address, "--tls-ca", str(other.authority)) as second:
        eventually(lambda: "--tls-ca names the CA" in second.errors.read_text(), True)
        assert "there are no flags yet" in second.errors.read_text()


def test_a_provider_says_at_once_that_its_cas_are_none(made: Made, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="cannot be read"):
        TminusProvider("https://127.0.0.1:9", tls_ca=tmp_path / "nowhere.pem")
    with pytest.raises(UsageError, match="holds no certificates"):
        TminusProvider("https://127.0.0.1:9", tls_ca=made.key)


def status(server: Server) -> dict[str, Any]:
    arguments = ["status", "--launch", NAME, "--data", str(server.data), "--json"]
    done = subprocess.run([*PROGRAM, *arguments], capture_output=True, text=True, check=False)
    return dict(json.loads(done.stdout)) if done.returncode == 0 else {"troubles": [done.stderr]}


def test_commands_of_this_machine_know_the_server_though_its_certificate_is_for_another_name_and_has_ended(
    tmp_path: Path,
) -> None:
    made = certificates(tmp_path / "certificates", "tminus.example", ended=True)
    with running(tmp_path, PLAN, options=made.options) as server:
        eventually(lambda: (tmp_path / "data" / "controller.json").exists(), True)
        eventually(lambda: status(server)["troubles"], [])
        # Renewed on disk and not yet shown: the one that the server started with is still the one to believe.
        certificates(tmp_path / "certificates", "tminus.example")
        assert status(server)["troubles"] == []
        # Somebody else on that port, whose certificate the data directory does not name, is not asked.
        file = tmp_path / "data" / "controller.json"
        told = json.loads(file.read_text())
        file.write_text(json.dumps({**told, "certificate": made.certificate.read_text()}))
        assert "Nobody drives" in status(server)["troubles"][0]
