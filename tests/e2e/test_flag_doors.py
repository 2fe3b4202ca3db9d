"""Flags of a real server behind tokens: who may evaluate, who may read definitions, and that the protocol is kept."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import grpc
import httpx
import pytest
from edges import eventually
from openfeature.schemas.protobuf.flagd.evaluation.v2 import evaluation_pb2, evaluation_pb2_grpc
from server import Server, free_port, running

OPERATOR, CLIENT = "the-operators-token-0123456789", "the-services-token-0123456789"
ORIGIN = "https://shop.example"
BULK, DEFINITIONS = "/ofrep/v1/evaluate/flags", "/flagd/flags.json"
PLAN: dict[str, Any] = {
    "roles": {"lead": {}},
    "flags": {"new-checkout": {"variants": {"on": True, "off": False}, "default": "off"}},
    "phases": [{"id": "only", "rollout": {"flag": "new-checkout", "stages": [{"to": "100%", "for": "1h"}]}}],
}
GRPC_PORT = free_port()


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("TMINUS_TOKEN", OPERATOR)
        patch.setenv("TMINUS_CLIENT_TOKEN", CLIENT)
        patch.setenv("TMINUS_CORS", ORIGIN)
        patch.setenv("TMINUS_ENVIRONMENT", "production")
        with running(tmp_path_factory.mktemp("launch"), PLAN, options=["--grpc-port", str(GRPC_PORT)]) as server:
            eventually(lambda: evaluate(server, OPERATOR), 200)
            yield server


def evaluate(server: Server, token: str, **headers: str) -> int:
    try:
        return httpx.post(
            f"{server.address}{BULK}",
            json={"context": {"targetingKey": "u"}},
            headers={"authorization": f"Bearer {token}", **headers},
        ).status_code
    except httpx.HTTPError:
        return 0


def definitions(server: Server, token: str, **headers: str) -> int:
    sent = {"authorization": f"Bearer {token}", **headers}
    return httpx.get(f"{server.address}{DEFINITIONS}", headers=sent).status_code


def tokens(server: Server, *arguments: str) -> Any:
    program = [sys.executable, "-c", "from tminus.cli import main; main()", "tokens", *arguments]
    done = subprocess.run([*program, "--data", str(server.data), "--json"], capture_output=True, text=True, check=True)
    return json.loads(done.stdout)


def test_a_token_that_is_handed_out_works_at_once_and_no_more_when_it_is_taken_back(server: Server) -> None:
    shop = tokens(server, "add", "shop", "--scope", "server", "--environment", "production")["token"]
    there = tokens(server, "add", "there", "--scope", "server", "--environment", "staging")["token"]
    eventually(lambda: evaluate(server, shop), 200)
    assert definitions(server, shop) == 200
    eventually(lambda: evaluate(server, there), 403)
    assert definitions(server, there) == 403
    assert evaluate(server, "nobodys-token-0123456789") == 401
    assert httpx.post(f"{server.address}/api/launch/hold", headers={"x-api-key": shop}, json={}).status_code == 403
    tokens(server, "remove", "shop")
    eventually(lambda: evaluate(server, shop), 401)


def test_definitions_are_for_servers_and_come_with_an_etag(server: Server) -> None:
    assert definitions(server, CLIENT) == 403
    answer = httpx.get(f"{server.address}{DEFINITIONS}", headers={"x-api-key": OPERATOR})
    assert "new-checkout" in answer.json()["flags"]
    assert definitions(server, OPERATOR, **{"if-none-match": answer.headers["etag"]}) == 304
    assert definitions(server, OPERATOR, host=f"rebound.example:{server.port}") == 421


def test_pages_of_the_named_origin_may_evaluate(server: Server) -> None:
    ask = {"origin": ORIGIN, "access-control-request-method": "POST"}
    assert httpx.options(f"{server.address}{BULK}", headers=ask).headers["access-control-allow-origin"] == ORIGIN
    assert httpx.options(f"{server.address}{BULK}", headers={**ask, "origin": "https://other"}).status_code == 403


def test_grpc_asks_for_a_token_too(server: Server) -> None:
    with grpc.insecure_channel(f"127.0.0.1:{GRPC_PORT}") as channel:
        stub = evaluation_pb2_grpc.ServiceStub(channel)
        request = evaluation_pb2.ResolveBooleanRequest(flag_key="new-checkout")
        request.context.update({"targetingKey": "u"})
        with pytest.raises(grpc.RpcError) as caught:
            stub.ResolveBoolean(request, timeout=20)
        assert caught.value.code() is grpc.StatusCode.UNAUTHENTICATED  # type: ignore[attr-defined]
        found = stub.ResolveBoolean(request, timeout=20, metadata=[("authorization", f"Bearer {CLIENT}")])
        assert found.value is True


def test_the_server_keeps_the_protocol(server: Server) -> None:
    program = [sys.executable, "-c", "from tminus.cli import main; main()", "conformance", "ofrep", server.address]
    done = subprocess.run([*program, "--token", CLIENT, "--json"], capture_output=True, text=True, check=False)
    told = json.loads(done.stdout)
    assert [one for one in told["clauses"] if one["outcome"] == "failed"] == []
    assert done.returncode == 0


def test_a_port_for_grpc_that_is_taken_is_one_line(server: Server, tmp_path: Path) -> None:
    plan = tmp_path / "plan.yaml"
    plan.write_text(json.dumps({"tminus": 1, "title": "Launch", **PLAN}))
    arguments = ["run", str(plan), "--data", str(tmp_path / "data"), "--port", "0", "--grpc-port", str(GRPC_PORT)]
    program = [sys.executable, "-c", "from tminus.cli import main; main()", *arguments]
    done = subprocess.run(program, capture_output=True, text=True, check=False, timeout=60)
    assert (done.returncode, "Traceback" in done.stderr) == (2, False)
    assert "choose another --grpc-port" in done.stderr
