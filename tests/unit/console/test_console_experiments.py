"""The panel of A/B tests: verdicts in shape and word, intervals where they are, nothing where there is no experiment."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest

from tminus.app.experimenting import ExperimentView, experiment_views
from tminus.console.intervals import metric_rows
from tminus.console.panels import environment
from tminus.core.contest import ArmOutcome, Outcomes, contests
from tminus.core.facts import Facts
from tminus.core.outline import Outline
from tminus.core.state import FlagState, State
from tminus.guards.experiment import Moments
from tminus.plan.reading import read_plan_text

PLAN = {
    "tminus": 1,
    "title": "Button",
    "metrics": {"kept": {"source": "events", "of": "opened", "did": "returned", "within": "1h"}},
    "flags": {"button": {"variants": {"plain": 0, "<green>": 1, "big": 2}, "default": "plain"}},
    "experiments": {
        "button": {
            "title": "Which <button>",
            "flag": "button",
            "arms": {"plain": "50%", "<green>": "25%", "big": "25%"},
            "to": "20%",
            "metrics": {"kept": "more"},
        }
    },
    "phases": [{"id": "only", "title": "The only one"}],
}
OUTLINE = Outline(read_plan_text(json.dumps(PLAN)))


def arm(users: int, hits: int) -> ArmOutcome:
    return ArmOutcome(users, hits, Moments(users, hits, hits))


def seen(**more: Any) -> Outcomes:
    arms = {"plain": arm(20_000, 10_000), "<green>": arm(10_000, 6_000), "big": arm(10_000, 4_000)}
    return Outcomes(**{"arms": arms, "met": 40_000, "newest": 0.0, **more})


def view(found: Outcomes | None) -> ExperimentView:
    plan, experiments = OUTLINE.plan, {} if found is None else {"button": 60.0}
    one = plan.experiments["button"]
    facts = found and contests("button", one, "kept", plan.metrics["kept"], found, began=60.0, at=120.0)
    state = State(flags={"button": FlagState(share=0.2 if found else 0.0)}, experiments=experiments)
    (made,) = experiment_views(OUTLINE, state, Facts(experiments={"button": tuple(facts)} if facts else {}))
    return made


def page(*views: ExperimentView) -> str:
    return (
        environment()
        .get_template("panel_experiments.html")
        .render(
            experiments=[(one, metric_rows(one)) for one in views],
            clock_time=lambda at: "08:01",
            full_time=lambda at: "1970-01-01 00:01:00 UTC",
        )
    )


def test_without_experiments_there_is_no_panel() -> None:
    assert page().strip() == ""


def test_an_experiment_that_waits_says_for_what() -> None:
    assert "waits for The only one" in page(view(None))


def test_verdicts_are_words_and_shapes_and_names_are_text() -> None:
    shown = page(view(seen()))
    assert re.findall(r'<span class="word">([^<]+)', shown) == ["better", "worse"]
    assert "+20.0 %" in shown
    assert "−20.0 %" in shown
    assert "20 % of users since" in shown
    assert "Which &lt;button&gt;" in shown
    assert "<green>" not in shown


def test_an_interval_lies_on_its_side_of_zero() -> None:
    (metric,) = metric_rows(view(seen()))
    green, big = metric.arms
    assert green.at is not None
    assert 50 < green.left < green.at < green.right <= 100
    assert 0 <= big.left < big.right < metric.margin < 50


@pytest.mark.parametrize(
    ("found", "says"),
    [
        (seen(both=9_000), "multiple exposure"),
        (seen(arms={"plain": arm(20_000, 10_000), "<green>": arm(14_000, 7_000)}), "sample ratio mismatch"),
        (seen(error="the disk is full"), "not measured"),
    ],
)
def test_what_cannot_be_compared_is_neither_good_nor_bad(found: Outcomes, says: str) -> None:
    shown = page(view(found))
    assert says in shown
    assert set(re.findall(r'<span class="word">([^<]+)', shown)) <= {"inconclusive", "not measured"}
