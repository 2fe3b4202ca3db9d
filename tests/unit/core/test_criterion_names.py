"""What a criterion is called inside a sentence."""

from __future__ import annotations

import pytest

from tminus.core.assessment import name_of
from tminus.plan import read_plan_text


@pytest.mark.parametrize(
    ("title", "name"),
    [
        ("Page load time", "canary page load time p95"),
        ("API response time", "canary API response time p95"),
        ("p50 of nothing", "canary p50 of nothing p95"),
        ("", "canary page load p95"),
    ],
)
def test_a_title_begins_small_within_a_sentence_unless_it_is_an_acronym(title: str, name: str) -> None:
    plan = read_plan_text(f"""
tminus: 1
title: Names
metrics: {{ page_load: {{ title: "{title}", source: app, histogram: load, unit: s }} }}
flags: {{ page: {{ variants: {{ "on": true, "off": false }}, default: "off" }} }}
phases: [ {{ id: out, rollout: {{ flag: page, stages: [ {{ to: 100%, for: 1h }} ] }} }} ]
rollback: {{ when: [ canary page_load p95 > 2s ], do: [ {{ flag: page, to: "off" }} ] }}
""")
    [criterion] = plan.rollback.when
    assert name_of(criterion, plan.metrics["page_load"]) == name
