"""How the code is built: layers, old events, docstrings, clocks and chance, the size of files, the tree of errors."""

from __future__ import annotations

import ast
import configparser
import re
import subprocess
import sysconfig
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import get_args

import msgspec
import pytest

from tminus.core import events as e

ROOT = Path(__file__).parents[2]
SOURCE = ROOT / "src" / "tminus"
SERVICE = SOURCE / "demo" / "service"
CODE = sorted(SOURCE.rglob("*.py"))
OLD_EVENTS = Path(__file__).with_name("events-v1.jsonl").read_bytes().splitlines()
MOST_LINES = 420

# Where the clock is read and chance is asked, and why there. Everybody else is given `now`, or a seed.
CLOCKS = ("time.time", "time.time_ns", "datetime.now", "datetime.utcnow", "datetime.today", "date.today")
CHANCE = ("random", "secrets", "uuid")
ALLOWED = {
    "app/clock.py": "the one owner of time in production",
    "app/launching.py": "a launch's identity is drawn once, when it begins, and stands in its first event",
    "app/launchpad.py": "a controller's name is new at each start, so that a dead one's attempts are told from its own",
    "app/tokens.py": "a token is drawn when it is handed out",
    "provider/provider.py": "a library in somebody else's process: it owns the time there",
    "rehearsal/feeding.py": "seeded: a rehearsal replays from its seed",
    "rehearsal/weather.py": "seeded: a rehearsal replays from its seed",
    "rehearsal/drawing.py": "seeded: whoever feeds the guards brings the generator",
    "rehearsal/faults.py": "seeded: a storm replays from its seed",
    "rehearsal/world.py": "seeded: a rehearsal replays from its seed",
    "demo/probe.py": "watches from outside, as a user would, and compares with the log's times",
    "demo/run.py": "measures how long the demonstration took",
    "demo/service/profile_service/events.py": "not T-minus: the sample service stamps its events",
    "demo/service/profile_service/profiles.py": "not T-minus: the sample service fails for some",
    "demo/service/profile_service/telemetry.py": "not T-minus: the sample service names its instance",
    "demo/traffic/generator.py": "not T-minus: a program of its own that plays the users",
    "demo/traffic/population.py": "seeded: the same users come again",
}


@cache
def tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


def name_of(path: Path) -> str:
    return path.relative_to(SOURCE).as_posix()


def dotted(node: ast.AST) -> str:
    """`a.b.c` of such an expression, empty for any other."""
    if isinstance(node, ast.Attribute):
        before = dotted(node.value)
        return f"{before}.{node.attr}" if before else ""
    return node.id if isinstance(node, ast.Name) else ""


def imported(path: Path) -> Iterator[str]:
    """The modules that a file imports, and `module.name` of what it takes out of them."""
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.level == 0:
            yield str(node.module)
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def test_imports_point_down() -> None:
    program = Path(sysconfig.get_path("scripts")) / "lint-imports"
    done = subprocess.run([program, "--no-cache"], cwd=ROOT, capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def test_every_package_has_its_layer() -> None:
    contract = configparser.ConfigParser()
    contract.read(ROOT / ".importlinter", encoding="utf-8")
    layers = set(re.findall(r"tminus\.(\w+)", contract["importlinter:contract:layers"]["layers"]))
    there = {path.parent.name for path in SOURCE.glob("*/__init__.py")} | {path.stem for path in SOURCE.glob("*.py")}
    assert there - {"__init__", "__main__"} == layers


@pytest.mark.parametrize("line", OLD_EVENTS, ids=lambda line: msgspec.json.decode(line)["event"])
def test_an_event_of_an_old_log_is_read_and_gives_the_same_bytes(line: bytes) -> None:
    # Its hash is over these bytes: were they another, every old log would look as if somebody had altered it.
    assert e.encode(e.decode(line)) == line


def test_there_is_an_old_event_of_every_kind() -> None:
    kinds = [type(e.decode(line)) for line in OLD_EVENTS]
    assert set(kinds) == set(get_args(e.AnyEvent)) == set(e.Event.__subclasses__())


@pytest.mark.parametrize("path", CODE, ids=name_of)
def test_whatever_is_public_has_a_docstring(path: Path) -> None:
    assert list(undocumented(tree(path), name_of(path))) == []


def undocumented(node: ast.Module | ast.ClassDef, name: str) -> Iterator[str]:
    if node.body and ast.get_docstring(node) is None:
        yield name
    for child in node.body:
        if isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef) and not child.name.startswith("_"):
            if isinstance(child, ast.ClassDef):
                yield from undocumented(child, f"{name}.{child.name}")
            elif ast.get_docstring(child) is None and not is_stub(child):
                yield f"{name}.{child.name}"


