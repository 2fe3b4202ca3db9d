"""A stage at 100 %: no control any more, and what was seen of it as a ceiling."""

from __future__ import annotations

import pytest

from tminus.guards import Counts, GuardSettings, Harm, frozen_ceiling, observe, reading, start, with_ceiling
from tminus.guards.bounds import lower_bound, upper_bound
from tminus.guards.process import GuardState


def seen(settings: GuardSettings, hits: int = 60) -> GuardState:
    tick = Counts(60_000, hits, 6_000, 6)
    state = start(settings, 0.0)
    for index in range(1, 7):
        state = observe(settings, state, [tick] * settings.rungs, 600.0 * index)
    return state


def test_the_controls_upper_bound_becomes_the_ceiling() -> None:
    assert frozen_ceiling(seen(GuardSettings())) == pytest.approx(upper_bound(360, 360_000, 0.99))


def test_where_fewer_are_harm_it_is_the_lower_bound() -> None:
    assert frozen_ceiling(seen(GuardSettings(harm=Harm.FEWER)), harm=Harm.FEWER) == pytest.approx(
        lower_bound(360, 360_000, 0.99)
    )


def test_a_ladder_has_a_ceiling_for_each_rung() -> None:
    ceiling = frozen_ceiling(seen(GuardSettings(rungs=3)))
    assert isinstance(ceiling, tuple)
    assert len(ceiling) == 3


def test_tickets_that_outnumber_users_have_a_ceiling_above_one() -> None:
    settings = GuardSettings(per_unit=False)
    state = observe(settings, start(settings, 0.0), Counts(100, 250, 10, 20), 1.0)
    ceiling = frozen_ceiling(state, per_unit=False)
    assert isinstance(ceiling, float)
    assert 2.5 < ceiling < 3.0


def test_without_control_there_is_no_ceiling_and_the_guard_stays_as_it_is() -> None:
    settings = GuardSettings()
    state = start(settings, 0.0)
    assert frozen_ceiling(state) is None
    assert with_ceiling(settings, state, None, 1.0) == (settings, state)


@pytest.mark.parametrize("ceiling", [None, 0.01], ids=["none before", "another before"])
def test_the_new_ceiling_changes_no_evidence_and_then_sees_harm_without_control(ceiling: float | None) -> None:
    settings = GuardSettings(ceiling=ceiling)
    state = seen(settings)
    before = reading(settings, state).log_evidence
    limited, state = with_ceiling(settings, state, frozen_ceiling(state), 3600.0)
    assert reading(limited, state).log_evidence == pytest.approx(before, abs=1e-12)
    for index in range(1, 6):
        state = observe(limited, state, Counts(0, 0, 6_000, 30), 3600.0 + 60 * index, changed_at=3000.0)
    assert reading(limited, state).evidence > 100
