"""Any event that can be made can be written down and read back, and gives the same bytes again."""

from __future__ import annotations

import types
import typing
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tminus.core import events as e

KINDS = sorted(typing.get_args(e.AnyEvent), key=lambda kind: kind.__name__)

words = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)
numbers = st.floats(allow_nan=False, allow_infinity=False)
integers = st.integers(-(2**63), 2**63 - 1)
leaves = st.none() | st.booleans() | integers | numbers | words
trees = st.recursive(
    leaves, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(words, inner, max_size=3), max_leaves=6
)
PLAIN: dict[Any, st.SearchStrategy[Any]] = {
    str: words,
    float: numbers,
    int: integers,
    bool: st.booleans(),
    Any: trees,
}


def values(kind: Any) -> st.SearchStrategy[Any]:
    """Values of a field's type. A type that is not known here fails: a new one has to be thought about."""
    origin, inner = typing.get_origin(kind), typing.get_args(kind)
    if origin is dict:
        return st.dictionaries(values(inner[0]), values(inner[1]), max_size=3)
    if origin is tuple and inner[-1] is ...:
        return st.lists(values(inner[0]), max_size=3).map(tuple)
    if origin is types.UnionType:
        return st.one_of(*(st.none() if one is type(None) else values(one) for one in inner))
    return built(kind) if kind is e.KeptFlag else PLAIN[kind]


def built(kind: type[Any]) -> st.SearchStrategy[Any]:
    hints = typing.get_type_hints(kind)
    fields = {field.name: values(hints[field.name]) for field in msgspec.structs.fields(kind)}
    optional = {name: fields.pop(name) for name in [f.name for f in msgspec.structs.fields(kind) if not f.required]}
    return st.fixed_dictionaries(fields, optional=optional).map(lambda given_: kind(**given_))


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.__name__)
def test_any_event_reads_back_and_gives_the_same_bytes(kind: type[e.Event]) -> None:
    @settings(max_examples=25, deadline=None, derandomize=True)
    @given(built(kind))
    def check(event: e.Event) -> None:
        body = e.encode(event)
        assert e.decode(body) == event
        assert e.encode(e.decode(body)) == body

    check()


@settings(deadline=None, derandomize=True)
@given(st.dictionaries(words, leaves, max_size=4))
def test_fields_of_a_newer_version_do_not_keep_an_event_from_being_read(more: dict[str, Any]) -> None:
    event = e.FlagKilled(flag="page", reason="fire")
    known = msgspec.json.decode(e.encode(event))
    assert e.decode(msgspec.json.encode({**{f"new {name}": value for name, value in more.items()}, **known})) == event
