from __future__ import annotations

from collections.abc import Callable

import pytest

from support.launches import HOUR, Course, course, rolled_back
from tminus.core import commands
from tminus.core.situation import describe
from tminus.core.state import State

GATED = """
phases:
  - id: release
    title: Release
    rollout: { flag: page, stages: [{ id: few, to: 5%, for: 1h, go: [lead, product] }] }
"""


def holding() -> Course:
    launch = course(GATED)
    launch.wait(HOUR)
    return launch


def held() -> Course:
    launch = course(GATED)
    launch.tell(commands.hold, "ann", "lunch")
    return launch


def aborted() -> Course:
    launch = course(GATED)
    launch.tell(commands.abort, "ann")
    return launch


def launched() -> Course:
    launch = course()
    launch.wait(HOUR)
    launch.wait(HOUR)
    return launch


@pytest.mark.parametrize(
    ("make", "headline", "sentence", "tone"),
    [
        (lambda: course(GATED), "RUNNING AT 5 %", "5 % bakes for 1h. Goes on in 1 h at the earliest.", "going"),
        (
            holding,
            "HOLDING AT 5 %",
            "Holding: waiting for the go of lead (and 1 more). Lead and product can act.",
            "holding",
        ),
        (held, "HELD AT 5 %", "ann holds the launch: lunch. Resume lets it go on.", "holding"),
        (
            rolled_back,
            "ROLLED BACK",
            "ann rolled back. Everybody has had the default for 0 s. "
            "When it is mended, resume sends it out again from the first stage.",
            "bad",
        ),
        (aborted, "ABORTED", "A person ended the launch. Everybody has the default.", "ended"),
        (launched, "LAUNCHED", "Every phase is done, after 2 h.", "good"),
    ],
)
def test_every_situation_has_a_headline_a_sentence_and_a_tone(
    make: Callable[[], Course], headline: str, sentence: str, tone: str
) -> None:
    launch = make()
    seen = describe(launch.outline, launch.state, launch.facts, launch.now)
    assert (seen.headline, seen.sentence, seen.tone) == (headline, sentence, tone)


def test_a_launch_that_has_not_begun_says_so() -> None:
    launch = course()
    assert describe(launch.outline, State(), launch.facts, launch.now).headline == "NOT STARTED"


def test_who_can_act_and_when_it_goes_on_come_with_it() -> None:
    launch = course(GATED)
    seen = describe(launch.outline, launch.state, launch.facts, launch.now)
    assert (seen.until, seen.roles) == (launch.now + HOUR, ("lead", "product"))
