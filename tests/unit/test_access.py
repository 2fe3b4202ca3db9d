from __future__ import annotations

import pytest

from tminus.access import ALL_RIGHTS, CLIENT_RIGHTS, Access
from tminus.errors import UsageError

OPERATOR = "operator-token-0001"
CLIENT = "client-token-000001"


@pytest.fixture
def access() -> Access:
    return Access.from_environment({"TMINUS_TOKEN": OPERATOR, "TMINUS_CLIENT_TOKEN": CLIENT})


def bearer(token: str, scheme: str = "Bearer") -> list[tuple[bytes, bytes]]:
    return [(b"host", b"localhost"), (b"authorization", f"{scheme} {token}".encode())]


def test_the_operators_token_carries_every_right(access: Access) -> None:
    assert access.rights(bearer(OPERATOR)) == ALL_RIGHTS


def test_the_clients_token_may_evaluate_and_ingest_and_nothing_else(access: Access) -> None:
    assert access.rights(bearer(CLIENT)) == frozenset({"evaluate", "ingest"})


def test_an_api_key_header_is_as_good_as_a_bearer_token(access: Access) -> None:
    assert access.rights([(b"x-api-key", CLIENT.encode())]) == CLIENT_RIGHTS


@pytest.mark.parametrize("scheme", ["bearer", "BEARER"])
def test_the_scheme_is_read_in_any_case(access: Access, scheme: str) -> None:
    assert access.rights(bearer(OPERATOR, scheme)) == ALL_RIGHTS


@pytest.mark.parametrize(
    "headers",
    [
        [],
        bearer(""),
        bearer(OPERATOR[:-1]),
        bearer(OPERATOR, "Basic"),
        [(b"authorization", OPERATOR.encode())],
        [(b"x-api-key", b"\xff\xfe")],
        [(b"cookie", OPERATOR.encode())],
    ],
)
def test_without_a_known_token_nobody_has_any_right(access: Access, headers: list[tuple[bytes, bytes]]) -> None:
    assert access.rights(headers) is None


def test_a_proxys_basic_credentials_do_not_hide_an_api_key(access: Access) -> None:
    headers = [*bearer("proxy:secret", "Basic"), (b"x-api-key", CLIENT.encode())]
    assert access.rights(headers) == CLIENT_RIGHTS


def test_open_access_grants_everything_to_a_request_without_a_token() -> None:
    assert Access.open().rights([]) == ALL_RIGHTS


def test_no_token_in_the_environment_grants_nobody_anything() -> None:
    access = Access.from_environment({"TMINUS_TOKEN": "  "})
    assert access.rights([]) is None
    assert not access.has_tokens


def test_tokens_are_not_kept_in_memory(access: Access) -> None:
    kept = repr(vars(access))
    assert OPERATOR not in kept
    assert CLIENT not in kept


def test_a_short_token_is_refused_by_the_name_of_its_variable() -> None:
    with pytest.raises(UsageError, match="TMINUS_CLIENT_TOKEN is shorter than 16"):
        Access.from_environment({"TMINUS_CLIENT_TOKEN": "hunter2"})


def test_one_token_for_both_roles_is_refused_because_the_client_would_operate() -> None:
    with pytest.raises(UsageError, match="are the same"):
        Access.from_environment({"TMINUS_TOKEN": OPERATOR, "TMINUS_CLIENT_TOKEN": OPERATOR})


def test_an_error_about_a_token_never_shows_it() -> None:
    with pytest.raises(UsageError) as caught:
        Access({"hunter2": ALL_RIGHTS})
    assert "hunter2" not in str(caught.value)


def test_a_right_that_does_not_exist_is_refused() -> None:
    with pytest.raises(UsageError, match="'admin'"):
        Access({OPERATOR: frozenset({"admin"})})
