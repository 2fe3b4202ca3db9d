"""Tokens that are handed out: in the file, in the command, and at a server that runs."""

from __future__ import annotations

import json
import os
import stat
from pathlib import Path

import pytest
from typer.testing import CliRunner

from tminus.access import CLIENT_RIGHTS, SERVER_RIGHTS, Access
from tminus.app.tokens import TOKENS_FILE, TokenFile
from tminus.cli.commands import app as program
from tminus.errors import StoreError, UsageError


def rights(access: Access, token: str) -> frozenset[str] | None:
    return access.rights([(b"authorization", f"Bearer {token}".encode())])


@pytest.fixture
def file(tmp_path: Path) -> TokenFile:
    return TokenFile(tmp_path / "data")


def test_a_token_is_shown_once_and_kept_as_a_hash_for_its_owners_eyes(file: TokenFile, tmp_path: Path) -> None:
    token = file.add("shop", "server", "production")
    path = tmp_path / "data" / TOKENS_FILE
    assert token not in path.read_text()
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    (stored,) = file.read()
    assert (stored.name, stored.scope, stored.environment) == ("shop", "server", "production")


def test_a_server_learns_of_tokens_that_come_and_go(file: TokenFile) -> None:
    access = Access({"operator-token-00001": CLIENT_RIGHTS})
    file.admit_to(access, "")
    page = file.add("page", "client")
    assert rights(access, page) is None
    file.admit_to(access, "")
    assert rights(access, page) == CLIENT_RIGHTS
    shop = file.add("shop", "server")
    file.admit_to(access, "")
    assert rights(access, shop) == SERVER_RIGHTS
    file.remove("page")
    file.admit_to(access, "")
    assert (rights(access, page), rights(access, shop)) == (None, SERVER_RIGHTS)
    assert rights(access, "operator-token-00001") == CLIENT_RIGHTS


def test_a_name_is_given_once_and_an_unknown_one_cannot_be_taken_back(file: TokenFile) -> None:
    file.add("shop", "client")
    with pytest.raises(UsageError, match="already"):
        file.add("shop", "client")
    with pytest.raises(UsageError, match="known: shop"):
        file.remove("shoq")
    with pytest.raises(UsageError, match="client or server"):
        file.add("other", "operator")


def test_a_damaged_file_is_said_and_nobody_gets_in_by_it(file: TokenFile, tmp_path: Path) -> None:
    os.makedirs(tmp_path / "data")
    (tmp_path / "data" / TOKENS_FILE).write_text("[{")
    with pytest.raises(StoreError, match="cannot be read"):
        file.admit_to(Access({}), "")


def test_the_command_hands_out_lists_and_takes_back(tmp_path: Path) -> None:
    def run(*arguments: str) -> tuple[int, str]:
        done = CliRunner().invoke(program, ["tokens", *arguments, "--data", str(tmp_path), "--json"])
        return done.exit_code, done.stdout

    code, out = run("add", "shop", "--scope", "server", "--environment", "staging")
    assert (code, json.loads(out)["token"][:10]) == (0, "tm-server-")
    assert json.loads(run("list")[1]) == [{"name": "shop", "scope": "server", "environment": "staging"}]
    assert run("add")[0] == 2
    assert json.loads(run("remove", "shop")[1]) == []
    assert run("remove", "shop")[0] == 2
