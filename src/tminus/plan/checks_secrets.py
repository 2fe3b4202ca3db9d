"""Checks that no secret stands in a plan: plans are read by many, and kept for ever in a repository and in CI logs."""

from __future__ import annotations

import re
from collections.abc import Iterator
from urllib.parse import urlsplit

from tminus.plan import places
from tminus.plan.document import Node
from tminus.plan.findings import Findings
from tminus.plan.model import CallAction, Plan
from tminus.plan.places import Path
from tminus.plan.secrecy import holds_secret, names_secret

_REFERENCE = re.compile(r"env:[A-Za-z_][A-Za-z0-9_]*")
_HINT = "keep it in an environment variable, and write its name"


def check_secrets(plan: Plan, written: Node, found: Findings) -> None:
    """Refuse secrets in the plan. The value is never repeated: the message ends up in logs and in CI."""
    _check_references(plan, found)
    for path, action in places.actions(plan):
        if isinstance(action, CallAction):
            _check_url((*path, "call"), action.call, found)
    for name, source in plan.sources.items():
        _check_url(("sources", name, "prometheus"), source.prometheus, found)
    _check_texts(written, found)


def _check_references(plan: Plan, found: Findings) -> None:
    """`reach` and `token` are names of variables, whatever stands there."""
    reaches = [(("roles", name, "reach"), name, role.reach) for name, role in plan.roles.items()]
    reaches += [(("channels", name, "reach"), name, channel.reach) for name, channel in plan.channels.items()]
    for path, name, reach in reaches:
        if reach is not None and not _REFERENCE.fullmatch(reach):
            hint = f"write reach: env:{re.sub('[^A-Z0-9]', '_', name.upper())}_URL and set that variable"
            found.error(path, "secret-in-plan", "`reach` names an environment variable", hint)
    for place, action in places.actions(plan):
        if isinstance(action, CallAction) and action.token is not None and not _REFERENCE.fullmatch(action.token):
            hint = "write token: env:NAME and set that variable"
            found.error((*place, "token"), "secret-in-plan", "`token` names an environment variable", hint)


def _check_url(path: Path, url: str, found: Findings) -> None:
    if _REFERENCE.fullmatch(url):
        return
    try:
        parts = urlsplit(url)
        secret = parts.password is not None
    except ValueError:
        found.error(path, "bad-url", "this is no address", "write one such as https://example.org/hook")
        return
    if secret:
        found.error(path, "secret-in-plan", "the address holds a password", "write env:NAME and set that variable")


def _check_texts(written: Node, found: Findings) -> None:
    """Every text of the files, also of parts that are left out for another mistake."""
    told = {(one.file, one.line, one.column) for one in found.problems if one.code == "secret-in-plan"}
    for path, node in _texts(written):
        free = "body" in path or path[0] == "later"
        named = free and _is_word_with_digit(node.value) and names_secret(str(path[-1]), node.value)
        if (named or holds_secret(node.value)) and (node.file, node.line, node.column) not in told:
            found.error_at(node, path, "secret-in-plan", "this text holds a secret", _HINT)


def _is_word_with_digit(text: str) -> bool:
    """`hunter2` and not `rotated every month`."""
    return not re.search(r"\s", text) and any(letter.isdigit() for letter in text)


def _texts(root: Node) -> Iterator[tuple[Path, Node]]:
    """Every text with its path, keys included. A stack of our own, since plans may nest."""
    left: list[tuple[Path, Node]] = [((), root)]
    while left:
        path, node = left.pop()
        if isinstance(node.value, dict):
            left += [((*path, key), child) for key, child in node.value.items()]
            left += [((*path, key), key_node) for key, key_node in node.keys.items() if key in node.value]
        elif isinstance(node.value, list):
            left += [((*path, number), child) for number, child in enumerate(node.value)]
        elif isinstance(node.value, str) and path:
            yield path, node
