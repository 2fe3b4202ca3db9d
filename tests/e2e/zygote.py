"""Starts the `tminus` program many times without importing it each time: reads an argument list a line, forks, runs it.

The child is a process of its own, to be killed like any other: nothing but loaded modules is shared with it. Started
cold, 200 restarts would spend four minutes on imports alone.

    stdin:   ["run", "plan.yaml", ...]     a JSON list of arguments
             1234                          wait for the end of this child
    stdout:  the child's process id; its exit code (or -signal)
"""

from __future__ import annotations

import json
import os
import sys

import uvicorn.lifespan.on
import uvicorn.loops.auto
import uvicorn.protocols.http.auto
import uvicorn.protocols.websockets.auto  # noqa: F401

# What the commands import only when they need it.
import tminus.app.launching
import tminus.app.launchpad
import tminus.cli.follow
import tminus.server.serve  # noqa: F401
from tminus.cli import main as program


def start(arguments: list[str], output: str) -> int:
    """Fork a `tminus` whose output goes to a file; its process id."""
    child = os.fork()
    if child:
        return child
    target = os.open(output, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o644)
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
    os.dup2(target, 1)
    os.dup2(target, 2)
    sys.argv = ["tminus", *arguments]
    try:
        program()
    except SystemExit as end:
        sys.stdout.flush()
        os._exit(end.code if isinstance(end.code, int) else 0 if end.code is None else 1)
    os._exit(0)


def main() -> None:
    """Serve until stdin ends."""
    output = sys.argv[1]
    for line in sys.stdin:
        asked = json.loads(line)
        if isinstance(asked, list):
            answer = start(asked, output)
        else:
            answer = os.waitstatus_to_exitcode(os.waitpid(asked, 0)[1])
        print(answer, flush=True)


if __name__ == "__main__":
    main()
