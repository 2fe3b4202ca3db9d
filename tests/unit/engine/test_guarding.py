from __future__ import annotations

import pytest

from support.engines import Rig
from tminus.core import commands
from tminus.core.events import GuardCheckpointed, HoldStarted, RollbackStarted, StagePromoted
from tminus.guards import Counts
from tminus.ports import Seen

STAGES = "stages: [{ id: few, to: 20%, for: 10m }, { id: all, to: 100%, for: 1h }]"
GUARDED = f"phases: [{{ id: release, rollout: {{ flag: page, guards: [errors], {STAGES} }} }}]"
LADDER = GUARDED.replace("[errors]", "[delay]")
REGIONS = (
    "regions: { north: { countries: [SE, no] }, south: { countries: [IT] }, all: { everywhere: true } }\n" + GUARDED
)
GOOD = Counts(800, 8, 200, 2)


def bake(rig: Rig, seconds: int, tick: Counts = GOOD, users: Seen | None = None) -> None:
    for _ in range(seconds):
        rig.source.ticks.append(tick)
        rig.source.users.append(users or Seen(2, 8))
        rig.step(1)


def promoted(rig: Rig) -> list[str]:
    return [one.event.stage for one in rig.log.read("page-1") if isinstance(one.event, StagePromoted)]


def test_a_stage_is_promoted_when_the_comparison_has_shown_it_and_the_log_says_what() -> None:
    rig = Rig(GUARDED)
    rig.step()
    bake(rig, 620)
    assert promoted(rig) == ["few"]
    (event,) = [one.event for one in rig.log.read("page-1") if isinstance(one.event, StagePromoted)]
    shown = event.evidence["shown"]["errors"]
    assert shown["by"] == "control"
    assert 1 < shown["at_most"] <= shown["margin"] == 2.0


def test_a_stage_without_failures_to_compare_holds_and_says_what_is_missing() -> None:
    rig = Rig(GUARDED)
    rig.step()
    bake(rig, 640, Counts(8, 0, 2, 0))
    assert promoted(rig) == []
    held = [one.event for one in rig.log.read("page-1") if isinstance(one.event, HoldStarted)]
    assert any("nothing is shown yet" in reason["text"] for event in held for reason in event.reasons)


def test_what_a_stage_has_shown_survives_a_restart() -> None:
    rig = Rig(GUARDED)
    rig.step()
    bake(rig, 330)
    before = rig.engine.facts.earned["errors"]
    kept = [one.event for one in rig.log.read("page-1") if isinstance(one.event, GuardCheckpointed)][-1]
    assert kept.stage["stage"] == "few"
    rig.restart()
    bake(rig, 1)
    after = rig.engine.facts.earned["errors"]
    assert (before.shown, after.shown) == (True, True)
    assert after.upper <= before.upper * 1.01


def test_latencies_are_held_against_the_controls_quantiles_from_before() -> None:
    rig = Rig(LADDER)
    rig.step()
    bake(rig, 15)
    assert rig.source.feeds == []  # without levels there is nothing that would be slow
    rig.source.ladder = (0.1, 0.3, 0.5, 1.0)
    bake(rig, 40)
    rig.source.ladder = (9.0, 9.0, 9.0, 9.0)
    bake(rig, 5)
    assert {feed.levels for feed in rig.source.feeds} == {(0.1, 0.3, 0.5, 1.0)}
    rig.restart()
    bake(rig, 3)
    assert rig.source.feeds[-1].levels == (0.1, 0.3, 0.5, 1.0)
    bake(rig, 60, Counts(800, 40, 200, 40))
    assert rig.ledger.state.rollback is not None
    assert "slow answers" in rig.ledger.state.rollback.cause["text"]


def test_each_region_is_guarded_for_itself_and_its_countries_come_with_the_question() -> None:
    rig = Rig(REGIONS)
    rig.step()
    rig.source.places = {"north": [], "south": []}
    for _ in range(120):
        rig.source.places["north"].append(Counts(100, 1, 25, 6))
        rig.source.places["south"].append(Counts(700, 7, 175, 2))
        bake(rig, 1)
    assert rig.source.feeds[-1].places == {"north": frozenset({"SE", "NO"}), "south": frozenset({"IT"})}
    assert rig.ledger.state.rollback is not None
    assert "errors in north" in rig.ledger.state.rollback.cause["text"]


