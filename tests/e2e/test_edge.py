"""An edge beside a controller: it follows, it answers on while the controller is dead, and follows again after that."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import duckdb
import httpx
import pytest
from edges import RunningEdge, changed, definition, edge_of, eventually, write
from openfeature.evaluation_context import EvaluationContext
from server import Server, running

from tminus.provider import TminusProvider

PLAN: dict[str, Any] = {
    "roles": {"lead": {}},
    "flags": {"new-checkout": {"variants": {"on": "new", "off": "old"}, "default": "off"}},
    "phases": [{"id": "only", "rollout": {"flag": "new-checkout", "stages": [{"to": "100%", "for": "1h"}]}}],
}


def value(address: str, key: str = "new-checkout") -> Any:
    try:
        answer = httpx.post(f"{address}/ofrep/v1/evaluate/flags/{key}", json={"context": {"targetingKey": "u"}})
    except httpx.HTTPError as error:
        return type(error).__name__
    return answer.json().get("value") if answer.status_code == 200 else answer.status_code


def health(edge: RunningEdge) -> dict[str, Any]:
    return dict(httpx.get(f"{edge.address}/health").json())


def running_launch(server: Server) -> None:
    server.shows(lambda view: view["status"] == "running")


def test_an_edge_answers_on_while_its_controller_is_dead_and_follows_the_next_one(tmp_path: Path) -> None:
    with running(tmp_path, PLAN) as controller:
        running_launch(controller)
        with edge_of(tmp_path / "edge", controller.address) as edge:
            eventually(lambda: value(edge.address), "new")
            controller.command("kill", target="new-checkout", reason="it burns")
            eventually(lambda: value(edge.address), "old")
            controller.process.kill()
            controller.process.wait()
            eventually(lambda: health(edge)["following"], False)
            assert value(edge.address) == "old"
            assert health(edge)["ok"] is True
            again = Server(tmp_path, PLAN, tmp_path / "data", ["--port", str(controller.port)])
            again.address = controller.address
            try:
                running_launch(again)
                eventually(lambda: health(edge)["following"], True)
                again.command("restore", target="new-checkout", reason="it does not")
                eventually(lambda: value(edge.address), "new")
            finally:
                again.process.kill()
                again.process.wait()


def test_an_edge_that_never_met_its_controller_says_that_it_has_nothing(tmp_path: Path) -> None:
    with edge_of(tmp_path, "http://127.0.0.1:9") as edge:
        answer = httpx.post(f"{edge.address}/ofrep/v1/evaluate/flags/any", json={"context": {"targetingKey": "u"}})
        assert (answer.status_code, answer.headers["retry-after"]) == (503, "1")
        assert httpx.get(f"{edge.address}/health").status_code == 503
        assert httpx.get(f"{edge.address}/flagd/flags.json").status_code == 503


def test_an_edge_follows_an_edge(tmp_path: Path) -> None:
    flags = tmp_path / "flags.json"
    write(flags, definition())
    with edge_of(tmp_path / "first", str(flags)) as first, edge_of(tmp_path / "second", first.address) as second:
        eventually(lambda: value(second.address, "a-string"), "first")
        write(flags, changed(definition()))
        eventually(lambda: value(second.address, "a-string"), "second")


def test_a_file_that_becomes_nonsense_changes_nothing(tmp_path: Path) -> None:
    flags = tmp_path / "flags.json"
    write(flags, definition())
    with edge_of(tmp_path, str(flags)) as edge:
        eventually(lambda: value(edge.address, "a-string"), "first")
        flags.write_text("{")
        eventually(lambda: health(edge)["following"], False)
        assert value(edge.address, "a-string") == "first"
        write(flags, changed(definition()))
        eventually(lambda: value(edge.address, "a-string"), "second")
        assert "is not JSON" in edge.errors.read_text()


@pytest.mark.parametrize(
    ("place", "words"), [("nowhere.json", "neither an address nor a file"), ("ftp://x", "neither an address")]
)
def test_a_place_that_is_none_is_refused_in_one_line(tmp_path: Path, place: str, words: str) -> None:
    with pytest.raises(AssertionError, match=words), edge_of(tmp_path, place):
        pass


def test_what_edges_and_providers_answered_is_in_the_controllers_telemetry(tmp_path: Path) -> None:
    with running(tmp_path, PLAN) as controller:
        running_launch(controller)
        with edge_of(tmp_path / "edge", controller.address) as edge:
            eventually(lambda: value(edge.address), "new")
        provider = TminusProvider(controller.address, service="shop", timeout_seconds=20.0)
        provider.initialize(EvaluationContext())
        assert provider.resolve_string_details("new-checkout", "none", EvaluationContext("u")).value == "new"
        provider.shutdown()
        # Ending, both have sent their last report; ending, the controller writes what it has.
        controller.process.terminate()
        controller.process.wait(30)
    with duckdb.connect(str(tmp_path / "data" / "telemetry.duckdb"), read_only=True) as database:
        tables = [row[0] for row in database.execute("select table_name from information_schema.tables").fetchall()]
        kept = " ".join(str(database.execute(f"select * from {table}").fetchall()) for table in tables)
    assert "feature_flag.evaluations" in kept
    assert "tminus-edge" in kept
    assert "shop" in kept
    assert "feature_flag.result.variant" in kept


def test_what_an_edge_behind_an_edge_answered_is_counted_once_though_the_middle_is_killed(tmp_path: Path) -> None:
    with running(tmp_path, PLAN) as controller:
        running_launch(controller)
        with edge_of(tmp_path / "middle", controller.address) as middle:
            with edge_of(tmp_path / "far", middle.address) as far:
                eventually(lambda: value(far.address), "new")
                first = 1 + asked(far, 20)
            # Ending, it has sent its report; the middle has passed it on before it said so.
            middle.process.kill()
            middle.process.wait()
            with edge_of(tmp_path / "far", middle.address) as far:
                port = ("--port", str(middle.port))
                with edge_of(tmp_path / "middle", controller.address, *port):
                    eventually(lambda: value(far.address), "new")
                    second = 1 + asked(far, 9)
                    far.process.terminate()
                    far.process.wait(20)
        controller.process.terminate()
        controller.process.wait(30)
    with duckdb.connect(str(tmp_path / "data" / "telemetry.duckdb"), read_only=True) as database:
        of_edges = """SELECT sum(value) FROM points JOIN series ON points.series = series.id
            WHERE name = 'feature_flag.evaluations' AND labels LIKE '%tminus-edge%' AND labels LIKE '%result.variant","on"%'"""
        assert database.execute(of_edges).fetchone() == (float(first + second),)


def asked(edge: RunningEdge, times: int) -> int:
    """How often it answered with the new variant, of so many times."""
    return sum(value(edge.address) == "new" for _ in range(times))
