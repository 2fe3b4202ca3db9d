"""From files to a plan: overlays are merged, every problem is told with its place, nothing half-read comes out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import reduce
from pathlib import Path

from pydantic import ValidationError

from tminus.errors import PlanInvalid, Problem
from tminus.plan.advice import problems_of
from tminus.plan.checks import check
from tminus.plan.cohort_files import LARGEST_FILE, ReadFile, with_cohort_files
from tminus.plan.document import LARGEST_BYTES, Node, read_document
from tminus.plan.findings import Findings
from tminus.plan.model import Plan
from tminus.plan.naming import with_ids
from tminus.plan.salvage import salvage


def read_plan(paths: Sequence[Path]) -> Plan:
    """Read a plan file and its overlays, the later over the earlier. Raises PlanInvalid with all problems at once."""
    plan, problems = examine_plan(paths)
    return _valid(plan, problems)


def read_plan_text(text: str, name: str = "plan.yaml") -> Plan:
    """Read a plan from its text; `name` is the file that problems point to. Raises PlanInvalid."""
    plan, problems = examine_texts({name: text}, _file_bytes)
    return _valid(plan, problems)


def examine_plan(paths: Sequence[Path]) -> tuple[Plan | None, tuple[Problem, ...]]:
    """The plan, or None where it cannot run, with all errors and warnings. Never raises for what a file holds."""
    texts: dict[str, str] = {}
    problems: list[Problem] = []
    for path in paths:
        found = _text_of(path)
        if isinstance(found, Problem):
            problems.append(found)
        else:
            texts[str(path)] = found
    if problems:
        # Without one of the files nobody can say what is missing in the others; their own text is still looked at.
        problems += [problem for name, text in texts.items() for problem in _mapping(text, name)[1]]
        return None, _sorted(problems, [str(path) for path in paths])
    return examine_texts(texts, _file_bytes)


def examine_texts(texts: Mapping[str, str], read: ReadFile | None = None) -> tuple[Plan | None, tuple[Problem, ...]]:
    """As `examine_plan`, from texts by file name. Pure without `read`; the files of cohorts are not looked at then."""
    problems: list[Problem] = []
    nodes: list[Node] = []
    for name, text in texts.items():
        node, found = _mapping(text, name)
        problems += found
        if node is not None:
            nodes.append(node)
    plan = None
    if nodes and len(nodes) == len(texts):
        plan, more = _checked(reduce(overlaid, nodes), read)
        problems += more
    if any(problem.severity == "error" for problem in problems):
        plan = None
    return plan, _sorted(problems, list(texts))


def _checked(written: Node, read: ReadFile | None) -> tuple[Plan | None, list[Problem]]:
    """The plan of a document, and everything that is wrong with it, one kind of mistake not hiding another."""
    try:
        plan = with_ids(Plan.model_validate(written.plain()))
    except ValidationError as error:
        rest = salvage(written, error)
        problems = problems_of(error, written)
        return None, problems + (check(with_ids(rest[0]), rest[1], written, whole=False) if rest else [])
    problems = check(plan, written, written)
    if read is not None:
        found = Findings(written, written)
        plan = with_cohort_files(plan, written, read, found)
        problems += found.problems
    return plan, problems


def overlaid(base: Node, over: Node, path: tuple[str, ...] = ()) -> Node:
    """`over` laid on `base` as in compose: mappings merge key by key, anything else is replaced.

    A rule in JSONLogic is one thing: of two operators in one mapping neither would be an operator any more.
    """
    if not (isinstance(base.value, dict) and isinstance(over.value, dict)) or _is_rule(path):
        return over
    value = dict(base.value)
    for key, child in over.value.items():
        value[key] = overlaid(value[key], child, (*path, key)) if key in value else child
    return Node(base.file, base.line, base.column, value, {**base.keys, **over.keys})


def _is_rule(path: tuple[str, ...]) -> bool:
    match path:
        case ("evaluators", _) | ("flags", _, "targeting") | ("cohorts", _, "rule"):
            return True
    return False


def _valid(plan: Plan | None, problems: tuple[Problem, ...]) -> Plan:
    if plan is None:
        raise PlanInvalid([problem for problem in problems if problem.severity == "error"])
    return plan


def _mapping(text: str, name: str) -> tuple[Node | None, list[Problem]]:
    node, problems = read_document(text, name)
    if problems and node is None:
        return None, problems
    if node is None or node.value is None:
        hint = "begin with tminus: 1, title and phases"
        return None, [*problems, Problem(name, 1, 1, "empty", "the file is empty", hint)]
    if not isinstance(node.value, dict):
        kind = "a list" if isinstance(node.value, list) else "text"
        hint = "begin with tminus: 1, title and phases"
        return None, [*problems, Problem(name, node.line, node.column, "wrong-type", f"a plan is no {kind}", hint)]
    return node, problems


def _text_of(path: Path) -> str | Problem:
    name = str(path)
    if path.suffix.lower() in (".md", ".markdown"):
        hint = f"make a plan of it first: tminus import {name} -o plan.yaml"
        return Problem(name, 1, 1, "bad-yaml", "this is a Markdown page, not a plan", hint)
    try:
        # One byte more than allowed says that there is too much, without reading all of it.
        with path.open("rb") as file:
            data = file.read(LARGEST_BYTES + 1)
    except FileNotFoundError:
        return Problem(name, 1, 1, "no-file", "there is no such file", "look at the path")
    except OSError as error:
        return Problem(name, 1, 1, "no-file", f"the file cannot be read: {error.strerror}", "look at its rights")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        if len(data) > LARGEST_BYTES:
            return data.decode("utf-8", "replace")
        line = data.count(b"\n", 0, error.start) + 1
        column = error.start - (data.rfind(b"\n", 0, error.start) + 1) + 1
        return Problem(name, line, column, "not-utf8", "the file is not UTF-8", "save it as UTF-8")


def _file_bytes(path: Path) -> bytes:
    with path.open("rb") as file:
        return file.read(LARGEST_FILE + 1)


def _sorted(problems: Sequence[Problem], files: Sequence[str]) -> tuple[Problem, ...]:
    order = {name: number for number, name in enumerate(files)}
    unique = dict.fromkeys(problems)
    return tuple(sorted(unique, key=lambda p: (order.get(p.file, len(order)), p.line, p.column, p.code)))
