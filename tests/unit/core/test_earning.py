from __future__ import annotations

from dataclasses import replace
from math import inf

import pytest

from support.launches import HOUR, T0, Course, course, kinds, reading
from tminus.core import commands
from tminus.core.advance import advance
from tminus.core.decide import decide
from tminus.core.earning import demand, served_share
from tminus.core.events import FlagSet, StagePromoted, StageStarted
from tminus.core.facts import Earned, Facts
from tminus.core.outline import Outline
from tminus.core.situation import where
from tminus.core.story import story
from tminus.errors import UsageError

TEXT = """
phases:
  - id: release
    rollout:
      flag: page
      guards: [errors]
      evidence: { within: 2h }
      stages: [{ id: few, to: 5%, for: 1h }, { id: half, to: 50%, for: 1h }, { id: all, to: 100%, for: 1h }]
    go: [product]
"""
NOT_YET = Earned(False, inf, 3.5, "nothing is shown yet of the canary's errors; 3.5 is asked for, about 12 min more")
SHOWN = Earned(True, 2.4, 3.5, "the canary's errors is at most 2.4 times the control's", "control", 0.0)


def launched(text: str = TEXT) -> Course:
    return course(text, guards={"errors": reading()}, seen_at=T0 + 1)


def seen(launch: Course, earned: Earned | None = None, sample: str = "") -> Facts:
    facts = replace(launch.facts, canary_seen_at=launch.now, sample=sample)
    return facts if earned is None else replace(facts, earned={"errors": earned})


def blockers(launch: Course, facts: Facts) -> list[tuple[str, tuple[str, ...]]]:
    found = advance(launch.outline, launch.state, facts, launch.now).blockers
    return [(one.id, one.roles) for one in found if one.kind == "evidence"]


def test_a_stage_that_has_baked_waits_until_it_has_shown_enough() -> None:
    launch = launched()
    launch.now += HOUR + 1
    assert blockers(launch, seen(launch)) == [("evidence:few:errors", ())]
    assert blockers(launch, seen(launch, NOT_YET)) == [("evidence:few:errors", ())]
    (promoted, *_) = decide(launch.outline, launch.state, seen(launch, SHOWN), launch.now)
    assert isinstance(promoted, StagePromoted)
    assert promoted.evidence["shown"] == {"errors": {"at_most": 2.4, "margin": 3.5, "by": "control"}}
    assert "errors at most 2.4 times as bad as in the old version" in story(promoted, launch.outline, "tminus")[1]


def test_when_it_takes_too_long_people_are_asked_and_may_vouch_for_it() -> None:
    launch = launched()
    launch.now += 3 * HOUR + 1
    assert blockers(launch, seen(launch, NOT_YET)) == [("evidence:few:errors overdue", ("product",))]
    events = decide(launch.outline, launch.state, seen(launch, NOT_YET), launch.now)
    assert kinds(events) == ["HoldStarted", "ActionRequested"]
    launch.tell(commands.sign, "evidence:few", "product", "we know why")
    assert blockers(launch, seen(launch, NOT_YET)) == []


@pytest.mark.parametrize(
    ("name", "role", "said"),
    [
        ("evidence:few", "support", "is vouched for by product, not by support"),
        ("evidence:half", "product", "there is no stage that waits for evidence evidence:half"),
    ],
)
def test_only_who_is_asked_vouches_and_only_for_the_present_stage(name: str, role: str, said: str) -> None:
    launch = launched()
    with pytest.raises(UsageError, match=said):
        launch.tell(commands.sign, name, role)


def test_nobody_vouches_twice() -> None:
    launch = launched()
    launch.tell(commands.sign, "evidence:few", "product")
    with pytest.raises(UsageError, match="already"):
        launch.tell(commands.sign, "evidence:few", "product")


