"""Targets, triggers and alerts against one another: what the rules find, and on what they stay silent."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tminus.errors import Problem

Codes = Callable[[str], list[str]]
Check = Callable[[str], tuple[Problem, ...]]

CHURN = 'metrics: { churn: { unit: "%", attest: lead } }\n'


def test_an_uptime_of_a_phase_below_that_of_the_whole_is_found_with_both_places(check: Check) -> None:
    [problem] = check("phases: [{ id: beta, exit: [uptime > 99.5%] }]\nkpis: [{ that: uptime > 99.9%, owner: lead }]")
    assert (problem.code, problem.line, problem.place) == ("two-targets", 1, "phases.beta.exit.0")
    assert "uptime > 99.5%" in problem.message
    assert "uptime > 99.9%` in kpis.0" in problem.message


def test_a_kpi_without_a_window_contradicts_an_exit_over_any_window(codes: Codes) -> None:
    exits = "phases: [{ id: beta, exit: ['uptime > 99.5% over 1w'] }]\n"
    assert codes(exits + "kpis: [{ that: uptime > 99.9%, owner: lead }]") == ["two-targets"]


def test_two_targets_for_the_churn_of_the_whole_are_found(codes: Codes) -> None:
    assert codes(CHURN + "kpis: [{ that: churn < 5%, owner: lead }, { that: churn < 10%, owner: lead }]") == [
        "two-targets"
    ]


def test_a_gate_that_a_person_signs_and_a_goal_that_is_looser_are_two_sayings(codes: Codes) -> None:
    gate = CHURN + "phases: [{ id: grow, exit: [churn < 5%] }]\n"
    assert codes(gate + "kpis: [{ that: churn < 10%, by: month 1, owner: lead }]") == ["two-targets"]


def test_while_nothing_measures_them_the_uptime_of_the_system_is_the_uptime(codes: Codes) -> None:
    metrics = 'metrics: { system_load: { unit: "%", attest: lead }, load: { unit: "%", attest: lead } }\n'
    gate = "phases: [{ id: a, exit: [system_load < 90%] }]\nkpis: [{ that: load < 80%, owner: lead }]"
    assert codes(metrics + gate) == ["two-targets"]
    measured = metrics.replace('load: { unit: "%", attest: lead } }', 'load: { source: app, gauge: load, unit: "%" } }')
    assert codes(measured + gate) == []


@pytest.mark.parametrize(
    "fragment",
    [
        # Rising over the phases, up to what the KPI says
        "phases: [{ id: a, exit: [uptime > 99%] }, { id: b, exit: [uptime > 99.5%] }, { id: c, exit: [uptime > 99.9%] }]",
        "phases: [{ id: a, exit: [errors < 2%] }, { id: b, exit: [errors < 1%] }]",
        # Stricter than the KPI, or the same
        "phases: [{ id: a, exit: [uptime > 99.95%] }]",
        "phases: [{ id: a, exit: [uptime > 99.9%] }, { id: b, exit: [uptime > 99.9%] }]",
        # Another window, another arm, another aggregate, another way round
        "phases: [{ id: a, exit: [uptime > 99.5% over 1h] }]\nkpis: [{ that: uptime > 99.9% over 7d, owner: lead }]",
        "phases: [{ id: a, exit: [answer p95 < 500ms] }, { id: b, exit: [answer p99 < 900ms] }]",
        "phases: [{ id: a, exit: [canary errors < 1%] }, { id: b, exit: [errors < 2%] }]",
        "phases: [{ id: a, exit: [errors < 1%] }]\nmilestones: { bad: { at: errors > 3%, do: [Stop and think] } }",
        CHURN
        + "kpis: [{ that: churn < 10%, by: month 1, owner: lead }, { that: churn < 5%, by: month 6, owner: lead }]",
        # Two scores of different scales, two currencies
        "kpis: [{ that: mood > 4/5, owner: lead }, { that: mood > 8/10, owner: lead }]",
        "metrics: { sales: { attest: lead } }\nkpis: [{ that: sales > $10k, owner: lead }, { that: sales > €9k, owner: lead }]",
    ],
)
def test_targets_that_differ_for_a_reason_are_no_finding(fragment: str, codes: Codes) -> None:
    assert codes(fragment) == []


@pytest.mark.parametrize(
    "exits",
    [
        "[uptime > 100%]",
        "[errors < 0%]",
        "[errors >= 100.5%]",
        "[errors < 1%, errors > 2%]",
        "[answer mean < 100ms, answer mean >= 100ms]",
        "[answer mean = 100ms, answer mean > 100ms]",
        "[answer mean 100ms..200ms, answer mean 300ms..400ms]",
    ],
)
def test_a_gate_that_nothing_can_pass_is_an_error(exits: str, codes: Codes) -> None:
    assert set(codes(f"phases: [{{ id: all, exit: {exits} }}]")) == {"impossible"}


@pytest.mark.parametrize(
    "exits",
    [
        "[uptime >= 100%]",
        "[errors <= 0%]",
        "[zero errors]",
        "[errors < 2%, errors > 1%]",
        "[answer mean <= 100ms, answer mean >= 100ms]",
        "[answer mean 100ms..100ms, answer mean > 50ms]",
        "[answer mean < 100ms, answer mean > 200ms over 1w]",
        "[canary errors < 1%, control errors > 2%]",
    ],
)
def test_a_gate_that_is_hard_to_pass_is_no_finding(exits: str, codes: Codes) -> None:
    assert codes(f"phases: [{{ id: all, exit: {exits} }}]") == []


def test_what_may_be_below_nothing_or_above_all_is_not_called_impossible(codes: Codes) -> None:
    metrics = 'metrics: { growth: { source: app, gauge: growth, unit: "%" }, nps: { source: app, gauge: nps } }\n'
    assert codes(metrics + "phases: [{ id: all, exit: [growth > 120%, nps < 0] }]") == []


def test_an_impossible_kpi_holds_nothing_and_is_a_warning(check: Check) -> None:
    [problem] = check("kpis: [{ that: uptime > 101%, owner: lead }]")
    assert (problem.code, problem.severity) == ("impossible", "warning")


@pytest.mark.parametrize(
    ("fragment", "code"),
    [
        ("rollback: { when: [errors > 2% for 2m, errors > 100%] }", "never-fires"),
        ("rollback: { when: [errors > 2% for 2m, mood < 2/5] }", "never-fires"),
        ("rollback: { when: [errors > 2% for 2m, answer p95 > 2s for 4d] }", "never-fires"),
        ("alerts: [{ when: uptime < 0%, notify: [lead] }]", "never-fires"),
        (
            "rollback: { when: [errors > 5% for 2m] }\nalerts: [{ when: errors > 1%, severity: critical, notify: [lead] }]",
            "trigger-looser",
        ),
        ("alerts: [{ when: errors > 3%, notify: [lead] }]", "alert-after-trigger"),
        ("alerts: [{ when: errors > 1%, for: 5m, severity: high, notify: [lead] }]", "alert-too-slow"),
        ("alerts: [{ when: errors > 1% for 5m, severity: critical, notify: [lead] }]", "alert-too-slow"),
    ],
)
def test_a_trigger_or_an_alert_that_comes_too_late_is_found(fragment: str, code: str, codes: Codes) -> None:
    assert code in codes(fragment)


@pytest.mark.parametrize(
    "fragment",
    [
        # As quick as the trigger, at the same value or a milder one
        "alerts: [{ when: errors > 2%, for: 2m, severity: critical, notify: [lead] }]",
        "alerts: [{ when: errors > 1%, for: 2m, severity: high, notify: [lead] }]",
        # Quiet alerts look for a drift
        "alerts: [{ when: errors > 0.5%, for: 1h, severity: low, notify: [lead] }]",
        # One that comes in time is enough
        "alerts:\n  - { when: errors > 1%, severity: high, notify: [lead] }\n"
        "  - { when: errors > 10%, for: 10m, severity: critical, notify: [lead] }",
        # Another metric, aggregate, direction or window
        "alerts: [{ when: uptime < 90%, for: 1h, severity: high, notify: [lead] }]",
        "alerts: [{ when: errors > 10% over 1m, severity: high, notify: [lead] }]",
        "alerts: [{ when: errors < 0.01%, for: 1d, severity: high, notify: [lead] }]",
        "rollback: { when: [errors > 2%, answer p95 > 2s] }\n"
        "alerts: [{ when: answer mean > 3s, severity: high, notify: [lead] }]",
        # As long as all stages last
        "rollback: { when: [errors > 2% for 2m, answer p95 > 2s for 3d] }",
        # The highest value there is, and the lowest
        "rollback: { when: [errors > 2% for 2m, errors >= 100%, uptime <= 0%] }",
    ],
)
def test_triggers_and_alerts_in_order_are_no_finding(fragment: str, codes: Codes) -> None:
    assert codes(fragment) == []


def test_a_trigger_that_nothing_measures_is_told_once(codes: Codes) -> None:
    fragment = "metrics: { tickets: {} }\nrollback: { when: [errors > 2% for 2m, tickets > 30] }"
    assert codes(fragment) == ["never-fires"]


def test_thousands_of_targets_for_one_metric_are_read_in_a_moment(check: Check) -> None:
    exits = "".join(f"      - errors < {number % 50 + 1}%\n" for number in range(5000))
    fragment = f"phases:\n  - id: all\n    exit:\n{exits}"
    assert {problem.code for problem in check(fragment)} <= {"two-targets"}
