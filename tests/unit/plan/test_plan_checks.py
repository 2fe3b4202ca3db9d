"""Checks of a plan as a whole: each code on one small mistake, and silence on what is right."""

from __future__ import annotations

import pytest

from tminus.plan.reading import examine_texts

GOOD = """\
tminus: 1
title: Good
timezone: Europe/Zurich
roles:
  lead: { reach: env:LEAD_URL }
environments: { staging: {} }
metrics:
  error_rate: { source: events, bad: 'request{error="true"}', total: request, baseline: 1% }
  answer: { source: app, histogram: http.server.request.duration, unit: s }
  mood: { attest: lead }
flags:
  page: { variants: { on: true, off: false }, default: off }
cohorts:
  staff: { users: [ann] }
phases:
  - id: prepare
    environment: staging
    tasks:
      - { do: First, owner: lead }
      - { do: Second, after: [first] }
    go: [lead]
  - id: release
    rollout:
      flag: page
      stages:
        - { to: 5%, for: 1w, cohorts: [staff] }
        - { to: 50%, for: 1w }
      guards: [error_rate]
    exit: [error_rate < 1%, answer p95 < 1s, mood >= 4/5]
  - id: rest
    rollout: { flag: page, stages: [{ to: 100%, for: 1w }], guards: [error_rate] }
    exit: [error_rate < 1%]
rollback:
  when: [error_rate > 1% for 2m]
  within: 5m
  do: [{ flag: page, to: off }, { call: https://example.org/hook, token: env:HOOK }]
alerts:
  - { when: answer mean > 1s, for: 5m, notify: [lead] }
watching: { ceiling: { error_rate: 2% } }
"""


def found(text: str, severity: str = "error") -> list[str]:
    return [f"{p.line} {p.code}" for p in examine_texts({"plan.yaml": text})[1] if p.severity == severity]


def test_a_good_plan_has_no_problem() -> None:
    assert (found(GOOD), found(GOOD, "warning")) == ([], [])


def test_a_guard_watches_a_ratio_of_good_things_too() -> None:
    counts_good = GOOD.replace("bad: 'request{error=\"true\"}'", "good: 'request{error=\"false\"}'")
    assert found(counts_good.replace("error_rate < 1%", "error_rate > 99%").replace("> 1% for", "< 99% for")) == []


def test_a_count_is_guarded_where_it_says_what_is_better_and_among_how_many() -> None:
    counted = GOOD.replace("metrics:\n", "metrics:\n  crashes: { source: events, count: crash }\n")
    alone = counted.replace("guards: [error_rate]", "guards: [crashes]")
    beside = counted.replace("guards: [error_rate]", "guards: [error_rate, crashes]")
    assert {one.split()[1] for one in found(alone)} == {"guard-direction", "guard-traffic"}
    assert {one.split()[1] for one in found(beside)} == {"guard-direction"}
    assert found(beside.replace("count: crash", "count: crash, better: lower")) == []


def test_a_count_and_its_traffic_come_from_one_place() -> None:
    prometheus = "sources: { prom: { prometheus: 'http://127.0.0.1:9090' } }\nmetrics:\n"
    counted = GOOD.replace("metrics:\n", f"{prometheus}  crashes: {{ source: SOURCE, count: crash, better: lower }}\n")
    beside = counted.replace("guards: [error_rate]", "guards: [error_rate, crashes]")
    named = beside.replace("better: lower", "better: lower, traffic: error_rate")
    for text in (beside, named):
        assert found(text.replace("SOURCE", "app")) == []  # app and events are both here
        assert {one.split()[1] for one in found(text.replace("SOURCE", "prom"))} == {"guard-traffic"}


def test_a_hold_back_needs_a_last_stage_of_everybody() -> None:
    held = GOOD.replace("flag: page, stages: [{ to: 100%", "flag: page, holdback: 5%, stages: [{ to: 100%")
    assert found(held) == []
    assert {one.split()[1] for one in found(held.replace("to: 100%", "to: 90%"))} == {"bad-holdback"}


def test_a_window_that_outlasts_the_telemetry_is_refused() -> None:
    asked = GOOD.replace("exit: [error_rate < 1%]", "exit: [error_rate < 1% over 16d]")
    assert {one.split()[1] for one in found(asked)} == {"window-too-long"}
    assert found(GOOD.replace("exit: [error_rate < 1%]", "exit: [error_rate < 1% over 15d]")) == []


