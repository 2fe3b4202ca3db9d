"""What the engine takes from a plan for its guards."""

from __future__ import annotations

import pytest

from tminus.core.outline import Outline
from tminus.engine.settings import guard_settings
from tminus.plan import read_plan_text

PLAN = """
tminus: 1
title: Shop
metrics: { errors: { source: events, bad: error, total: request, baseline: 0.2% } }
flags: { page: {} }
phases: [{ id: release, rollout: { flag: page, guards: [errors], stages: [{ to: 5%, for: 1h }] } }]
"""


@pytest.mark.parametrize(
    ("more", "ceiling"),
    [
        ("rollback: { when: [canary errors > 5% for 2m, errors > 2% for 5m] }", 0.02),
        ("rollback: { when: [canary errors > 5%] }\nwatching: { ceiling: { errors: 8% } }", 0.08),
        ("rollback: { when: [canary errors +150% vs baseline for 2m] }", None),
        ("rollback: { when: [canary errors +2pp vs baseline for 2m] }", None),
        ("rollback: { when: [control errors > 5% for 2m] }", None),
        ("", None),
    ],
)
def test_a_ceiling_is_a_rate_that_the_plan_says_and_never_a_change(more: str, ceiling: float | None) -> None:
    assert guard_settings(Outline(read_plan_text(PLAN + more)), "errors", 1).ceiling == ceiling
