"""Criteria that claim something of an experiment: read, written back, and refused in one line."""

from __future__ import annotations

import pytest

from tminus.plan.claims import Claim, Word
from tminus.plan.criterion import parse_criterion
from tminus.plan.pace import paced
from tminus.plan.reading import read_plan_text


@pytest.mark.parametrize(
    ("text", "claim", "metric"),
    [
        ("variant green of button is better on buyers", Claim("green", "button", Word.BETTER), "buyers"),
        ("variant b-2 of b is not worse on r_7 by 2%", Claim("b-2", "b", Word.NOT_WORSE, 0.02), "r_7"),
        ("variant on of page is  not  worse on x for 2h", Claim("on", "page", Word.NOT_WORSE), "x"),
        ("variant big of button is worse on buyers by 0.5%", Claim("big", "button", Word.WORSE, 0.005), "buyers"),
    ],
)
def test_a_claim_is_read_as_it_is_said(text: str, claim: Claim, metric: str) -> None:
    found = parse_criterion(text)
    assert (found.claim, found.metric) == (claim, metric)
    assert found.hold_for is None or found.hold_for.seconds == 7200


def test_claims_that_differ_have_keys_that_differ() -> None:
    words = ("better on x", "worse on x", "not worse on x", "not worse on x by 3%", "better on y", "better on x for 1h")
    keys = {parse_criterion(f"variant a of e is {one}").key for one in words}
    assert len(keys) == len(words)
    spelled = ("variant a of e is not worse on x", "variant  a of e  is not  worse on x")
    assert len({parse_criterion(one).key for one in spelled}) == 1


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("variant green of button is nicer on buyers", "better, worse or not worse"),
        ("variant green of button is better", "after `on`"),
        ("variant green of button", "is not worse on METRIC"),
        ("variant green of button < 3", "nothing is claimed"),
        ("arm green of button is better on buyers", "called a variant"),
        ("variant green of button is better on buyers over 24h", "leave `over` out"),
        ("variant green of button is better on buyers by 3s", "percentage"),
        ("variant green of button is better on buyers by 100%", "between 0 % and 100 %"),
        ("variant green of button is better on buyers by lots", "lots"),
    ],
)
def test_what_is_not_a_claim_is_refused_with_what_to_write(text: str, says: str) -> None:
    with pytest.raises(ValueError) as refused:
        parse_criterion(text)
    assert says in str(refused.value)
    assert "\n" not in str(refused.value)


def test_a_claim_is_judged_by_its_interval_and_never_by_the_plain_number() -> None:
    with pytest.raises(ValueError, match="leave `point` out"):
        parse_criterion("variant a of e is better on x", point=True)


def test_a_metric_may_still_be_called_variant() -> None:
    assert parse_criterion("variant < 3").metric == "variant"


PLAN = """
tminus: 1
title: Button
metrics: { buyers: { source: events, of: opened, did: bought, within: 1d } }
flags: { button: { variants: { plain: 0, green: 1 }, default: plain } }
experiments: { button: { flag: button, arms: { plain: 50%, green: 50% }, to: 20%, metrics: { buyers: more } } }
phases: [{ id: only, exit: [variant green of button is not worse on buyers for 1h] }]
"""


def test_a_claim_is_written_as_it_was_read_and_keeps_pace_with_its_plan() -> None:
    plan = read_plan_text(PLAN)
    (text,) = plan.model_dump(mode="json")["phases"][0]["exit"]
    assert text == "variant green of button is not worse on buyers for 1h"
    (quick,) = paced(plan, 60).phases[0].exit
    assert quick.hold_for is not None
    assert (quick.claim, quick.hold_for.seconds) == (plan.phases[0].exit[0].claim, 60.0)


def test_what_the_order_of_a_mapping_says_survives_a_log_that_sorts_it() -> None:
    plan = read_plan_text(PLAN.replace("plain: 0, green: 1", "plain: 0, red: 1, green: 2"))
    turned = plan.model_dump(mode="json", by_alias=True, exclude_defaults=True) | {"tminus": 1}
    turned["flags"]["button"]["variants"] = {"green": 2, "plain": 0, "red": 1}
    turned["experiments"]["button"]["arms"] = {"green": 0.5, "plain": 0.5}
    again = type(plan).model_validate(turned)
    assert (again.experiments["button"].control, again.experiments["button"].treatments) == ("plain", ["green"])
    assert again.flags["button"].brought == plan.flags["button"].brought == "red"
