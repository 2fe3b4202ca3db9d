"""`kill -9` at random moments of a real launch, with a restart each: nothing is decided twice, lost or skipped.

TMINUS_KILLS sets how many (40), TMINUS_KILL_SEED when they come. The launch cannot end before the last kill: its lead
says go only then. Every tenth life is a `tminus` started cold; the others are forked from a process that has imported it.
"""

from __future__ import annotations

import json
import os
import random
import signal
import socket
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from functools import partial
from pathlib import Path

import pytest
import world

from tminus.app.clock import SystemClock
from tminus.app.ledgers import open_ledger
from tminus.core import commands
from tminus.core import events as e
from tminus.core.outline import Outline
from tminus.core.state import ActionPhase, State, Status
from tminus.engine import Ledger
from tminus.store import SqlEventLog

KILLS = int(os.environ.get("TMINUS_KILLS", "40"))
SEED = int(os.environ.get("TMINUS_KILL_SEED", "1"))
LONGEST_LIFE = 1.3  # seconds
STEPS_PER_PHASE = 6
NAME = "killed"
# Each says who it is for before it is done, and again when it is: a restart in between must not count as another deed.
KEYED = 'sleep 0.1; printf "%s\\n" "$TMINUS_KEY" >> keyed; sleep 0.1'
ONCE = 'printf "%s\\n" "$TMINUS_KEY" >> once; sleep 0.3'


def plan_text(phases: int, receiver: str) -> str:
    """Preparations with steps of every kind, the rollout in the middle, more steps, and a last word of the lead."""
    steps = [{"run": KEYED}, {"call": receiver}, {"run": ONCE, "once": True}, {"call": receiver}]
    acting = [
        {"id": f"part-{number}", "steps": [steps[(number + i) % len(steps)] for i in range(STEPS_PER_PHASE)]}
        for number in range(phases)
    ]
    stages = [{"id": f"to-{to}", "to": f"{to}%", "for": "2s"} for to in (10, 50, 100)]
    rollout = {
        "id": "rollout",
        # A stage of two seconds has nothing to show: this is about what survives, not about what is measured.
        "rollout": {
            "flag": world.FLAG,
            "guards": ["error_rate"],
            "evidence": {"needed": False},
            "stages": stages,
        },
        "exit": ["error_rate < 10% over 10s"],
    }
    half = phases // 2
    last = {"id": "last", "steps": [{"call": receiver}], "go": ["lead"]}
    metric = {"source": "events", "bad": 'request{error="true"}', "total": "request", "unit": "%", "window": "10s"}
    return json.dumps(
        {
            "tminus": 1,
            "title": "Killed",
            "roles": {"lead": {}},
            "flags": {world.FLAG: {"variants": {"on": True, "off": False}, "default": "off"}},
            "metrics": {"error_rate": metric},
            "phases": [*acting[:half], rollout, *acting[half:], last],
            "watching": {"every": "200ms"},
        }
    )


class Lives:
    """Starts `tminus run`, and kills it."""

    def __init__(self, directory: Path, port: int) -> None:
        self._directory = directory
        self._arguments = ["run", "plan.yaml", "--name", NAME, "--data", "data", "--port", str(port), "--json"]
        self._output = directory / "output.txt"
        zygote = [sys.executable, str(Path(__file__).with_name("zygote.py")), str(self._output)]
        self._zygote = subprocess.Popen(
            zygote, cwd=directory, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, start_new_session=True
        )

    def forked(self) -> int:
        """A new life; its process id."""
        return self._ask(self._arguments)

    def kill(self, pid: int) -> None:
        """End it as a power cut would; fails when it had ended by itself."""
        os.kill(pid, signal.SIGKILL)
        assert self._ask(pid) == -signal.SIGKILL, self.output()

    def cold(self) -> subprocess.Popen[bytes]:
        """The program as people start it."""
        with self._output.open("ab") as output:
            program = [sys.executable, "-c", "from tminus.cli import main; main()", *self._arguments]
            return subprocess.Popen(program, cwd=self._directory, stdout=output, stderr=output)

    def end(self) -> None:
        """Stop forking."""
        assert self._zygote.stdin is not None
        self._zygote.stdin.close()
        self._zygote.wait(10)

    def output(self) -> str:
        """The last words of all lives."""
        return self._output.read_text()[-3000:]

    def _ask(self, question: object) -> int:
        assert self._zygote.stdin is not None
        assert self._zygote.stdout is not None
        self._zygote.stdin.write(json.dumps(question) + "\n")
        self._zygote.stdin.flush()
        return int(self._zygote.stdout.readline())


@pytest.fixture
def port() -> int:
    with socket.socket() as trial:
        trial.bind(("127.0.0.1", 0))
        return int(trial.getsockname()[1])


@pytest.fixture
def receiver() -> Iterator[world.Receiver]:
    with world.Receiver() as receiver:
        yield receiver


