"""Scheduled changes through the engine: within a step of their moment, once, and after an outage the newest alone."""

from __future__ import annotations

from support.engines import LAUNCH, Rig
from support.launches import HEAD, ROLLOUT, T0
from tminus.core.events import FlagSet, LaunchStarted
from tminus.core.outline import Outline
from tminus.engine.ledger import start_launch
from tminus.plan.reading import read_plan_text

HOUR = 3600.0
BANNER = """cart: { changes: [
  { at: 2026-01-12T10:00, to: on }, { at: 2026-01-12T11:00, to: 20% }, { at: 2026-01-12T12:00, to: off }] }"""


class Scheduled(Rig):
    """A launch that begins at 09:00 with a flag that changes at 10:00, 11:00 and 12:00."""

    def __post_init__(self) -> None:
        self.outline = Outline(read_plan_text(HEAD.replace("cart: {}", BANNER) + ROLLOUT))
        start_launch(self.log, LAUNCH, LaunchStarted(title="Page", plan={}), "ann", T0)
        self.restart(self.worker)

    def made(self) -> list[tuple[float, int, int]]:
        """(hours, number, passed over) of each change in the log."""
        changes = [(one.at, one.event) for one in self.log.read(LAUNCH) if isinstance(one.event, FlagSet)]
        return [((at - T0) / HOUR, event.change, event.passed_over) for at, event in changes]


def test_a_change_is_made_in_the_first_step_after_its_moment() -> None:
    rig = Scheduled()
    rig.step()
    for _ in range(3601):
        rig.step(1.0)
    assert rig.made() == [(1.0, 1, 0)]


def test_a_new_process_on_the_same_log_repeats_nothing() -> None:
    rig = Scheduled()
    rig.step()
    rig.step(HOUR)
    rig.restart()
    rig.step()
    rig.step(HOUR / 2)
    assert rig.made() == [(1.0, 1, 0)]
    assert rig.ledger.state.flags["cart"].share == 1.0


def test_after_an_outage_the_newest_change_is_made_and_the_others_are_passed_over() -> None:
    rig = Scheduled()
    rig.step()
    rig.clock.advance(4 * HOUR)
    rig.restart()
    rig.step()
    assert rig.made() == [(4.0, 3, 2)]


def test_a_second_controller_that_comes_too_late_makes_no_change_again() -> None:
    first = Scheduled(sole=False)
    first.step()
    second = Scheduled.__new__(Scheduled)
    second.__dict__.update(first.__dict__)
    second.restart("other")
    first.step(HOUR)
    second.step()
    first.step(1.0)
    assert first.made() == [(1.0, 1, 0)]
