"""`tminus edge` loads what an edge needs and nothing else, and is the same command all the same."""

import os
import subprocess
import sys

from typer.testing import CliRunner

from tminus.cli.commands import app

NARROW = {"COLUMNS": "80"}
HEAVY = ("duckdb", "grpc", "litestar", "numpy", "pydantic", "sqlalchemy", "tminus.plan")


def run(code: str) -> str:
    environment = {**os.environ, **NARROW}
    program = [sys.executable, "-c", code]
    return subprocess.run(program, capture_output=True, text=True, check=True, timeout=60, env=environment).stdout


def test_an_edge_starts_without_what_plans_and_logs_need() -> None:
    loaded = run("import sys, tminus.cli, tminus.cli.edge, tminus.edge; print(*sys.modules)").split()
    assert "tminus.edge.serve" in loaded
    assert [name for name in HEAVY if name in loaded] == []


def test_the_edge_alone_offers_what_it_offers_among_all_commands() -> None:
    shown = run("import sys; sys.argv = ['tminus', 'edge', '--help']; from tminus.cli import main; main()")
    among_all = CliRunner().invoke(app, ["edge", "--help"], prog_name="tminus", env=NARROW)
    assert "--grpc-port" in shown
    assert shown.split() == among_all.output.split()
