"""A new launch serves the flags of the last one on, and says where an experiment of its would meet one of those."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from support.launches import T0
from tminus.app.launching import begin_or_continue, moves_of_a_start
from tminus.app.ledgers import open_ledger, plan_data
from tminus.app.serving import ServedFlags
from tminus.core import commands
from tminus.core.events import (
    ExperimentStarted,
    FlagDropped,
    FlagKilled,
    FlagSet,
    LaunchAborted,
    LaunchCompleted,
    LaunchStarted,
    Recorded,
    StageStarted,
)
from tminus.core.exposure import flag_definition
from tminus.engine.ledger import Ledger
from tminus.errors import UsageError
from tminus.flags import compile_flags
from tminus.plan import Plan, read_plan_text
from tminus.store import MemoryEventLog, SqlEventLog

HEAD = """tminus: 1
title: Page
metrics: { buyers: { source: events, of: opened, did: bought, within: 1h } }
phases: [{ id: only, steps: [{ status: operational }] }]
"""
ARMS = "arms: { plain: 50%, green: 50% }, metrics: { buyers: more }, layer: cart"
COLOURS = "{ variants: { plain: 0, green: 1 }, default: plain }"


class Noon:
    def now(self) -> float:
        return T0


@pytest.fixture
def log(tmp_path: Path) -> SqlEventLog:
    return SqlEventLog(tmp_path / "log.sqlite")


def plan(text: str) -> Plan:
    return read_plan_text(f"{HEAD}{text}\n")


def launched(log: SqlEventLog, name: str, text: str, *events: Any) -> Ledger:
    """A launch of this plan that went as these events say."""
    begin_or_continue(log, plan(text), name, 1.0, Noon(), allow_moves=True)
    log.append(name, 1, events, actor="ann", at=T0 + 60)
    return open_ledger(log, name, Noon())


def served(ledger: Ledger, flag: str, user: str = "ann") -> tuple[str | None, str | None]:
    """(variant, error) as a client gets it."""
    answer = compile_flags(flag_definition(ledger.outline, ledger.state)).evaluate(flag, {"targetingKey": user})
    return answer.variant, answer.error_code


ON, DONE = FlagSet(flag="page", share=1.0), LaunchCompleted()
FIRST = "flags: { page: { title: The page, owner: lead } }\nroles: { lead: {} }"
NEXT = "flags: { cart: {} }"


def test_what_shipped_is_served_on_from_the_next_ones_first_moment_until_somebody_drops_it(log: SqlEventLog) -> None:
    launched(log, "one", FIRST, ON, DONE)
    two = launched(log, "two", NEXT)
    assert served(two, "page") == ("on", None)
    flag = flag_definition(two.outline, two.state)["flags"]["page"]
    assert flag["metadata"] == {"tminus.fractional": 2, "launch": "one", "owner": "lead"}
    two.command(lambda state: commands.drop(two.outline, state, "page", "its code is gone"), "bob")
    assert served(two, "page") == (None, "FLAG_NOT_FOUND")
    assert served(two, "cart") == ("off", None)
    again = open_ledger(log, "two", Noon())
    assert again.state.kept == {}


def test_whoever_serves_the_launch_hears_of_a_drop(log: SqlEventLog) -> None:
    launched(log, "one", FIRST, ON, DONE)
    two, flags = launched(log, "two", NEXT), ServedFlags()
    flags.follow(two.outline, two.state)
    two.listen(flags.heard)
    assert flags.current().evaluate("page", {}).variant == "on"
    two.command(lambda state: commands.drop(two.outline, state, "page"), "bob")
    assert flags.current().evaluate("page", {}).error_code == "FLAG_NOT_FOUND"


def test_what_is_said_to_the_launch_before_is_not_served_in_place_of_the_present_one(log: SqlEventLog) -> None:
    one, flags = launched(log, "one", FIRST, ON, DONE), ServedFlags()
    flags.follow(one.outline, one.state)
    one.listen(flags.heard)
    two = launched(log, "two", "flags: { cart: {} }", FlagSet(flag="cart", share=1.0))
    flags.follow(two.outline, two.state)
    one.command(lambda state: commands.kill(one.outline, state, "page"), "bob")
    assert [flags.current().evaluate(flag, {}).variant for flag in ("page", "cart")] == ["on", "on"]


def test_a_rollout_that_was_ended_leaves_its_default(log: SqlEventLog) -> None:
    launched(log, "one", FIRST, ON, LaunchAborted(reason="no"))
    assert served(launched(log, "two", NEXT), "page") == ("off", None)


def test_the_kill_switch_of_a_kept_flag_works_and_goes_along_into_the_next_launch(log: SqlEventLog) -> None:
    launched(log, "one", FIRST, ON, FlagKilled(flag="page", reason="slow"), DONE)
    two = launched(log, "two", NEXT, DONE)
    assert served(two, "page") == ("off", None)
    assert (two.state.flags["page"].killed_by, two.state.flags["page"].killed_why) == ("ann", "slow")
    two.command(lambda state: commands.restore(two.outline, state, "page", "mended"), "bob")
    assert served(two, "page") == ("on", None)
    two.command(lambda state: commands.kill(two.outline, state, "page", "slow again"), "bob")
    three = launched(log, "three", "flags: { menu: {} }")
    assert served(three, "page") == ("off", None)
    assert three.state.flags["page"].killed_by == "bob"
    assert three.state.kept["page"].launch == "one"


class Busy(MemoryEventLog):
    """Somebody pulls a kill switch while a new launch is being thought over."""

    reads = 0

    def read(self, launch: str, after: int = 0, limit: int | None = None) -> list[Recorded]:
        found = super().read(launch, after, limit)
        if launch == "one" and limit is None:
            self.reads += 1
            if self.reads == 2:
                self.append("one", len(found), [FlagKilled(flag="page")], actor="bob", at=T0 + 90)
        return found


def test_a_kill_switch_that_is_pulled_while_a_launch_begins_goes_along() -> None:
    log = Busy()
    began = LaunchStarted(title="Page", plan=plan_data(plan(FIRST)))
    log.append("one", 0, [began, ON, DONE], actor="ann", at=T0)
    begin_or_continue(log, plan(NEXT), "two", 1.0, Noon())
    assert log.head("one") == 4
    assert open_ledger(log, "two", Noon()).state.flags["page"].killed_by == "bob"


def test_a_flag_of_the_present_plan_is_not_dropped_and_neither_is_one_that_another_needs(log: SqlEventLog) -> None:
    launched(log, "one", "flags: { page: {}, gate: { requires: [page] } }", ON, DONE)
    two = launched(log, "two", NEXT)
    for flag, said in [("cart", "present plan"), ("page", "gate requires page"), ("pgae", "no kept flag pgae")]:
        with pytest.raises(UsageError, match=said):
            commands.drop(two.outline, two.state, flag)
    assert commands.drop(two.outline, two.state, "gate", "gone") == (FlagDropped(flag="gate", reason="gone"),)


def test_a_switched_off_flag_is_not_dropped_while_that_would_switch_on_what_came_along_with_it(
    log: SqlEventLog,
) -> None:
    begun = StageStarted(phase="go", stage="all", flag="page", share=1.0, features=("menu",))
    launched(log, "one", "flags: { page: {}, menu: {} }", begun, FlagKilled(flag="page"), DONE)
    two = launched(log, "two", NEXT)
    assert served(two, "menu") == ("off", None)
    with pytest.raises(UsageError, match="menu came with page and would be on again"):
        commands.drop(two.outline, two.state, "page")
    two.command(lambda state: commands.drop(two.outline, state, "menu"), "bob")
    two.command(lambda state: commands.drop(two.outline, state, "page"), "bob")
    assert two.state.kept == {}


def test_a_plan_that_names_a_kept_flag_again_is_asked_whom_it_moves(log: SqlEventLog) -> None:
    launched(log, "one", FIRST, ON, DONE)
    launched(log, "two", NEXT, DONE)
    assert moves_of_a_start(log, plan("flags: { menu: {} }")) == ()
    (move,) = moves_of_a_start(log, plan(FIRST))
    assert (move.flag, move.share) == ("page", 1.0)
    again = launched(log, "three", FIRST)
    assert (served(again, "page"), again.state.kept.keys()) == (("off", None), {"cart"})


def test_a_plan_that_cannot_be_read_any_more_still_hands_on_what_it_kept(log: SqlEventLog) -> None:
    two = launched(log, "two", FIRST, ON, DONE)
    kept = launched(log, "three", NEXT, DONE).state.kept
    log.append("four", 0, [LaunchStarted(title="Old", plan={"tminus": 0}, kept=kept), DONE], actor="ann", at=T0 + 90)
    assert served(launched(log, "five", NEXT), "page") == ("on", None)
    assert two.state.kept == {}


BUTTON = f"flags: {{ button: {COLOURS} }}\nexperiments: {{ button: {{ flag: button, to: 30%, {ARMS} }} }}"
HINT = f"flags: {{ hint: {COLOURS} }}\nexperiments: {{ hint: {{ flag: hint, to: 20%, {ARMS}FROM }} }}"
BEGUN = ExperimentStarted(experiment="button", flag="button", share=0.3)


def test_a_kept_experiment_keeps_its_part_of_the_layer(log: SqlEventLog) -> None:
    launched(log, "one", BUTTON, BEGUN, DONE)
    wrong = "hint would have 0% to 20% of the layer cart, and button, kept from one, has 0% to 30%"
    with pytest.raises(UsageError, match=wrong) as refused:
        begin_or_continue(log, plan(HINT.replace("FROM", "")), "two", 1.0, Noon())
    assert refused.value.code == "layer-taken"
    two = launched(
        log, "two", HINT.replace("FROM", ", from: 30%"), ExperimentStarted(experiment="hint", flag="hint", share=0.2)
    )
    users = [f"u{number}" for number in range(2000)]
    inside = {flag: {u for u in users if served(two, flag, u)[0] != "outside"} for flag in ("button", "hint")}
    assert inside["button"].isdisjoint(inside["hint"])
    assert len(inside["button"]) == pytest.approx(600, abs=70)
    assert len(inside["hint"]) == pytest.approx(400, abs=70)


def test_a_kept_experiment_that_never_began_leaves_its_layer_free(log: SqlEventLog) -> None:
    launched(log, "one", BUTTON, DONE)
    assert begin_or_continue(log, plan(HINT.replace("FROM", "")), "two", 1.0, Noon()) == "two"


THREE = f"""flags: {{ a: {COLOURS}, b: {COLOURS}, c: {COLOURS} }}
experiments:
  a: {{ flag: a, to: 20%, {ARMS} }}
  b: {{ flag: b, to: 20%, {ARMS} }}
  c: {{ flag: c, to: 20%, {ARMS} }}"""


def test_where_a_wider_neighbour_would_bring_others_in_the_refusal_says_what_keeps_them(log: SqlEventLog) -> None:
    begun = [ExperimentStarted(experiment=name, flag=name, share=0.1) for name in "abc"]
    launched(log, "one", THREE.replace("a, to: 20%", "a, to: 30%"), *begun, DONE)
    with pytest.raises(UsageError) as refused:
        begin_or_continue(log, plan(THREE), "two", 1.0, Noon())
    said = "b: its range of the layer cart began at 30% and would begin at 20%, so others than now come in; `from: 30%`"
    assert said in refused.value.message
    assert "c: its range" not in refused.value.message
    with pytest.raises(UsageError) as pinned:
        begin_or_continue(log, plan(THREE.replace("b, to: 20%", "b, to: 20%, from: 30%")), "two", 1.0, Noon())
    assert "its range" not in pinned.value.message


def test_where_nothing_keeps_all_of_them_the_refusal_says_why(log: SqlEventLog) -> None:
    begun = [ExperimentStarted(experiment=name, flag=name, share=0.1) for name in "abc"]
    launched(log, "one", THREE, *begun, DONE)
    with pytest.raises(UsageError, match="a has room for 20% there, below b: wider, one of the two has to move"):
        begin_or_continue(log, plan(THREE.replace("a, to: 20%", "a, to: 30%")), "two", 1.0, Noon())