def test_bursts_that_one_region_shows_are_reckoned_with_in_every_region() -> None:
    def evidence_in_the_south(north: tuple[int, int]) -> float:
        rig = Rig(REGIONS)
        rig.step()
        rig.source.places = {"north": [], "south": []}
        for number in range(90):
            rig.source.places["north"].append(Counts(400, north[number % 2], 100, 0))
            rig.source.places["south"].append(Counts(400, 0, 100, 1 if number > 86 else 0))
            bake(rig, 1)
        return rig.engine.facts.guards["errors in south"].log_evidence

    assert evidence_in_the_south((0, 12)) < evidence_in_the_south((6, 6)) - 1


def test_at_one_hundred_percent_the_controls_past_is_the_ceiling_also_after_a_restart() -> None:
    rig = Rig(GUARDED)
    rig.step()
    bake(rig, 620)
    assert rig.ledger.state.stage == "all"
    bake(rig, 60, Counts(0, 0, 1000, 10))
    rig.restart()
    bake(rig, 60, Counts(0, 0, 1000, 10))
    assert rig.ledger.state.rollback is None
    bake(rig, 60, Counts(0, 0, 1000, 60))
    assert rig.ledger.state.rollback is not None


def test_a_share_of_users_that_is_not_the_plans_holds_and_a_person_may_know_better() -> None:
    rig = Rig(GUARDED)
    rig.step()
    bake(rig, 620, users=Seen(4, 6))
    assert promoted(rig) == []
    assert "users" in rig.engine.facts.sample
    rig.ledger.command(lambda state: commands.sign(rig.outline, state, "evidence:few", "lead"), "ann")
    bake(rig, 2, users=Seen(4, 6))
    assert promoted(rig) == ["few"]


def test_users_who_fall_out_of_the_new_variant_make_the_comparison_worthless() -> None:
    rig = Rig(GUARDED)
    rig.step()
    bake(rig, 620, users=Seen(2, 8, both=1))
    assert promoted(rig) == []
    assert "more than one variant" in rig.engine.facts.sample


def test_while_caches_are_cold_a_little_harm_is_no_evidence_and_a_lot_is() -> None:
    warm = Rig(GUARDED)
    warm.step()
    bake(warm, 29, Counts(800, 8, 200, 10))
    assert warm.ledger.state.rollback is None
    bake(warm, 30, Counts(800, 8, 200, 10))
    assert warm.ledger.state.rollback is not None
    broken = Rig(GUARDED)
    broken.step()
    bake(broken, 10, Counts(800, 8, 200, 150))
    assert broken.ledger.state.rollback is not None


@pytest.mark.parametrize(("tick", "back"), [(Counts(8, 8, 2, 0), True), (Counts(8, 8, 2, 2), False)])
def test_payments_that_silently_stop_roll_back(tick: Counts, back: bool) -> None:
    rig = Rig(GUARDED.replace("[errors]", "[payments]"))
    rig.step()
    bake(rig, 60, tick)
    assert any(isinstance(one.event, RollbackStarted) for one in rig.log.read("page-1")) is back


def test_bursts_are_known_from_before_the_launch() -> None:
    """Failures that come five at a time are no more evidence than one, and no bet is made before that is known."""
    rig = Rig(GUARDED)
    rig.source.history = [Counts(60_000, 40 + (number * 37) % 41 * 4, 0, 0) for number in range(60)]
    rig.step()
    bake(rig, 2)
    guard = rig.engine.facts.guards["errors"]
    assert guard.burst > 3
    assert guard.control_units == 800  # what was before the launch is no part of the comparison
    plain = Rig(GUARDED)
    plain.step()
    bake(plain, 2)
    assert plain.engine.facts.guards["errors"].burst == 1.0


def test_a_service_that_hardly_ever_fails_may_show_its_own_rate_instead() -> None:
    text = GUARDED.replace("[errors]", "[errors], evidence: { below: 1% }")
    rig = Rig(text)
    rig.step()
    bake(rig, 640, Counts(80, 0, 20, 0))
    assert promoted(rig) == ["few"]
    (event,) = [one.event for one in rig.log.read("page-1") if isinstance(one.event, StagePromoted)]
    assert event.evidence["shown"]["errors"]["by"] == "ceiling"
