"""The wheel as others get it: built, installed into an environment of its own and used from somewhere else."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import sysconfig
import zipfile
from collections.abc import Sequence
from pathlib import Path

import pytest

from tminus import __version__
from tminus.console.assets import VENDOR

ROOT = Path(__file__).parents[2]
PACKED = [
    "tminus/py.typed",
    "tminus/demo/plan.yaml",
    "tminus/demo/service/app.py",
    "tminus/demo/service/profile_service/templates/enhanced.html",
    "tminus/console/templates/page.html",
    "tminus/console/static/console.css",
    "tminus/console/static/console.js",
    *(f"tminus/console/static/vendor/{name}" for name in VENDOR),
]


def run(command: Sequence[str | Path], directory: Path, *, patience: float = 120) -> str:
    """What it printed. Without our variables and without PYTHONPATH, as on another machine."""
    clean = {name: value for name, value in os.environ.items() if not name.startswith(("TMINUS_", "PYTHON", "VIRTUAL"))}
    done = subprocess.run(
        [str(part) for part in command], cwd=directory, env=clean, capture_output=True, text=True, timeout=patience
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Built by the project's own back end in this environment: nothing is fetched that is here already."""
    target = tmp_path_factory.mktemp("dist")
    run([sys.executable, "-m", "hatchling", "build", "--target", "wheel", "--directory", target], ROOT)
    [built] = target.glob("*.whl")
    return built


@pytest.fixture
def environment(wheel: Path, tmp_path: Path) -> Path:
    """The folder of programs of a fresh environment that holds the wheel and sees this one's other packages."""
    uv = shutil.which("uv", path=os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]]))
    assert uv is not None, "uv is missing: make setup puts it beside this Python"
    place = tmp_path / "venv"
    run([uv, "venv", "--quiet", "--python", sys.executable, place], tmp_path)
    python = place / "bin" / "python"
    run([uv, "pip", "install", "--quiet", "--offline", "--no-deps", "--python", python, wheel], tmp_path)
    packages = Path(run([python, "-c", "import sysconfig; print(sysconfig.get_path('purelib'))"], tmp_path).strip())
    # Behind its own packages, and .pth files in there are not followed: the checkout's tminus stays out of sight.
    (packages / "dependencies.pth").write_text(sysconfig.get_path("purelib") + "\n")
    return place / "bin"


def test_the_wheel_holds_whatever_the_program_needs_and_nothing_of_the_tests(wheel: Path) -> None:
    names = set(zipfile.ZipFile(wheel).namelist())
    assert sorted(set(PACKED) - names) == []
    assert {name.split("/")[0] for name in names} == {"tminus", f"tminus-{__version__}.dist-info"}
    assert [name for name in names if "__pycache__" in name or "node_modules" in name] == []


def test_the_wheel_works_from_another_directory(environment: Path, tmp_path: Path) -> None:
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    where = "import tminus.demo.run as demo; print(demo.plan_path())"
    plan = Path(run([environment / "python", "-c", where], elsewhere).strip())
    assert environment.parent in plan.parents
    assert __version__ in run([environment / "tminus", "--version"], elsewhere)
    run([environment / "tminus", "check", plan], elsewhere)
    schema = json.loads(run([environment / "tminus", "schema"], elsewhere))
    assert "phases" in schema["properties"]
    complete = "from tminus.console.assets import Assets; print(Assets().complete)"
    assert run([environment / "python", "-c", complete], elsewhere) == "True\n"
