"""What `tminus why` prints of a metric that is guarded everywhere and in regions."""

from __future__ import annotations

import pytest

from tminus.cli.why import print_metric
from tminus.core.explaining import Comparison


def row(guard: str, hits: int, units: int) -> Comparison:
    return Comparison(guard, "failures", "requests", hits, units, 30, 3000, 1.5, 0.0, 9, f"what would change {guard}")


def test_regions_stand_below_the_whole_and_only_the_whole_says_what_would_change_it(
    capsys: pytest.CaptureFixture[str],
) -> None:
    print_metric("errors", [row("errors", 15, 1000), row("errors in eu", 3, 0)])
    told = capsys.readouterr().out
    words = [line.split() for line in told.splitlines()]
    assert words[2] == ["new", "version", "1,000", "15", "1.5", "%", "1"]
    assert words[4] == ["new", "version", "in", "eu", "0", "3", "–", "1"]
    assert "1.50 times the old version's, as counted; what would change errors" in told
    assert "what would change errors in eu" not in told