def test_who_vouches_again_for_a_stage_that_is_done_is_not_led_to_the_next_one() -> None:
    launch = launched()
    launch.tell(commands.sign, "evidence:few", "product")
    launch.seen_at = launch.now + HOUR + 1
    launch.wait(HOUR + 1)
    assert launch.state.stage == "half"
    with pytest.raises(UsageError, match="evidence:few: that stage is done already") as refused:
        launch.tell(commands.sign, "evidence:few", "product")
    assert "evidence:half" not in str(refused.value)


def test_arms_that_cannot_be_compared_hold_at_once_whatever_was_shown() -> None:
    launch = launched()
    launch.now += HOUR + 1
    why = "6.1 % of 48,210 users have the new variant, 5 % should"
    assert blockers(launch, seen(launch, SHOWN, why)) == [("evidence:few:users", ("product",))]


def test_margins_narrow_as_the_share_grows_and_a_plan_may_say_its_own() -> None:
    launch = launched()
    few = demand(launch.outline, launch.state)
    launch.record(StagePromoted(stage="few"), StageStarted(phase="release", stage="half", flag="page", share=0.5))
    half = demand(launch.outline, launch.state)
    assert few is not None
    assert half is not None
    assert few.margins["errors"] > half.margins["errors"]
    text = TEXT.replace("within: 2h", "margin: 5, confidence: 99%")
    own = launched(text.replace("for: 1h }, { id: half", "for: 1h, evidence: { margin: 4 } }, { id: half"))
    asked = demand(own.outline, own.state)
    assert asked is not None
    assert (asked.margins, asked.confidence) == ({"errors": 4.0}, 0.99)


@pytest.mark.parametrize("left_out", ["evidence: { needed: false }", "evidence: { within: 2h }"])
def test_nothing_is_asked_where_there_is_nothing_to_compare(left_out: str) -> None:
    text = TEXT.replace("evidence: { within: 2h }", left_out)
    if "needed" not in left_out:
        text = text.replace("      guards: [errors]\n", "")
    launch = launched(text)
    assert demand(launch.outline, launch.state) is None


def test_a_stage_of_named_people_alone_has_nothing_to_show_unless_it_says_so() -> None:
    people = TEXT.replace("to: 5%, for: 1h", "to: 0%, cohorts: [staff], for: 1h")
    launch = launched(people)
    assert demand(launch.outline, launch.state) is None
    asked = launched(people.replace("cohorts: [staff]", "cohorts: [staff], evidence: { margin: 3 }"))
    assert demand(asked.outline, asked.state) is not None


def test_a_hold_back_keeps_a_control_at_one_hundred_percent_and_ends_with_the_stage() -> None:
    launch = launched(TEXT.replace("guards: [errors]", "guards: [errors]\n      holdback: 5%"))
    assert served_share(launch.outline.stages["all"]) == pytest.approx(0.95)
    assert served_share(launch.outline.stages["half"]) == 0.5
    last = StageStarted(phase="release", stage="all", flag="page", share=0.95)
    launch.record(StagePromoted(stage="few"), StagePromoted(stage="half"), last)
    assert demand(launch.outline, launch.state) is not None
    assert where(launch.outline, launch.state) == "AT 95 %"
    launch.now += HOUR + 1
    found = decide(launch.outline, launch.state, seen(launch, SHOWN), launch.now)
    assert kinds(found) == ["StagePromoted", "FlagSet"]
    launch.record(*found)
    assert launch.state.share_of("page") == 1.0


def test_a_hold_back_in_regions_ends_there_and_nowhere_else() -> None:
    text = TEXT.replace("%, for: 1h", "%, regions: [dach], for: 1h")
    text = f"regions: {{ dach: {{ countries: [DE, CH] }} }}\n{text}".replace(
        "[errors]\n", "[errors]\n      holdback: 5%\n"
    )
    launch = Course(outline(text))
    held = StageStarted(phase="release", stage="all", flag="page", share=0.95, regions=("dach",))
    launch.record(held, FlagSet(flag="page", share=1.0, regions=("dach",)))
    flag = launch.state.flags["page"]
    assert (flag.share, flag.regions, flag.earlier) == (1.0, ("dach",), ())


def outline(text: str) -> Outline:
    return course(text).outline
