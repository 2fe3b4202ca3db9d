"""What becomes of evidence when stages, phases, processes and versions change."""

from __future__ import annotations

from typing import Any

import pytest

from support.engines import Rig
from support.launches import T0
from tminus.core import commands
from tminus.core.events import ActionRequested, GuardCheckpointed, StagePromoted
from tminus.guards import Counts
from tminus.ports import Seen

STAGES = "stages: [{ id: few, to: 20%, for: 10m }, { id: all, to: 100%, for: 1h }]"
GUARDED = f"phases: [{{ id: release, rollout: {{ flag: page, guards: [errors], {STAGES} }} }}]"
NORTH = "regions: { north: { countries: [SE, no] } }\n"
GOOD = Counts(800, 8, 200, 2)


def bake(rig: Rig, seconds: int, tick: Counts = GOOD, users: Seen | None = None) -> None:
    for _ in range(seconds):
        rig.source.ticks.append(tick)
        rig.source.users.append(users or Seen(2, 8))
        rig.step(1)


def begun(text: str = GUARDED) -> Rig:
    rig = Rig(text)
    rig.step()
    return rig


def promoted(rig: Rig) -> list[str]:
    return [event.stage for event in rig.events(StagePromoted)]


def checkpoints(rig: Rig) -> list[GuardCheckpointed]:
    return rig.events(GuardCheckpointed)


def test_a_stage_without_a_bake_still_shows_for_itself_what_the_one_before_has_shown() -> None:
    rig = begun(GUARDED.replace("{ id: all,", "{ id: half, to: 50% }, { id: all,"))
    bake(rig, 610)
    assert promoted(rig) == ["few"]
    bake(rig, 300, Counts(500, 5, 500, 5), Seen(5, 5))
    assert promoted(rig) == ["few", "half"]


def test_a_hold_for_want_of_evidence_asks_people_once_its_time_is_over() -> None:
    rig = begun(GUARDED.replace("[errors]", "[errors], evidence: { within: 5m }"))
    nothing_fails = Counts(8, 0, 2, 0)
    bake(rig, 890, nothing_fails)
    assert rig.ledger.state.hold
    assert rig.events(ActionRequested) == []
    bake(rig, 300, nothing_fails)
    assert {event.key.rpartition(":")[2] for event in rig.events(ActionRequested)} == {"lead", "product", "support"}
    assert len(rig.events(ActionRequested)) == 3


def test_a_later_phase_of_the_same_flag_is_guarded_as_it_says_itself() -> None:
    again = "stages: [{ id: half, to: 50%, for: 10m }, { id: all, to: 100%, for: 1h }]"
    rig = begun(
        "phases:\n"
        "  - { id: try, rollout: { flag: page, guards: [errors], stages: [{ id: few, to: 20%, for: 10m }] } }\n"
        f"  - {{ id: rest, rollout: {{ flag: page, guards: [errors, payments], {again} }} }}\n"
    )
    bake(rig, 605)
    assert rig.ledger.state.phase == "rest"
    assert set(rig.engine.facts.guards) == {"errors", "payments"}
    assert rig.engine.facts.guards["errors"].canary_units > 100_000


def test_sums_are_written_down_when_the_share_changes_so_that_no_restart_mixes_two_shares() -> None:
    rig = begun(GUARDED.replace("10m", "15m"))
    bake(rig, 850)
    written = len(checkpoints(rig))
    bake(rig, 60)
    assert rig.ledger.state.stage == "all"
    assert len(checkpoints(rig)) == written + 1
    assert rig.ledger.state.checkpoint_at >= rig.ledger.state.flags["page"].changed_at


def test_where_a_hold_back_ended_in_a_region_nobody_knows_which_share_of_users_it_should_be() -> None:
    stages = "[{ id: north, to: 100%, regions: [north], for: 10m }, { id: all, to: 100%, for: 1h }]"
    rig = begun(
        f"{NORTH}phases: [{{ id: release, rollout: {{ flag: page, guards: [errors], holdback: 10%, stages: {stages} }} }}]"
    )
    bake(rig, 620, Counts(100, 1, 900, 9), Seen(9, 1))
    assert promoted(rig) == ["north"]
    bake(rig, 620, Counts(500, 5, 9500, 95), Seen(95, 5))
    assert rig.engine.facts.sample == ""