def is_stub(function: ast.FunctionDef | ast.AsyncFunctionDef) -> bool:
    """True for a line of a protocol that the protocol's own words explain: `def seconds(self) -> float: ...`."""
    return ast.unparse(function.body[0]) == "..."


def test_only_those_who_have_a_reason_read_the_clock_or_ask_chance() -> None:
    found = {name_of(path) for path in CODE if is_impure(path)}
    assert found == set(ALLOWED)


def is_impure(path: Path) -> bool:
    uses = {*imported(path), *(dotted(node) for node in ast.walk(tree(path)) if isinstance(node, ast.Attribute))}
    reads = any(use == clock or use.endswith(f".{clock}") for use in uses for clock in CLOCKS)
    asks = any(use.split(".")[0] in CHANCE or use.startswith(("np.random.", "numpy.random")) for use in uses)
    return reads or asks


@pytest.mark.skipif(not SERVICE.is_dir(), reason="the sample service lies elsewhere")
def test_the_sample_service_holds_no_code_of_ours() -> None:
    ours = {name_of(path) for path in SERVICE.rglob("*.py") for module in imported(path) if "tminus" in module}
    assert ours == set()


def test_no_file_is_too_long_to_be_read() -> None:
    folders = ("src", "tests", "bench")
    lengths = {
        path: len(path.read_bytes().splitlines()) for folder in folders for path in (ROOT / folder).rglob("*.py")
    }
    assert {str(path.relative_to(ROOT)): n for path, n in lengths.items() if n > MOST_LINES} == {}


def error_classes() -> dict[str, ast.ClassDef]:
    """Every class that descends from TminusError, wherever it is written, by name."""
    classes = [node for path in CODE for node in ast.walk(tree(path)) if isinstance(node, ast.ClassDef)]
    found: dict[str, ast.ClassDef] = {}
    while fresh := [one for one in classes if one.name not in found and parent_of(one) in {"TminusError", *found}]:
        found |= {one.name: one for one in fresh}
    return found


def parent_of(one: ast.ClassDef) -> str:
    return dotted(one.bases[0]).rpartition(".")[2] if one.bases else ""


def drawn_errors() -> dict[str, str]:
    """Name -> parent, in the tree at the top of errors.py."""
    words = ast.get_docstring(tree(SOURCE / "errors.py"), clean=False) or ""
    above, drawn = {0: "TminusError"}, dict[str, str]()
    for bars, name in re.findall(r"^ {4}((?:│   |    )*)[├└]── (\w+)", words, re.MULTILINE):
        depth = len(bars) // 4 + 1
        drawn[name], above[depth] = above[depth - 1], name
    return drawn


def test_the_tree_of_errors_is_drawn_as_it_is() -> None:
    assert drawn_errors() == {name: parent_of(one) for name, one in error_classes().items()}


def test_every_error_has_a_code_of_its_own() -> None:
    codes = {name: code_of(one) for name, one in error_classes().items()}
    assert all(re.fullmatch(r"[a-z]+(-[a-z]+)*", code) for code in codes.values()), codes
    assert len(set(codes.values())) == len(codes)


def code_of(one: ast.ClassDef) -> str:
    for node in one.body:
        if isinstance(node, ast.Assign) and dotted(node.targets[0]) == "code":
            return str(ast.literal_eval(node.value))
    return ""
