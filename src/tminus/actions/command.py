"""Commands on this machine: deploy scripts and the like."""

from __future__ import annotations

import os
import signal
import subprocess
import threading
from pathlib import Path

from tminus.actions.process import end, watch
from tminus.actions.reference import world_key
from tminus.errors import ActionError
from tminus.ports import Job

TEMPORARY_FAILURE = 75  # EX_TEMPFAIL of sysexits.h: the command itself says that another try may succeed


class CommandRunner:
    """Performs `run`: spec `command` (list), `shell`, `cwd` (relative to `base_dir`).

    The command gets no input, and TMINUS_KEY (the idempotency key) and TMINUS_LAUNCH in its environment. Status 0 is
    success, 75 a failure worth another try, any other a lasting one. At its time limit it ends with all its children.
    """

    def __init__(self, base_dir: Path) -> None:
        self._base = base_dir
        self._turn = threading.Lock()
        self._running: set[subprocess.Popen[bytes]] = set()
        self._closed = False

    def perform(self, job: Job) -> str:
        """Run it; the last 2,000 characters of what it printed. Raises `ActionError`."""
        process = self._start(job)
        in_time = False
        try:
            in_time, output = watch(process, job.timeout)
        finally:
            if not in_time:
                end(process)
            if process.stdout is not None:
                process.stdout.close()
            with self._turn:
                self._running.discard(process)
        if not in_time:
            raise ActionError(_with_output(f"ended after its {job.timeout:g} s were over", output), retryable=True)
        if process.returncode != 0:
            lasting = process.returncode != TEMPORARY_FAILURE
            raise ActionError(_with_output(_ending(process.returncode), output), retryable=not lasting)
        return output or "status 0, no output"

    def close(self) -> None:
        """End every command under way, with its children: T-minus stops, and the next start does it again or asks."""
        with self._turn:
            self._closed = True
            running = list(self._running)
        enders = [threading.Thread(target=end, args=(process,), daemon=True) for process in running]
        for ender in enders:
            ender.start()
        for ender in enders:
            ender.join()

    def _start(self, job: Job) -> subprocess.Popen[bytes]:
        command = [str(part) for part in job.spec["command"]]
        place = self._base / (job.spec.get("cwd") or "")
        if not place.is_dir():
            raise ActionError(f"there is no directory {place}", hint="cwd is relative to the plan's directory")
        environment = {**os.environ, "TMINUS_KEY": world_key(job), "TMINUS_LAUNCH": job.launch}
        shell = bool(job.spec.get("shell"))
        with self._turn:
            if self._closed:
                raise ActionError("T-minus is stopping", retryable=True)
            try:
                process = subprocess.Popen(
                    command[0] if shell else command,
                    shell=shell,
                    cwd=place,
                    env=environment,
                    stdin=subprocess.DEVNULL,
                    stdout=subprocess.PIPE,
                    stderr=subprocess.STDOUT,
                    bufsize=0,
                    start_new_session=True,
                )
            except (OSError, ValueError, IndexError) as error:
                reason = getattr(error, "strerror", None) or str(error)
                raise ActionError(f"cannot run {' '.join(command[:1]) or 'nothing'}: {reason}") from error
            self._running.add(process)
        return process


def _ending(status: int) -> str:
    if status > 0:
        return f"ended with status {status}"
    try:
        return f"was ended by {signal.Signals(-status).name}"
    except ValueError:
        return f"was ended by signal {-status}"


def _with_output(words: str, output: str) -> str:
    """The words and the output's last line first, for whoever shows one line; then all of the output that was kept."""
    lines = output.splitlines()
    if not lines:
        return words
    return f"{words}: {lines[-1]}" + (f"\n{output}" if len(lines) > 1 else "")
