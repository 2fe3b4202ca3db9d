"""Scenarios from files: those of the library, by name, and a team's own, by path. Every mistake with its place."""

from __future__ import annotations

from collections.abc import Iterator
from importlib.resources import files
from pathlib import Path
from typing import Any, get_args

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from tminus.errors import PlanInvalid, Problem, UsageError
from tminus.plan.advice import locate, nearest, split_advice
from tminus.plan.document import LARGEST_BYTES, Node, read_document
from tminus.rehearsal.scenario import Scenario

# In the order in which they run: from what should go well to what should not.
STANDARD = (
    "healthy",
    "small-regression",
    "large-regression",
    "slow-leak",
    "late-onset",
    "dead-source",
    "payment-loss",
    "region-outage",
    "absent-approver",
    "failed-rollback-action",
)


def find_scenario(name: str) -> tuple[str, Scenario]:
    """(name, scenario) by a name of the library, or by the path of a file. Raises `UsageError` and `PlanInvalid`."""
    if name in STANDARD:
        text = files("tminus.rehearsal").joinpath("scenarios", f"{name}.yaml").read_text(encoding="utf-8")
        return name, read_scenario_text(text, f"{name}.yaml")
    path = Path(name)
    if not path.is_file():
        near = nearest(name, STANDARD)
        hint = f"did you mean {near}?" if near else f"name a file, or one of {', '.join(STANDARD)}"
        raise UsageError(f"there is no scenario {name}", hint=hint, code="no-scenario")
    try:
        with path.open("rb") as file:
            text = file.read(LARGEST_BYTES + 1).decode("utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(f"{path} cannot be read", hint="save it as UTF-8 text", code="no-scenario") from error
    return path.stem, read_scenario_text(text, str(path))


def read_scenario_text(text: str, name: str = "scenario.yaml") -> Scenario:
    """Read a scenario; `name` is the file that problems point to. Raises `PlanInvalid` with all of them."""
    root, problems = read_document(text, name)
    if root is None or not isinstance(root.value, dict):
        found = problems or [Problem(name, 1, 1, "wrong-type", "a scenario is a mapping", "begin with title: ...")]
        raise _invalid(found)
    try:
        scenario = Scenario.model_validate(root.plain())
    except ValidationError as error:
        details = error.errors(include_url=False, include_context=True)
        problems = [*problems, *(_problem(detail, root) for detail in details)]
    if problems:
        raise _invalid(problems)
    return scenario


def _invalid(problems: list[Problem]) -> PlanInvalid:
    # A mistyped key is told before the one that it leaves missing.
    problems = sorted(dict.fromkeys(problems), key=lambda one: (one.line, one.column, one.code == "missing-key"))
    error = PlanInvalid(problems)
    count = len(error.problems)
    error.message = f"the scenario has {count} problem{'' if count == 1 else 's'}"
    return error


def _problem(detail: ErrorDetails, root: Node) -> Problem:
    path, kind = detail["loc"], detail["type"]
    node = locate(root, path, key=kind == "extra_forbidden")
    if kind == "extra_forbidden":
        message, keys = f"`{path[-1]}` is no key here", list(_keys(path[:-1]))
        near = nearest(str(path[-1]), keys)
        hint = f"did you mean {near}?" if near else f"write one of {', '.join(keys)}"
        return Problem(node.file, node.line, node.column, "unknown-key", message, hint)
    if kind == "missing":
        message, hint = f"`{path[-1]}` is missing", f"write {path[-1]}: ..."
        return Problem(node.file, node.line, node.column, "missing-key", message, hint)
    message, hint = split_advice(" ".join(str(detail["msg"]).replace("Input should", "This should").split()))
    return Problem(node.file, node.line, node.column, kind if "-" in kind else "wrong-value", message, hint)


def _keys(path: tuple[int | str, ...]) -> Iterator[str]:
    """The keys that a mapping at this path may have."""
    kind: Any = Scenario
    for part in path:
        if isinstance(kind, type) and issubclass(kind, BaseModel):
            named = (one.annotation for name, one in kind.model_fields.items() if part in (name, one.alias))
            kind = next(named, None)
        else:
            kind = next((one for one in reversed(get_args(kind)) if one is not Ellipsis), None)
    if isinstance(kind, type) and issubclass(kind, BaseModel):
        yield from (one.alias or name for name, one in kind.model_fields.items())
