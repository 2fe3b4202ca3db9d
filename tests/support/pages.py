"""The real pages that the importer is tried on. They are not part of the repository."""

from __future__ import annotations

import os
from pathlib import Path

import pytest


def shared_pages() -> list[Path]:
    """The real plans beside the repository. Where there are none the test is skipped; in CI it fails, as they belong there."""
    folder = Path(__file__).parents[2].parent / "shared" / "plans"
    pages = sorted(folder.glob("*.md"))
    if not pages:
        if os.environ.get("CI"):
            pytest.fail(f"no pages in {folder}")
        pytest.skip("the real pages are not beside this repository")
    return pages