def test_a_guard_reads_counters_of_a_prometheus_and_nothing_else_there() -> None:
    asked = GOOD.replace("metrics:\n", "sources: { prom: { prometheus: 'http://127.0.0.1:9090' } }\nmetrics:\n")
    assert found(asked.replace("source: events, bad", "source: prom, bad")) == []
    slow = asked.replace("guards: [error_rate]", "guards: [answer]").replace("source: app, hist", "source: prom, hist")
    assert {one.split()[1] for one in found(slow)} == {"guard-source"}


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("owner: lead", "owner: leader", "19 unknown-role"),
        ("go: [lead]", "go: [boss]", "21 unknown-role"),
        ("notify: [lead]", "notify: [lead, boss]", "38 unknown-role"),
        ("mood: { attest: lead }", "mood: { attest: boss }", "10 unknown-role"),
        ("exit: [error_rate < 1%]", "exit: [errorrate < 1%]", "32 unknown-metric"),
        ("ceiling: { error_rate: 2% }", "ceiling: { errors: 2% }", "39 unknown-metric"),
        ("{ flag: page, to: off }", "{ flag: pages, to: off }", "36 unknown-flag"),
        ("cohorts: [staff]", "cohorts: [stuff]", "26 unknown-cohort"),
        ("environment: staging", "environment: stage", "17 unknown-environment"),
        ("source: events", "source: event", "8 unknown-source"),
        ("after: [first]", "after: [frist]", "20 unknown-task"),
        ("after: [first]", "after: [second]", "20 circle"),
        ("Europe/Zurich", "Europe/Zürich", "3 unknown-timezone"),
        ("Europe/Zurich", "../../etc/passwd", "3 unknown-timezone"),
        ("unit: s }", "unit: s, gauge: x }", "9 mixed-metric"),
        (", total: request", "", "8 incomplete-metric"),
        ("mood: { attest: lead }", "mood: { source: app, did: x, attest: lead }", "10 incomplete-metric"),
        ("mood: { attest: lead }", "mood: { source: app, total: x, attest: lead }", "10 incomplete-metric"),
        ("mood: { attest: lead }", "mood: { source: app, attest: lead }", "10 incomplete-metric"),
        ("mood: { attest: lead }", "mood: { source: app, query: x, attest: lead }", "10 incomplete-metric"),
        ("mood: { attest: lead }", "mood: { gauge: x }", "10 no-source"),
        ("answer p95 < 1s", "error_rate p95 < 1%", "29 illegal-aggregate"),
        ("answer p95 < 1s", "answer p95 < 1%", "29 wrong-unit"),
        ("error_rate > 1%", "error_rate > 0.5", "34 wrong-unit"),
        ("baseline: 1%", "baseline: 1s", "8 wrong-unit"),
        ("answer p95 < 1s", "answer p95 -5% vs baseline", "29 no-baseline"),
        ("to: 50%", "to: 5%", "27 stages-not-rising"),
        ("to: 100%", "to: 40%", "31 rollout-falls"),
        ("to: 50%", "to: 150%", "27 fraction-outside"),
        ("to: 50%", "to: 50", "27 bad-fraction"),
        ("guards: [error_rate]\n", "guards: [mood]\n", "28 guard-kind"),
        ("- id: rest", "- id: release", "30 duplicate-id"),
        ("do: Second,", "do: Second, id: five,", ""),
        ("default: off", "default: of", "12 unknown-variant"),
        ("default: off", "default: off, rollout: off", "12 rollout-is-default"),
        ("{ on: true, off: false }", "{ off: false }", "12 one-variant"),
        ("{ on: true, off: false }", "{ on: 'yes', off: false }", "12 mixed-variants"),
        ("within: 5m", "within: 0s", "35 zero-duration"),
        ("for 2m", "for 0m", "34 zero-duration"),
        ("reach: env:LEAD_URL", "reach: mailto://a:b@c", "5 secret-in-plan"),
        ("token: env:HOOK", "token: abc", "36 secret-in-plan"),
        ("https://example.org/hook", "https://me:secret@example.org", "36 secret-in-plan"),
        ("https://example.org/hook", "'https://[oops'", "36 bad-url"),
    ],
)
def test_one_mistake_is_one_problem_on_its_line(old: str, new: str, expected: str) -> None:
    assert old in GOOD
    assert found(GOOD.replace(old, new, 1)) == ([expected] if expected else [])


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("environments:", "  idle: {}\nenvironments:", "6 idle-role"),
        ("    go: [lead]\n", "", "16 no-exit"),
        ("      guards: [error_rate]\n", "", "23 no-guards"),
        ("mood: { attest: lead }", "mood: {}", "10 unmeasured"),
        ("users: [ann]", "title: Nobody", "14 empty-cohort"),
    ],
)
def test_what_is_probably_not_meant_is_a_warning_and_stops_nothing(old: str, new: str, expected: str) -> None:
    text = GOOD.replace(old, new, 1)
    assert text != GOOD
    assert (found(text), found(text, "warning")) == ([], [expected])


def test_a_stage_and_a_task_do_not_share_an_id() -> None:
    text = GOOD.replace("do: Second,", "do: Second, id: half,").replace("{ to: 50%,", "{ to: 50%, id: half,")
    assert found(text) == ["27 duplicate-id"]


def test_a_circle_over_a_checklist_is_found_and_named() -> None:
    text = GOOD.replace("{ do: First, owner: lead }", "{ do: First, tasks: [{ do: Part, after: [second] }] }")
    plan, problems = examine_texts({"plan.yaml": text})
    assert plan is None
    assert [(p.line, p.code) for p in problems if p.severity == "error"] == [(19, "circle")]
    assert "part -> second -> first -> part" in str(problems[0]) or "first -> part -> second -> first" in str(
        problems[0]
    )


def test_a_task_that_waits_for_a_later_phase_would_wait_for_ever() -> None:
    text = GOOD.replace("after: [first]", "after: [third]")
    text = text.replace("  - id: rest\n", "  - id: rest\n    tasks: [{ do: Third }]\n")
    assert found(text) == ["20 after-later"]


def test_thousands_of_tasks_in_a_row_are_no_problem() -> None:
    first = "      - { do: First, owner: lead }\n"
    tasks = "".join(f"      - {{ do: T, id: t{n}, after: [t{n + 1}] }}\n" for n in range(3000))
    assert found(GOOD.replace(first, f"{first}{tasks}      - {{ do: T, id: t3000 }}\n")) == []


def test_a_metric_with_a_mistake_does_not_make_its_uses_unknown() -> None:
    assert found(GOOD.replace("unit: s", "unti: s")) == ["9 unknown-key"]
    assert found(GOOD.replace("total: request", "total: '{'")) == ["8 bad-selector"]
