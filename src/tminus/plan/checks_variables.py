"""Checks of environment variables: what a phase's commands read is named under its environment."""

from __future__ import annotations

import re
from collections.abc import Iterator

from tminus.plan import places
from tminus.plan.findings import Findings
from tminus.plan.model import CallAction, Phase, Plan, RunAction
from tminus.plan.places import Path

# Capitals alone: what is written small is a variable of the script's own. `${NAME:-value}` works without NAME.
_USED = re.compile(r"(?<!\\)\$(?:\{([A-Z_][A-Z0-9_]*)(?![A-Za-z0-9_]|:?[-+=])|([A-Z_][A-Z0-9_]*)(?![A-Za-z0-9_]))")
_ASSIGNED = re.compile(r"(?:^|[\s;&|(])([A-Za-z_]\w*)=|\b(?:for|read)\s+([A-Za-z_]\w*)")
_QUOTED = re.compile(r"'[^']*'")  # nothing is put in between single quotes
_REFERENCE = re.compile(r"env:([A-Za-z_]\w*)")
_SHELLS = ("sh", "bash", "zsh", "dash")
_ALWAYS_THERE = {
    "HOME", "PATH", "PWD", "OLDPWD", "USER", "LOGNAME", "SHELL", "TERM", "TMPDIR", "HOSTNAME", "LANG", "RANDOM", "SECONDS",
    "LINENO", "IFS", "UID", "PPID", "OPTARG", "REPLY", "CI", "TMINUS_KEY",
}  # fmt: skip


def check_variables(plan: Plan, found: Findings) -> None:
    """A variable that is missing on the day is found before it: `requires` is looked at before a phase begins."""
    for path, phase in places.phases(plan):
        environment = plan.environments.get(phase.environment)
        if environment is None:
            continue
        known = set(environment.requires) | _ALWAYS_THERE
        for place, used, assigned in _commands(path, phase, plan):
            known |= assigned
            for name in dict.fromkeys(used):
                if name not in known:
                    message = f"`{name}` is used, and the environment `{phase.environment}` does not declare it"
                    hint = f"write requires: [{name}] under environments: {phase.environment}"
                    found.warning(place, "undeclared-variable", message, hint)


def _commands(path: Path, phase: Phase, plan: Plan) -> Iterator[tuple[Path, list[str], set[str]]]:
    """Each command and call of a phase: its place, the variables that it reads, and those that it sets itself."""
    for number, step in enumerate(phase.steps):
        place = (*path, "steps", number)
        if isinstance(step, RunAction):
            yield (*place, "run"), _used(step.run), _assigned(step.run)
        elif isinstance(step, CallAction):
            for key, text in (("call", step.call), ("token", step.token or "")):
                reference = _REFERENCE.fullmatch(text)
                yield (*place, key), [reference[1]] if reference else [], set()
    for place, task in places.tasks(plan):
        if place[1] == path[1] and task.proof is not None and task.proof.command is not None:
            command = task.proof.command.run
            yield (*place, "proof", "command", "run"), _used(command), _assigned(command)


def _script(command: str | tuple[str, ...]) -> str:
    """What a shell reads of a command. A list runs without a shell, and `$NAME` in it is only text."""
    if isinstance(command, str):
        return _QUOTED.sub(" ", command)
    shell = command[0].rpartition("/")[2] in _SHELLS if command else False
    return " ".join(command[1:]) if shell else ""


def _used(command: str | tuple[str, ...]) -> list[str]:
    return [braced or bare for braced, bare in _USED.findall(_script(command))]


def _assigned(command: str | tuple[str, ...]) -> set[str]:
    return {name or loop for name, loop in _ASSIGNED.findall(_script(command))}
