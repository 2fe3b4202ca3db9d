"""Whatever was understood of a page, the plan that comes out passes `tminus check` and accounts for every part."""

from __future__ import annotations

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from support.any_draft import TELLING, Maker
from tminus.importer.accounting import items
from tminus.importer.draft import Box, Draft, Phase, Stage, Target
from tminus.importer.writing import write
from tminus.plan import examine_texts

WORDS = st.one_of(st.sampled_from(TELLING), st.text(max_size=12))
NUMBERS = st.one_of(
    st.sampled_from([0.0, 1.0, -1.0, 0.05, 0.5, 99.9, 1e-9, 1e300, 1234567.0]),
    st.floats(allow_nan=False, allow_infinity=False, width=32),
)
COMPARATORS = st.sampled_from(["<", "<=", ">", ">=", "=", "within", "zero"])
SHARES = st.one_of(st.none(), st.sampled_from([0.0, 0.01, 0.05, 0.25, 0.5, 1.0]), st.floats(0, 1))


@settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.integers(0, 2**32))
def test_any_draft_gives_a_plan_without_errors_and_a_place_for_every_part(seed: int) -> None:
    draft = Maker(seed).made(Draft)
    written = write(draft, "page.md")
    written.text.encode("utf-8")
    plan, problems = examine_texts({"plan.yaml": written.text})
    errors = [str(problem) for problem in problems if problem.severity == "error"]
    assert not errors, "\n".join([*errors, written.text[:5000]])
    assert plan is not None
    lost = [item for item in items(draft, written.places, written.line_places) if item["place"] is None]
    assert not lost


STAGES = st.lists(
    st.builds(
        Stage,
        st.integers(1, 99),
        WORDS,
        share=SHARES,
        lasts=st.sampled_from(["", "1d", "1d..2d", "soon"]),
        audience=st.lists(st.sampled_from(["Staff", "Power users", "All users", ""]), max_size=2),
        regions=st.lists(st.sampled_from(["US", "EU", "Global", "Midgard", "US and Canada"]), max_size=2),
        features=st.lists(st.sampled_from(["Chat", "Search", "Demo"]), max_size=2),
    ),
    max_size=5,
)


@settings(max_examples=200, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.lists(STAGES, min_size=1, max_size=3))
def test_stages_in_any_order_follow_the_rules_of_a_rollout(rollouts: list[list[Stage]]) -> None:
    phases = [Phase(line, f"Phase {line}", stages=stages) for line, stages in enumerate(rollouts, start=1)]
    written = write(Draft(title="Demo", phases=phases), "page.md")
    _, problems = examine_texts({"plan.yaml": written.text})
    assert [str(one) for one in problems if one.severity == "error"] == []


TARGETS = st.builds(
    Target,
    st.integers(1, 99),
    st.sampled_from(["Error rate", "Response time", "Users"]),
    COMPARATORS,
    NUMBERS,
    st.sampled_from(["", "%", "ms", "s", "$", "/day", "/5"]),
    high=st.one_of(st.none(), NUMBERS),
    aggregate=st.sampled_from(["", "p95", "mean"]),
    relative=st.booleans(),
    baseline=st.sampled_from(["", "65%", "200ms", "about ten"]),
)


@settings(max_examples=200, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.lists(TARGETS, max_size=6))
def test_targets_of_one_metric_in_several_units_do_not_contradict_each_other(targets: list[Target]) -> None:
    boxes = [Box(5, "A box", targets=targets[:1])]
    written = write(Draft(title="Demo", phases=[Phase(1, "One", targets=targets[1:], boxes=boxes)]), "page.md")
    _, problems = examine_texts({"plan.yaml": written.text})
    assert [str(one) for one in problems if one.severity == "error"] == []
