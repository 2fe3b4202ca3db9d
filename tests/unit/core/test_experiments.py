"""When experiments begin and end, and who has which variant meanwhile."""

from __future__ import annotations

from support.engines import Rig
from support.launches import HOUR, outline
from tminus.core import commands
from tminus.core.events import ExperimentStarted, FlagSet
from tminus.core.exposure import flag_definition
from tminus.core.outline import Outline
from tminus.core.state import State
from tminus.core.story import story
from tminus.flags import compile_flags

ARMS = "arms: { off: 50%, on: 50% }, to: 20%, metrics: { payments: more }"
TWO_PHASES = """
phases:
  - { id: prepare, tasks: [{ do: Slides, id: slides, owner: lead }] }
  - { id: release, tasks: [{ do: Load, id: load, owner: lead }], exit: [variant on of button is better on payments],
      rollout: { flag: page, evidence: { needed: false }, stages: [{ id: few, to: 5%, for: 1h }] } }
"""


def rig(phase: str = "") -> Rig:
    where = f", phase: {phase}" if phase else ""
    return Rig(f"experiments: {{ button: {{ flag: cart, {ARMS}{where} }} }}\n{TWO_PHASES}")


def tell(on: Rig, command: object, *words: object) -> None:
    on.ledger.command(lambda state: command(on.outline, state, *words), "ann")  # type: ignore[operator]


def served(plan: Outline, state: State) -> set[str | None]:
    flags = compile_flags(flag_definition(plan, state))
    return {flags.evaluate("cart", {"targetingKey": f"u{number}"}).variant for number in range(200)}


def test_it_begins_with_the_first_rollout_when_what_comes_before_that_is_proven() -> None:
    one = rig()
    one.step()
    tell(one, commands.sign, "slides", "lead")
    one.step(1)
    assert one.ledger.state.phase == "release"
    assert served(one.outline, one.ledger.state) == {"outside"}
    tell(one, commands.sign, "load", "lead")
    one.step(1)
    assert one.events(ExperimentStarted) == [ExperimentStarted(experiment="button", flag="cart", share=0.2)]
    assert served(one.outline, one.ledger.state) == {"outside", "off", "on"}


def test_it_begins_in_the_phase_that_it_names() -> None:
    one = rig("prepare")
    one.step()
    assert served(one.outline, one.ledger.state) == {"outside", "off", "on"}
    one.step(HOUR)
    assert len(one.events(ExperimentStarted)) == 1


def test_a_claim_holds_its_gate_until_somebody_can_measure_it() -> None:
    one = rig("prepare")
    one.step()
    tell(one, commands.sign, "slides", "lead")
    one.step(1)
    tell(one, commands.sign, "load", "lead")
    one.step(1)
    one.step(2 * HOUR)
    one.step(1)
    assert one.ledger.state.status.value == "running"
    assert "could not measure whether on's payments is better: no source here tells users apart" in str(
        one.ledger.state.hold
    )


def test_a_rollback_ends_it_and_a_resumed_launch_begins_it_anew() -> None:
    one = rig("prepare")
    one.step()
    first = one.ledger.state.experiments["button"]
    tell(one, commands.rollback, "ann")
    assert served(one.outline, one.ledger.state) == {"outside"}
    assert one.ledger.state.experiments == {}
    one.step(5)
    tell(one, commands.resume)
    one.step(5)
    assert one.ledger.state.experiments["button"] > first
    assert served(one.outline, one.ledger.state) == {"outside", "off", "on"}


def test_a_kill_switch_takes_everybody_out_and_putting_it_back_brings_them_into_their_arms() -> None:
    one = rig("prepare")
    one.step()
    before = flag_definition(one.outline, one.ledger.state)["flags"]["cart"]
    tell(one, commands.kill, "cart")
    assert served(one.outline, one.ledger.state) == {"outside"}
    tell(one, commands.restore, "cart")
    assert flag_definition(one.outline, one.ledger.state)["flags"]["cart"] == before


def test_an_experiment_whose_flag_is_killed_waits_for_it() -> None:
    one = rig("prepare")
    tell(one, commands.kill, "cart")
    one.step()
    assert one.events(ExperimentStarted) == []
    tell(one, commands.restore, "cart")
    one.step(1)
    assert len(one.events(ExperimentStarted)) == 1


def test_a_step_raises_it_and_nobody_changes_arm() -> None:
    one = rig("prepare")
    one.step()

    def variants() -> dict[str, str | None]:
        flags = compile_flags(flag_definition(one.outline, one.ledger.state))
        return {f"u{n}": flags.evaluate("cart", {"targetingKey": f"u{n}"}).variant for n in range(500)}

    before = variants()
    one.ledger.command(lambda state: (FlagSet(flag="cart", share=1.0),), "ann")
    after = variants()
    assert {user for user in before if before[user] not in ("outside", after[user])} == set()
    assert set(after.values()) == {"off", "on"}


def test_the_story_says_who_is_in_and_how_the_arms_are_shared() -> None:
    plan = outline(f"experiments: {{ button: {{ title: The button, flag: cart, {ARMS} }} }}\n{TWO_PHASES}")
    event = ExperimentStarted(experiment="button", flag="cart", share=0.2)
    assert story(event, plan, "engine")[1] == "The button: 20 % of users are in the experiment: 50 % off, 50 % on"