def test_a_flag_that_requires_another_is_seen_by_fewer_users_than_its_share() -> None:
    rig = begun(GUARDED)
    flags = rig.outline.plan.flags
    flags["page"] = flags["page"].model_copy(update={"requires": ("cart",)})
    bake(rig, 620, users=Seen(1, 9))
    assert rig.engine.facts.sample == ""


def test_users_who_were_met_since_the_last_checkpoint_are_counted_after_a_restart() -> None:
    rig = begun()
    bake(rig, 400)
    met = rig.watch.guarding.sampling.canary
    rig.restart()
    bake(rig, 1)
    assert rig.watch.guarding.sampling.canary == met + 2


def test_clients_that_fetch_their_flags_once_a_minute_are_no_users_of_both_variants() -> None:
    rig = begun()
    bake(rig, 90, users=Seen(2, 8, both=1))
    bake(rig, 530)
    assert promoted(rig) == ["few"]


def test_what_was_wrong_with_a_guards_source_is_not_said_any_more_when_it_answers() -> None:
    rig = begun()
    bake(rig, 3)
    rig.source.broken = True
    bake(rig, 3)
    assert rig.watch.trouble
    rig.source.broken = False
    bake(rig, 1)
    assert rig.watch.trouble == {}


@pytest.mark.parametrize("change", [{"margin": 2.5}, {"sums": [[0.0, 0.0]]}])
def test_a_stage_whose_evidence_an_other_version_wrote_earns_it_anew(change: dict[str, Any]) -> None:
    rig = begun()
    bake(rig, 20)
    kept = checkpoints(rig)[-1]
    shown = {"errors": {**kept.stage["shown"]["errors"], **change}}
    written = GuardCheckpointed(cursor=kept.cursor, guards=kept.guards, stage={**kept.stage, "shown": shown})
    rig.ledger.record([written], "tminus", rig.ledger.state)
    rig.restart()
    bake(rig, 600)
    assert rig.engine.trouble == ""
    assert promoted(rig) == ["few"]


@pytest.mark.parametrize(
    ("text", "more"),
    [
        (GUARDED, {}),
        (f"watching: {{ ceiling: {{ errors: 2% }} }}\n{GUARDED}", {"abs": [-2.0] * 9}),
        (NORTH + GUARDED, {}),
        (GUARDED.replace("[errors]", "[payments]"), {}),
    ],
)
def test_a_launch_goes_on_from_a_checkpoint_of_the_first_version(text: str, more: dict[str, Any]) -> None:
    rig = begun(text)
    bake(rig, 20)
    metric = "payments" if "[payments]" in text else "errors"
    old = {"at": [T0, T0], "starts": 1, "seen": [100, 1, 20, 0], "rel": [-2.0] * 9, **more}
    rig.ledger.record([GuardCheckpointed(cursor={metric: 3}, guards={metric: old})], "tminus", rig.ledger.state)
    rig.restart()
    bake(rig, 60)
    guard = rig.engine.facts.guards[metric]
    assert (guard.control_units, guard.canary_units) == (100 + 77 * 800, 20 + 77 * 200)
    assert rig.engine.facts.log_evidence is not None
    assert rig.engine.facts.log_evidence < 0


def test_a_release_that_is_sent_out_again_meets_no_evidence_of_the_one_before_also_after_a_restart() -> None:
    rig = begun()
    bake(rig, 330)
    rig.ledger.command(lambda state: commands.rollback(rig.outline, state, "ann"), "ann")
    bake(rig, 5, Counts(1000, 10, 0, 0))
    rig.ledger.command(lambda state: commands.resume(rig.outline, state), "ann")
    bake(rig, 2)
    rig.restart()
    bake(rig, 2)
    assert rig.engine.facts.guards["errors"].canary_units <= 4 * GOOD.canary_units
    assert not rig.engine.facts.earned["errors"].shown
