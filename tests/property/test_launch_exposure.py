"""Who has the new variant over any course of a launch: who is in stays in, until somebody takes everybody out."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from support.launches import plan, recorded
from tminus.core import events as e
from tminus.core.evolve import evolve, fold
from tminus.core.exposure import flag_definition
from tminus.core.outline import Outline
from tminus.core.state import State
from tminus.flags import compile_flags
from tminus.plan.around import Region
from tminus.plan.model import Cohort

COHORTS = {
    "staff": Cohort(users=("ann", "user-7", "user-1999")),
    "gold": Cohort(rule={"==": [{"var": "tier"}, "gold"]}),
    "both": Cohort(users=("bob",), rule={"ends_with": [{"var": "email"}, "@page.example"]}),
}
REGIONS = {
    "north": Region(countries=("DE", "DK")),
    "south": Region(countries=("IT",), regions=("south", "north")),
    "west": Region(countries=("US",)),
    "world": Region(everywhere=True),
}
OUTLINE = Outline(plan().model_copy(update={"cohorts": COHORTS, "regions": REGIONS}))
USERS = [
    {
        "targetingKey": f"user-{n}",
        "tier": ("gold", "tin")[n % 40 > 0],
        "email": f"{n}@{('page', 'x')[n % 25 > 0]}.example",
        "country": ("DE", "dk", "IT", "US", "JP")[n % 5],
    }
    for n in range(2000)
]
BEGUN = evolve(State(), recorded(e.LaunchStarted(title="Page", plan={})))

shares = st.integers(0, 100_000).map(lambda thousandths: thousandths / 100_000)
teams = st.lists(st.sampled_from(sorted(COHORTS)), unique=True, max_size=2).map(tuple)
ramps = st.lists(st.tuples(shares, teams, st.booleans()), min_size=2, max_size=6).map(
    lambda ramp: sorted(ramp, key=lambda step: step[0])
)
places = st.lists(st.sampled_from(sorted(REGIONS)), unique=True, max_size=2).map(tuple)
travels = st.lists(st.tuples(shares, places), min_size=2, max_size=6).map(
    lambda way: sorted(way, key=lambda one: one[0])
)
exposing = settings(max_examples=60, deadline=None, derandomize=True)


def step(share: float, cohorts: tuple[str, ...], is_stage: bool) -> e.Event:
    """A stage of the rollout, or a flag set by an action of the plan."""
    if is_stage:
        return e.StageStarted(phase="release", stage="few", flag="page", share=share, cohorts=cohorts)
    return e.FlagSet(flag="page", share=share)


def members(state: State, flag: str = "page") -> set[str]:
    flags = compile_flags(flag_definition(OUTLINE, state))
    return {user["targetingKey"] for user in USERS if flags.evaluate(flag, user).variant == "on"}


def travelled(way: list[tuple[float, tuple[str, ...]]]) -> list[State]:
    """The states after each stage of a rollout through these regions; the feature comes with the first."""
    states = [BEGUN]
    for share, regions in way:
        stage = e.StageStarted(
            phase="release",
            stage="few",
            flag="page",
            share=share,
            cohorts=("gold",),
            regions=regions,
            features=("cart",),
        )
        states.append(evolve(states[-1], recorded(stage)))
    return states[1:]


def expected(way: list[tuple[float, tuple[str, ...]]]) -> set[str]:
    """Who is in by the words of docs/plan.md: in any stage's share of any of its regions, or in the cohort."""
    lists = {"north": ("DE", "DK"), "south": ("IT", "DE", "DK"), "west": ("US",)}
    found: set[str] = set()
    for share, regions in way:
        everywhere = not regions or "world" in regions
        there = {country for region in regions for country in lists.get(region, ())}
        at_share = members(evolve(BEGUN, recorded(e.FlagSet(flag="page", share=share))))
        inside = {user["targetingKey"] for user in USERS if everywhere or user["country"].upper() in there}
        found |= at_share & inside
    gold = {user["targetingKey"] for user in USERS if user["tier"] == "gold"}
    return found | gold


@exposing
@given(ramps)
def test_raising_a_percentage_never_removes_anyone(ramp: list[tuple[float, tuple[str, ...], bool]]) -> None:
    state, before = BEGUN, set[str]()
    for share, cohorts, is_stage in ramp:
        state = evolve(state, recorded(step(share, cohorts, is_stage or share == 0)))
        now = members(state)
        assert before <= now
        before = now


@exposing
@given(ramps, st.sampled_from([e.RollbackStarted(cause={"kind": "person", "text": "ann"}), e.LaunchAborted()]))
def test_one_event_takes_everybody_out_and_the_same_ramp_brings_the_same_people_back(
    ramp: list[tuple[float, tuple[str, ...], bool]], over: e.Event
) -> None:
    way = [recorded(step(*one)) for one in ramp]
    up = fold(way, BEGUN)
    down = evolve(up, recorded(over))
    assert members(down) == set()
    assert members(fold(way, down)) == members(up)


@exposing
@given(ramps)
def test_a_kill_switch_takes_everybody_out_and_put_back_brings_the_same_people(
    ramp: list[tuple[float, tuple[str, ...], bool]],
) -> None:
    up = fold([recorded(step(*one)) for one in ramp], BEGUN)
    killed = evolve(up, recorded(e.FlagKilled(flag="page"), actor="ann"))
    assert members(killed) == set()
    assert not killed.exposing
    assert members(evolve(killed, recorded(e.FlagRestored(flag="page")))) == members(up)


@exposing
@given(ramps)
def test_what_happens_to_one_flag_changes_nothing_of_another_ones_stage(
    ramp: list[tuple[float, tuple[str, ...], bool]],
) -> None:
    up = fold([recorded(step(share, cohorts, True), at=at) for at, (share, cohorts, _) in enumerate(ramp, 10)], BEGUN)
    others = [e.FlagSet(flag="cart", share=0.5), e.FlagKilled(flag="cart"), e.FlagRestored(flag="cart")]
    after = fold([recorded(one, at=99.0, actor="ann") for one in others], up)
    assert (after.stage, after.stage_started_at, after.flags["page"]) == (
        up.stage,
        up.stage_started_at,
        up.flags["page"],
    )


@exposing
@given(travels)
def test_whatever_regions_a_rising_rollout_goes_through_nobody_who_is_in_falls_out(
    way: list[tuple[float, tuple[str, ...]]],
) -> None:
    before = set[str]()
    for state in travelled(way):
        now = members(state)
        assert before <= now
        before = now


@exposing
@given(travels)
def test_those_are_in_who_are_in_a_stages_share_of_its_regions_and_they_have_its_features(
    way: list[tuple[float, tuple[str, ...]]],
) -> None:
    state = travelled(way)[-1]
    assert members(state) == expected(way)
    assert members(state, "cart") == members(state)


@exposing
@given(travels, st.sampled_from([e.RollbackStarted(cause={"kind": "person", "text": "ann"}), e.LaunchAborted()]))
def test_one_event_takes_a_rollout_and_its_features_out_of_every_region(
    way: list[tuple[float, tuple[str, ...]]], over: e.Event
) -> None:
    down = evolve(travelled(way)[-1], recorded(over))
    assert members(down) == members(down, "cart") == set()
    killed = evolve(travelled(way)[-1], recorded(e.FlagKilled(flag="page"), actor="ann"))
    assert members(killed) == members(killed, "cart") == set()
