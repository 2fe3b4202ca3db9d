"""For all tests: markers, and what to do when a program that a test drives is not installed."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable

import pytest


def pytest_configure(config: pytest.Config) -> None:
    """Register our marker; `--strict-markers` refuses any other."""
    config.addinivalue_line("markers", "slow: takes more than some seconds; `make check` leaves it out")


@pytest.fixture(scope="session")
def need() -> Callable[[str], str]:
    """`need("chromium")` is the program's path. Without it the test is skipped, and fails where CI=true."""
    return _need


def _need(program: str) -> str:
    found = shutil.which(program)
    if found is not None:
        return found
    # On a build machine a skip would look like success for as long as nobody reads the report.
    if os.environ.get("CI") == "true":
        pytest.fail(f"{program} is not installed, and CI=true asks for it", pytrace=False)
    pytest.skip(f"{program} is not installed")
