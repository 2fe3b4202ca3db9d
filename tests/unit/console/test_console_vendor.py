"""The vendor's scripts: locked, complete, and a clear line when they cannot be had."""

from __future__ import annotations

import importlib.util
import json
import shutil
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[3]
CONSOLE = Path("src/tminus/console")


@pytest.fixture
def build() -> Any:
    """The build hook's module, which lies beside pyproject.toml and not in the package."""
    spec = importlib.util.spec_from_file_location("hatch_build", ROOT / "hatch_build.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A tree with the lock file and nothing fetched."""
    shutil.copytree(ROOT / CONSOLE / "assets", tmp_path / CONSOLE / "assets")
    return tmp_path


def fill(build: Any, checkout: Path, versions: dict[str, str]) -> Path:
    """Put something in place of every file that would be fetched."""
    vendor = checkout / CONSOLE / "static" / "vendor"
    vendor.mkdir(parents=True)
    for name in [target for _, target in build.WANTED.values()] + [build.STYLES[2]]:
        (vendor / name).write_text("x")
    (vendor / "versions.json").write_text(json.dumps(versions))
    return vendor


def test_every_package_is_locked_by_hash_and_by_no_registrys_address() -> None:
    lock = json.loads((ROOT / CONSOLE / "assets" / "package-lock.json").read_text())
    packages = {name: package for name, package in lock["packages"].items() if name}
    assert packages
    for package in packages.values():
        assert package["integrity"].startswith("sha512-")
        assert "resolved" not in package


def test_the_page_asks_for_exactly_what_the_build_fetches(build: Any) -> None:
    from tminus.console.assets import VENDOR

    assert sorted(VENDOR) == sorted([target for _, target in build.WANTED.values()] + [build.STYLES[2]])


def test_nothing_is_fetched_when_the_right_versions_are_there(
    build: Any, checkout: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fill(build, checkout, build.locked_versions(checkout / CONSOLE / "assets"))
    monkeypatch.setenv("npm_config_registry", "http://127.0.0.1:9")
    assert build.fetch_assets(checkout) is False


def test_other_versions_are_fetched_again_and_an_unreachable_registry_is_one_clear_line(
    build: Any, checkout: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    vendor = fill(build, checkout, {"uplot": "1.0.0"})
    monkeypatch.setenv("npm_config_registry", "http://127.0.0.1:9")
    monkeypatch.setenv("npm_config_fetch_retries", "0")
    monkeypatch.setenv("npm_config_cache", str(checkout / "cache"))
    with pytest.raises(SystemExit, match=r"npm could not fetch the scripts of the console \(.+python hatch_build\.py"):
        build.fetch_assets(checkout)
    assert (vendor / "uplot.min.js").read_text() == "x"  # what was there is still there
