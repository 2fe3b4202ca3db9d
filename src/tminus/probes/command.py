"""A command that must end with status 0."""

from __future__ import annotations

import time
from dataclasses import replace

from tminus.errors import ActionError
from tminus.ports import Job, Performer


class CommandProbe:
    """Performs `probe-command`: spec `run` (a shell line, or a list). `runner` is what performs `run` actions."""

    def __init__(self, runner: Performer) -> None:
        self._runner = runner

    def perform(self, job: Job) -> str:
        """The evidence, such as `status 0 in 1.2 s: 42 passed`. Raises `ActionError` with what the command said."""
        run = job.spec["run"]
        command = [run] if isinstance(run, str) else list(run)
        spec = {"command": command, "shell": isinstance(run, str), "cwd": job.spec.get("cwd")}
        began = time.monotonic()
        try:
            output = self._runner.perform(replace(job, spec=spec))
        except ActionError as error:
            # What a probe looks at changes: a box that is not done now may be done in a minute.
            raise ActionError(error.message, hint=error.hint, retryable=True) from error
        last = (output.splitlines() or [""])[-1].strip()
        return f"status 0 in {time.monotonic() - began:.1f} s: {last}"[:300]
