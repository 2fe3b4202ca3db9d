"""A `tminus edge` as people start it, and a definition with a flag of every type for it to serve."""

from __future__ import annotations

import contextlib
import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from server import free_port

PATIENCE = 30.0


def flag(first: Any, second: Any, **more: Any) -> dict[str, Any]:
    return {"state": "ENABLED", "variants": {"one": first, "two": second}, "defaultVariant": "one", **more}


def definition() -> dict[str, Any]:
    """A flag of every type, one that targets, one that is switched off and one without a default."""
    canadians = {"if": [{"==": [{"var": "country"}, "CA"]}, "two"]}
    return {
        "flags": {
            "a-boolean": flag(True, False),
            "a-string": flag("first", "second"),
            "an-integer": flag(42, 7),
            "a-float": flag(0.5, 2.25),
            "an-object": flag({"colour": "red", "sizes": [1, 2]}, {"colour": "blue", "sizes": []}),
            "targeted": flag("elsewhere", "in Canada", targeting=canadians),
            "off": flag(True, False, state="DISABLED"),
            "undecided": {"state": "ENABLED", "variants": {"one": True}},
        }
    }


EXPECTED: dict[str, Any] = {
    "a-boolean": True,
    "a-string": "first",
    "an-integer": 42,
    "a-float": 0.5,
    "an-object": {"colour": "red", "sizes": [1, 2]},
}


def changed(before: Mapping[str, Any], key: str = "a-string", variant: str = "two") -> dict[str, Any]:
    """The definition with another default for one flag."""
    flags = dict(before["flags"])
    return {**before, "flags": {**flags, key: {**flags[key], "defaultVariant": variant}}}


def write(path: Path, content: Mapping[str, Any]) -> None:
    """In one step, as every tool that writes definitions should."""
    fresh = path.with_suffix(".new")
    fresh.write_text(json.dumps(content))
    fresh.replace(path)


@dataclass
class RunningEdge:
    address: str
    port: int
    grpc_port: int
    process: subprocess.Popen[bytes]
    errors: Path


@contextlib.contextmanager
def edge_of(directory: Path, place: str, *options: str, **variables: str) -> Iterator[RunningEdge]:
    """An edge that follows `place`, answering; with gRPC, and with these environment variables."""
    directory.mkdir(exist_ok=True)
    port, grpc_port = free_port(), free_port()
    arguments = ["edge", "--from", place, "--port", str(port), "--grpc-port", str(grpc_port), "--json", *options]
    program = [sys.executable, "-c", "from tminus.cli import main; main()", *arguments]
    errors = directory / "edge-stderr.txt"
    with errors.open("wb") as written:
        process = subprocess.Popen(
            program, cwd=directory, stdout=subprocess.PIPE, stderr=written, env={**os.environ, **variables}
        )
    try:
        assert process.stdout is not None
        line = process.stdout.readline()
        assert b'{"address"' in line, f"it did not start: {line.decode()} {errors.read_text()}"
        yield RunningEdge(json.loads(line)["address"], port, grpc_port, process, errors)
    finally:
        process.terminate()
        process.wait(20)
        if process.stdout is not None:
            process.stdout.close()


def eventually(seen: Callable[[], Any], wanted: Any) -> None:
    """Waits until `seen()` is `wanted`, and says what it was instead when that never comes."""
    deadline = time.monotonic() + PATIENCE
    found: Any = None
    while time.monotonic() < deadline:
        found = seen()
        if found == wanted:
            return
        time.sleep(0.05)
    raise AssertionError(f"it stayed {found!r}; wanted {wanted!r}")
