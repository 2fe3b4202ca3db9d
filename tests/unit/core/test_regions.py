"""Stages by region and with features: who has what, as the flags are evaluated."""

from __future__ import annotations

import pytest

from support.launches import HOUR, Course, course
from tminus.core import commands
from tminus.core import events as e
from tminus.core.exposure import flag_definition
from tminus.core.outline import Outline
from tminus.core.situation import describe
from tminus.core.story import story
from tminus.flags import compile_flags
from tminus.plan.around import Region

REGIONS = """
regions:
  dach: { title: D-A-CH, countries: [DE, AT, CH] }
  europe: { title: Europe, regions: [dach], countries: [FR] }
  world: { everywhere: true }
  nowhere: {}
  america: { countries: [US] }
phases:
  - id: release
    rollout:
      flag: page
      stages:
        - { id: near, to: 50%, cohorts: [staff], regions: [dach], for: 1h }
        - { id: far, to: 50%, regions: [europe], features: [cart], for: 1h }
        - { id: all, to: 100%, regions: [world], for: 1h }
"""
USERS = [f"user-{number}" for number in range(400)]


def having(launch: Course, country: str | None, flag: str = "page", users: list[str] = USERS) -> set[str]:
    """The users of a country who have a flag's new variant."""
    flags = compile_flags(flag_definition(launch.outline, launch.state))
    more = {"country": country} if country is not None else {}
    return {user for user in users if flags.evaluate(flag, {"targetingKey": user, **more}).variant == "on"}


def test_the_share_is_of_the_users_in_the_regions_and_nobody_else_has_it() -> None:
    launch = course(REGIONS)
    inside = having(launch, "DE")
    assert 0.4 < len(inside) / len(USERS) < 0.6
    assert [having(launch, country) for country in ("FR", "US", "", None)] == [set()] * 4


def test_a_country_may_be_written_small() -> None:
    launch = course(REGIONS)
    assert having(launch, "de") == having(launch, "DE")


def test_a_member_of_a_cohort_is_in_wherever_they_are() -> None:
    assert having(course(REGIONS), "US", users=["ann", "bob"]) == {"ann"}


def test_regions_that_contain_one_another_come_to_an_end() -> None:
    launch = course(REGIONS)
    regions = {**launch.outline.plan.regions, "dach": Region(countries=("DE",), regions=("europe",))}
    launch.outline = Outline(launch.outline.plan.model_copy(update={"regions": regions}))
    assert having(launch, "DE") == having(launch, "FR") != set()


def test_a_region_is_its_countries_and_those_of_its_regions() -> None:
    launch = course(REGIONS)
    before = having(launch, "AT")
    launch.wait(HOUR)
    assert having(launch, "AT") == having(launch, "FR") == before
    assert having(launch, "US") == set()


def test_everywhere_is_everybody_also_without_a_country() -> None:
    launch = course(REGIONS)
    launch.wait(HOUR)
    launch.wait(HOUR)
    assert having(launch, None) == set(USERS)


def test_users_of_a_region_that_the_next_stage_does_not_name_stay_in() -> None:
    launch = course(REGIONS)
    before = having(launch, "CH")
    launch.record(e.StageStarted(phase="release", stage="far", flag="page", share=0.6, regions=("america",)))
    assert having(launch, "CH") == before < having(launch, "US")
    launch.record(e.StageStarted(phase="release", stage="all", flag="page", share=0.7, regions=("dach",)))
    assert having(launch, "CH") > having(launch, "US") > before


def test_a_stage_in_regions_without_a_country_brings_nobody_in() -> None:
    launch = course(REGIONS.replace("regions: [dach], for", "regions: [nowhere], for").replace("[europe]", "[world]"))
    assert having(launch, "US") == having(launch, None) == set()


def test_an_action_speaks_of_everybody() -> None:
    launch = course(REGIONS)
    launch.record(e.FlagSet(flag="page", share=1.0))
    assert having(launch, "US") == set(USERS)


def test_features_are_on_for_exactly_those_who_have_the_variant_from_their_stage_on() -> None:
    launch = course(REGIONS)
    assert having(launch, "DE", "cart") == set()
    launch.wait(HOUR)
    users = [*USERS, "ann"]
    for country in ("DE", "FR", "US", None):
        assert having(launch, country, "cart", users) == having(launch, country, "page", users)
    launch.wait(HOUR)
    assert having(launch, None, "cart") == set(USERS)


@pytest.mark.parametrize(
    ("command", "words"), [(commands.rollback, ("ann",)), (commands.abort, ("ann",)), (commands.kill, ("page",))]
)
def test_features_go_with_the_flag_that_brought_them(command: object, words: tuple[str, ...]) -> None:
    launch = course(REGIONS)
    launch.wait(HOUR)
    launch.tell(command, *words)  # type: ignore[arg-type]
    assert having(launch, "DE", "cart", [*USERS, "ann"]) == set()


def test_a_feature_can_be_switched_off_alone() -> None:
    launch = course(REGIONS)
    launch.wait(HOUR)
    before = having(launch, "DE")
    launch.tell(commands.kill, "cart")
    assert (having(launch, "DE", "cart"), having(launch, "DE")) == (set(), before)


def test_a_feature_set_for_some_by_itself_is_on_for_them_too() -> None:
    launch = course(REGIONS)
    launch.wait(HOUR)
    launch.record(e.FlagSet(flag="cart", share=0.2))
    in_germany, in_america = having(launch, "DE", "cart"), having(launch, "US", "cart")
    assert in_germany > having(launch, "DE")
    assert 0.1 < len(in_america) / len(USERS) < 0.3


def test_people_read_where_a_stage_is_and_what_comes_with_it() -> None:
    launch = course(REGIONS)
    launch.wait(HOUR)
    told = story(launch.log[-1].event, launch.outline, "tminus")[1]
    assert told == "50 % of users in Europe have page, with cart"
    assert describe(launch.outline, launch.state, launch.facts, launch.now).headline == "RUNNING AT 50 % IN EUROPE"


def test_a_stage_for_cohorts_alone_lets_them_in_and_nobody_else() -> None:
    launch = course(REGIONS.replace("to: 50%, cohorts: [staff]", "to: 0%, cohorts: [staff], features: [cart]"))
    for flag in ("page", "cart"):
        assert having(launch, "DE", flag, [*USERS, "ann"]) == {"ann"}
    assert (launch.state.exposing, launch.state.exposes("page"), launch.state.exposes("cart")) == (True, True, False)
    assert describe(launch.outline, launch.state, launch.facts, launch.now).headline == "RUNNING WITH STAFF"
    told = [one.event for one in launch.log if isinstance(one.event, e.StageStarted)]
    assert story(told[0], launch.outline, "tminus")[1] == "staff have page, with cart"
    launch.tell(commands.rollback, "ann")
    assert having(launch, "DE", "page", [*USERS, "ann"]) == set()
