"""People, ways back, drills and variables: what the rules find, and on what they stay silent."""

from __future__ import annotations

from collections.abc import Callable

import pytest

Codes = Callable[[str], list[str]]


def phase(inside: str) -> str:
    return f"phases:\n  - id: all\n    environment: production\n    {inside}\n    go: [support]\n"


def test_a_role_that_nobody_fills_is_found(codes: Codes) -> None:
    assert codes("roles: { pilot: { title: Pilot } }\nphases: [{ id: all, go: [pilot] }]") == ["role-unfilled"]


@pytest.mark.parametrize("role", ["{ people: [Dan] }", "{ reach: env:PILOT_URL }"])
def test_a_role_with_people_or_with_an_address_is_filled(role: str, codes: Codes) -> None:
    assert codes(f"roles: {{ pilot: {role} }}\nphases: [{{ id: all, go: [pilot] }}]") == []


@pytest.mark.parametrize(
    ("tasks", "go", "told"),
    [
        ("{ do: Test, owner: lead }", "lead", True),
        ("{ do: Test, owner: lead, proof: { sign-off: lead } }", "support", True),
        ("{ do: Test, owner: pilot }", "lead", True),  # two roles of one person
        ("{ do: Test, owner: lead }", "support", False),
        ("{ do: Test, owner: lead }, { do: Deploy, owner: support }", "lead", False),
        ("{ do: Test, owner: lead }, { do: Deploy }", "lead", False),
        ("{ do: Test, owner: lead }", "lead, support", False),
        ("{ do: Test, owner: crew }", "crew", False),  # two people can look at each other's work
        ("{ do: Test, owner: lead, proof: { command: { run: ./test.sh } } }", "lead", False),
        ("{ do: Test, owner: lead, proof: { sign-off: lead, holds: [errors < 1%] } }", "support", False),
    ],
)
def test_a_gate_is_self_signed_where_one_person_does_and_signs(tasks: str, go: str, told: bool, codes: Codes) -> None:
    roles = "roles: { pilot: { people: [Ann] }, crew: { people: [Cleo, Dan] } }\n"
    used = "routines:\n  a: { every: day, owner: pilot }\n  b: { every: day, owner: crew }\n"
    fragment = f"{roles}{used}phases: [{{ id: all, tasks: [{tasks}], go: [{go}] }}]"
    assert codes(fragment) == (["self-signed"] if told else [])


def test_an_exit_criterion_is_a_second_opinion(codes: Codes) -> None:
    fragment = "phases: [{ id: all, tasks: [{ do: Test, owner: lead }], exit: [errors < 1%], go: [lead] }]"
    assert codes(fragment) == []


@pytest.mark.parametrize(
    "levels",
    [
        "{ after: 5m, notify: [lead] }",  # nobody at first
        "{ until: 15m, notify: [lead] }, { after: 30m, notify: [support] }",
        "{ after: 0s, notify: [lead] }, { after: 1h, notify: [support] }, { after: 30m, notify: [lead] }",
        "{ notify: [lead] }, { after: 30m }",
        "{ until: 5m, notify: [lead] }, { after: 5m, until: 1h, notify: [support] }",  # nobody in the end
    ],
)
def test_a_gap_in_the_escalation_is_found(levels: str, codes: Codes) -> None:
    assert codes(f"escalation: [{levels}]") == ["escalation-gap"]


@pytest.mark.parametrize(
    "levels",
    [
        "{ until: 5m, notify: [lead] }, { after: 5m, until: 15m, notify: [support] }, { after: 15m, notify: [lead] }",
        "{ after: 0s, notify: [lead] }, { after: 15m, notify: [support] }, { after: 1h, notify: [lead, support] }",
        "{ after: 0s, until: 20m, notify: [lead] }, { after: 15m, notify: [support] }",  # they overlap
        "{ until: 5m, notify: [lead] }, { until: 15m, notify: [support] }, { notify: [lead] }",
        "{ notify: [lead] }",
    ],
)
def test_an_escalation_without_gaps_is_no_finding(levels: str, codes: Codes) -> None:
    assert codes(f"escalation: [{levels}]") == []


def test_a_phase_without_a_way_back_is_found(codes: Codes) -> None:
    assert codes(phase("steps: [{ run: make migrate }]")) == ["no-way-back"]
    assert codes(phase("steps: [{ call: 'https://deploy.example.org/' }]")) == ["no-way-back"]


