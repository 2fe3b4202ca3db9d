from __future__ import annotations

from support.launches import HEAD, ROLLOUT, T0, course
from tminus.core import commands
from tminus.core.events import FlagSet
from tminus.core.exposure import flag_definition
from tminus.core.outline import Outline
from tminus.core.state import State
from tminus.flags import compile_flags
from tminus.plan import read_plan_text


def variant(launch: object, user: str) -> str | None:
    flags = compile_flags(flag_definition(launch.outline, launch.state))  # type: ignore[attr-defined]
    return flags.evaluate("page", {"targetingKey": user}).variant


def test_before_the_launch_everybody_has_the_default_and_no_launch_is_named() -> None:
    definition = flag_definition(course().outline, State())
    assert (definition["metadata"], definition["flags"]["page"]["defaultVariant"]) == ({"tminus.fractional": 2}, "off")
    assert "targeting" not in definition["flags"]["page"]


def test_the_owner_and_the_expiry_of_a_flag_are_its_metadata_and_reach_every_answer() -> None:
    plan = Outline(
        read_plan_text((HEAD + ROLLOUT).replace("cart: {}", "cart: { owner: lead, expires: 2026-09-01T00:00:00 }"))
    )
    flags = compile_flags(flag_definition(plan, State()))
    own = {"owner": "lead", "expires": "2026-09-01T00:00:00"}
    assert flags.evaluate("cart", {}).metadata == {"tminus.fractional": 2, **own}
    assert flags.evaluate("page", {}).metadata == {"tminus.fractional": 2}


def test_in_a_stage_its_cohorts_are_in_whatever_the_share() -> None:
    few = course()
    assert variant(few, "ann") == "on"
    assert "off" in {variant(few, f"user-{n}") for n in range(20)}


def test_at_the_last_stage_everybody_is_in() -> None:
    everybody = course()
    everybody.wait(3600)
    assert {variant(everybody, f"user-{n}") for n in range(20)} == {"on"}


def test_after_a_rollback_an_abort_or_the_kill_switch_nobody_is_in() -> None:
    for command, words in ((commands.rollback, ("ann",)), (commands.abort, ("ann",)), (commands.kill, ("page",))):
        over = course()
        over.tell(command, *words)
        assert variant(over, "ann") == "off"


def test_a_share_with_more_digits_than_flagd_knows_is_rounded_and_not_refused() -> None:
    third = course()
    third.record(FlagSet(flag="page", share=1 / 3))
    assert flag_definition(third.outline, third.state)["metadata"] == {"tminus.fractional": 2, "launch": "page-1"}
    assert third.state.flags["page"].changed_at == T0
