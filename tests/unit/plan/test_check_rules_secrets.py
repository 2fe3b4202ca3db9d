"""Secrets: found wherever they stand in a plan, never repeated, and never seen where there are none."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tminus.errors import Problem
from tminus.plan.reading import examine_texts
from tminus.plan.secrecy import holds_secret, without_secrets

Check = Callable[[str], tuple[Problem, ...]]

# Put together here, so that no scanner takes this file for a leak.
SECRETS = [
    "sk-" + "proj1234567890abcdef",
    "ghp_" + "abcdefghijklmnopqrstuvwxyz0123456789",
    "AKIA" + "IOSFODNN7ABCDEFG",
    "xoxb-" + "123456789012-abcdefghijkl",
    "eyJ" + "hbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2lnbmF0dXJl",
    "-----BEGIN " + "RSA PRIVATE KEY----- MIIEow",
    "-----BEGIN " + "PRIVATE KEY----- MIIEow",
    "postgres://app:" + "hunter2@db.example.org/shop",
    "https://hooks.slack.com/" + "services/T000/B000/XyZ",
    "PASSWORD=" + "hunter2",
    "export DB_PASSWORD='" + "correct horse' && make deploy",
    "TOKEN=" + "abcdef",
    "./deploy --token " + "abc12345",
    "mysql --password=" + "hunter2",
    "curl https://example.org/?api_key=" + "abc123def456",
]
HARMLESS = [
    "PASSWORD=$PASSWORD ./deploy",
    "TOKEN=${TOKEN} ./deploy",
    "./deploy --password \"$PASSWORD\" --token $(cat token)",
    "PASSWORD_FILE=/run/secrets/db ./deploy",
    "TOKEN=<your token>",
    "PASSWORD=***",
    "sk-xxxxxxxxxxxxxxxx",
    "postgres://app:${PASSWORD}@db.example.org/shop",
    "scripts/re_index_all && npm_config_cache=x make",
    "helm upgrade --set imagePullSecret=regcred",
    "MAX_TOKENS=4096 SECRET_NAME=db-credentials",
    "Rotate the password and the API keys every 90 days",
    "token == expected",
    "registry.example.org/app@sha256:" + "0123456789abcdef" * 4,
    "risk-based, task-force, sk-SK, desk-1234567890",
    "https://example.org/search?q=secret&page=2",
    "docker build --secret id=npm,src=.npmrc",
]  # fmt: skip


@pytest.mark.parametrize("text", SECRETS)
def test_a_secret_is_found_in_any_text_and_never_repeated(text: str, check: Check) -> None:
    quoted = "'" + text.replace("'", "''") + "'"
    for fragment in (
        f"summary: {quoted}",
        f"notes: [Hello, {quoted}]",
        f"later: {{ some: [{{ deep: {quoted} }}] }}",
        f"rollback: {{ do: [{{ flag: checkout, to: off }}, {{ run: {quoted} }}] }}",
        f"phases: [{{ id: a, go: [lead], tasks: [{{ do: A, note: {quoted} }}] }}]",
    ):
        found = check(fragment)
        assert [(one.code, one.severity, one.file, one.line) for one in found] == [
            ("secret-in-plan", "error", "over.yaml", 1)
        ]
        assert text not in str(found[0])


@pytest.mark.parametrize("text", HARMLESS)
def test_what_only_names_a_secret_is_no_finding(text: str, check: Check) -> None:
    quoted = "'" + text.replace("'", "''") + "'"
    assert check(f"notes: [{quoted}]") == ()


def test_a_password_in_a_body_is_found_by_its_key(check: Check) -> None:
    call = "rollback: {{ do: [{{ call: 'https://example.org/', body: {{ user: ann, password: {} }} }}] }}"
    [problem] = check(call.format("hunter2"))
    assert (problem.code, problem.place) == ("secret-in-plan", "rollback.do.0.body.password")
    assert check("later: { password: rotated every month, token: optional }") == ()


def test_a_secret_is_found_in_a_part_that_is_left_out_for_another_mistake(check: Check) -> None:
    found = check("phases: [{ id: a, tasks: [{ do: 'PASSWORD=hunter2', ownr: lead }] }]")
    assert {one.code for one in found} == {"unknown-key", "secret-in-plan"}


def test_an_alias_repeats_no_finding(check: Check) -> None:
    assert len(check("notes: [&n 'PASSWORD=hunter2', *n]\nsummary: *n")) == 1


def test_reach_and_token_are_names_of_variables_and_told_once(check: Check) -> None:
    for fragment in (
        "roles: { lead: { reach: 'slack://sk-proj1234567890abcdef' } }",
        "channels: { status: { reach: 'mailto://ann:hunter2@example.org' } }",
        "rollback: { do: [{ flag: checkout, to: off }, { call: 'https://example.org/', token: hunter2 }] }",
        "sources: { p: { prometheus: 'https://ann:hunter2@example.org' } }",
    ):
        assert [one.code for one in check(fragment)] == ["secret-in-plan"]


@pytest.mark.parametrize("piece", ["a=", "=", "-----BEGIN ", "://a:", "--token ", "sk-a", "a.-_", "eyJ", 'key="', "x"])
def test_hostile_text_is_looked_through_in_a_moment(piece: str) -> None:
    text = piece * (1_000_000 // len(piece))
    assert holds_secret(text) in (True, False)
    assert len(without_secrets(text)) <= len(text) + 3


def test_what_is_masked_holds_no_secret_any_more() -> None:
    for text in SECRETS:
        assert not holds_secret(without_secrets(text)), text


def test_a_plan_of_many_texts_is_looked_through(base: str) -> None:
    notes = "".join(
        f"  - Note {number} about nothing in particular, with a key=value in it\n" for number in range(20_000)
    )
    assert examine_texts({"plan.yaml": f"{base}notes:\n{notes}"})[1] == ()