@pytest.mark.timeout(120 + 5 * KILLS)
def test_a_launch_survives_every_kill(tmp_path: Path, port: int, receiver: world.Receiver) -> None:
    phases = max(KILLS // 5, 4)  # about as many actions as there are kills
    (tmp_path / "plan.yaml").write_text(plan_text(phases, receiver.url))
    chance = random.Random(SEED)
    lives = Lives(tmp_path, port)
    try:
        with world.users(f"http://127.0.0.1:{port}"):
            for number in range(KILLS):
                live_and_die(lives, chance, cold=number % 10 == 9)
                settle_doubts(tmp_path)
            finish(lives, tmp_path)
    finally:
        lives.end()
    judge(tmp_path, phases, receiver)


def live_and_die(lives: Lives, chance: random.Random, *, cold: bool) -> None:
    """One life, killed at a random moment of its start or of its work."""
    if cold:
        process = lives.cold()
        time.sleep(chance.uniform(0.5, 3.0))
        process.kill()
        assert process.wait() == -signal.SIGKILL, lives.output()
        return
    pid = lives.forked()
    time.sleep(chance.uniform(0.02, LONGEST_LIFE))
    lives.kill(pid)


def ledger_of(directory: Path) -> Ledger | None:
    """The launch as its log tells it, read by another process than the one that was killed; None before it began."""
    path = directory / "data" / "log.sqlite"
    log = SqlEventLog(path) if path.exists() else None
    return open_ledger(log, NAME, SystemClock()) if log and log.head(NAME) else None


def settle_doubts(directory: Path) -> None:
    """What a person does about a command marked `once`: look whether it happened, and say so."""
    ledger = ledger_of(directory)
    if ledger is None:
        return
    for key, action in ledger.state.actions.items():
        if action.phase is ActionPhase.IN_DOUBT:
            time.sleep(0.3)  # what the last life had just started is under way without it
            outcome = "done" if world_key(ledger.state, key) in lines(directory / "once") else "again"
            ledger.command(partial(settled, ledger.outline, key=key, outcome=outcome), "lead")


def settled(outline: Outline, state: State, key: str, outcome: str) -> Sequence[e.Event]:
    return commands.settle(outline, state, key, outcome)


def finish(lives: Lives, directory: Path) -> None:
    """The last life is left alone; the lead says go, and it ends by itself."""
    process = lives.cold()
    deadline = time.monotonic() + 90
    try:
        while process.poll() is None and time.monotonic() < deadline:
            time.sleep(0.3)
            settle_doubts(directory)
            ledger = ledger_of(directory)
            if ledger and ledger.state.phase == "last" and not ledger.state.gates and not ledger.state.status.ended:
                ledger.command(partial(commands.go, ledger.outline, role="lead"), "lead")
        assert process.poll() == 0, f"the last life ended with {process.poll()}: {lives.output()}"
    finally:
        process.kill()
        process.wait()


def world_key(state: State, key: str) -> str:
    """The key as the world gets it: the same through every life of this launch."""
    return f"{NAME}.{state.identity}:{key}"


def judge(directory: Path, phases: int, receiver: world.Receiver) -> None:
    """The log is whole; every stage, phase and action once, none left out; every effect in the world once by its key."""
    log = SqlEventLog(directory / "data" / "log.sqlite")
    records = log.read(NAME)
    assert log.verify(NAME) == len(records)
    ledger = open_ledger(log, NAME, SystemClock())
    assert ledger.state.status is Status.COMPLETED
    events = [one.event for one in records]
    assert [one.stage for one in events if isinstance(one, e.StageStarted)] == ["to-10", "to-50", "to-100"]
    assert [one.stage for one in events if isinstance(one, e.StagePromoted)] == ["to-10", "to-50", "to-100"]
    began = [one.phase for one in events if isinstance(one, e.PhaseStarted)]
    assert began == [phase.id for phase in ledger.outline.plan.phases]
    for once_only in (e.ActionRequested, e.ActionSucceeded):
        counted = Counter(one.key for one in events if isinstance(one, once_only))
        assert [key for key, times in counted.items() if times > 1] == []
    # A kill that never meets an action at work shows nothing: some were begun again.
    assert sum(isinstance(one, e.ActionStarted) for one in events) > len(ledger.state.actions)
    expected: dict[str, set[str]] = {"keyed": set(), "once": set(), "call": set()}
    for phase in ledger.outline.plan.phases:
        for number, _ in enumerate(phase.steps, 1):
            request = ledger.state.actions[f"step:{phase.id}:1:{number}"].request
            kind = "call" if request.kind == "call" else "once" if request.once else "keyed"
            expected[kind].add(world_key(ledger.state, request.key))
    assert set(lines(directory / "keyed")) == expected["keyed"]
    assert sorted(lines(directory / "once")) == sorted(expected["once"])
    assert set(receiver.received) == expected["call"]
    assert sum(map(len, expected.values())) == phases * STEPS_PER_PHASE + 1


def lines(path: Path) -> list[str]:
    """What the commands wrote."""
    return path.read_text().splitlines() if path.exists() else []