@pytest.mark.parametrize(
    "fragment",
    [
        phase("steps: [{ notify: lead }, { status: maintenance }, { flag: checkout, to: 5% }]"),
        phase("steps: [{ call: 'https://www.example.org/health', method: GET }]"),
        phase("steps: [{ run: make migrate }]") + "runbooks: { back: { kind: rollback, do: [make migrate-back] } }",
        phase("steps: [{ run: make migrate }]") + "rollback: { do: [{ call: 'https://deploy.example.org/back' }] }",
    ],
)
def test_what_needs_no_way_back_or_has_one_is_no_finding(fragment: str, codes: Codes) -> None:
    assert codes(fragment) == []


def test_a_promise_without_a_drill_is_found(codes: Codes) -> None:
    assert codes("recovery: { rto: 4h }") == ["no-drill"]
    assert codes("recovery: { rpo: 0s }") == ["no-drill"]
    assert codes("recovery: { rto: 4h, drill: load-tset }") == ["unknown-task"]


@pytest.mark.parametrize(
    "recovery",
    ["{ rto: 4h, rpo: 0s, drill: load-test }", "{ every: 1d }", "{ owner: lead }"],
)
def test_a_promise_with_a_drill_and_no_promise_are_no_finding(recovery: str, codes: Codes) -> None:
    assert codes(f"recovery: {recovery}") == []


@pytest.mark.parametrize(
    "inside",
    [
        "tasks: [{ do: Answers, proof: { command: { run: ./smoke.sh $SITE } } }]",
        "tasks: [{ do: Answers, proof: { command: { run: './smoke.sh ${SITE}' } } }]",
        "tasks: [{ do: Answers, proof: { command: { run: [sh, -c, './smoke.sh $SITE'] } } }]",
    ],
)
def test_a_variable_that_is_used_and_not_declared_is_found(inside: str, codes: Codes) -> None:
    assert codes(phase(inside)) == ["undeclared-variable"]
    assert codes("environments: { production: { requires: [SITE] } }\n" + phase(inside)) == []


@pytest.mark.parametrize("key", ["call: env:HOOK", "call: 'https://example.org/', token: env:HOOK"])
def test_variables_of_calls_are_looked_at_as_well(key: str, codes: Codes) -> None:
    fragment = phase(f"steps: [{{ {key}, method: GET }}]")
    assert codes(fragment) == ["undeclared-variable"]
    assert codes("environments: { production: { requires: [HOOK] } }\n" + fragment) == []


@pytest.mark.parametrize(
    "command",
    [
        "cd $HOME && echo $PATH $TMINUS_KEY",
        "SITE=https://example.org; curl $SITE",
        "export SITE=x && curl $SITE",
        "for F in a b; do cat $F; done",
        "read LINE; echo $LINE",
        "curl ${SITE:-https://example.org}",
        "awk ''{print $NF}'' log",
        "echo $1 $? $$ $(date) \\$SITE",
        "echo $site",
    ],
)
def test_what_a_script_sets_itself_or_has_anyway_is_no_finding(command: str, codes: Codes) -> None:
    fragment = phase(f"tasks: [{{ do: Look, proof: {{ command: {{ run: '{command}' }} }} }}]")
    assert codes(fragment) == []


def test_a_list_runs_without_a_shell_and_reads_no_variable(codes: Codes) -> None:
    assert codes(phase("tasks: [{ do: Look, proof: { command: { run: [echo, $SITE] } } }]")) == []


def test_without_an_environment_nobody_says_what_is_declared(codes: Codes) -> None:
    assert codes("phases: [{ id: all, tasks: [{ do: A, proof: { command: { run: x $SITE } } }], go: [lead] }]") == []


def test_a_cycle_and_a_wait_for_a_later_phase_make_phases_unreachable(codes: Codes) -> None:
    circle = (
        "[{ do: A, owner: lead, after: [b] }, { do: B, owner: lead, after: [c] }, { do: C, owner: lead, after: [a] }]"
    )
    assert codes(f"phases: [{{ id: all, tasks: {circle}, go: [support] }}]") == ["circle"]
    chain = "[{ do: A, owner: lead, after: [b] }, { do: B, owner: lead, after: [c] }, { do: C, owner: lead }]"
    assert codes(f"phases: [{{ id: all, tasks: {chain}, go: [support] }}]") == []
