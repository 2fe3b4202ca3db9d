"""Guards of a busy service."""

from __future__ import annotations

import pytest

from tminus.guards import Counts, GuardSettings, combine, observe, reading, start


@pytest.mark.parametrize("harmful", [False, True])
def test_a_healthy_burn_in_of_a_busy_service_leaves_no_guard_blind(harmful: bool) -> None:
    """What is bet on warm-ups is lost to less than a float can raise e to; the rest must go on counting."""
    settings = GuardSettings()
    guard = start(settings, 0.0)
    for second in range(1, 30):
        guard = observe(settings, guard, Counts(80_000, 800, 20_000, 200), float(second), 0.0)
    tick = Counts(8_000, 80, 2_000, 200 if harmful else 20)
    for second in range(30, 60):
        guard = observe(settings, guard, tick, float(second), 0.0)
    one = reading(settings, guard)
    assert one.log_warm is not None
    assert one.log_warm < -1000
    assert (combine({"errors": one}) > 5) is harmful
    assert (one.log_evidence < 0) is not harmful
