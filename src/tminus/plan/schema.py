"""The JSON Schema of a plan: an editor that knows it completes keys and shows what each is for."""

from __future__ import annotations

import inspect
import re
from collections.abc import Iterator
from typing import Any

from pydantic import BaseModel

from tminus.plan import around, experiments, flagging, guarding, model
from tminus.plan.model import Plan

SCHEMA_ID = "urn:tminus:plan:1"
_FIELD = re.compile(r"    (\w+): [^#]*(?:#\s*(.*))?")
_COMMENT = re.compile(r"    #\s*(.*)")


def json_schema() -> dict[str, Any]:
    """The schema of plan files, draft 2020-12. Descriptions are the docstrings and comments of the model itself."""
    schema = Plan.model_json_schema(by_alias=True)
    definitions = schema.get("$defs", {})
    for kind in _models():
        target = schema if kind is Plan else definitions.get(kind.__name__)
        if target is not None:
            _describe(target, kind)
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": SCHEMA_ID,
        **schema,
        "title": "T-minus launch plan",
    }


def _models() -> Iterator[type[BaseModel]]:
    for module in (around, guarding, experiments, flagging, model):
        for _, kind in inspect.getmembers(module, inspect.isclass):
            if issubclass(kind, BaseModel) and kind.__module__ == module.__name__:
                yield kind


def _describe(schema: dict[str, Any], kind: type[BaseModel]) -> None:
    """Put the comment beside or above a field into the schema; a field type's own description stays without one."""
    comments = dict(_comments(inspect.getsource(kind)))
    for name, field in kind.model_fields.items():
        described = schema.get("properties", {}).get(field.alias or name)
        if described is not None:
            described.pop("title", None)  # pydantic's is the key again, with a capital
            if name in comments:
                described["description"] = _sentence(comments[name])


def _comments(source: str) -> Iterator[tuple[str, str]]:
    above: list[str] = []
    for line in source.splitlines():
        comment, field = _COMMENT.fullmatch(line), _FIELD.fullmatch(line)
        if comment:
            above.append(comment.group(1))
            continue
        if field and (field.group(2) or above):
            yield field.group(1), field.group(2) or " ".join(above)
        above = []


def _sentence(comment: str) -> str:
    return comment[0].upper() + comment[1:].rstrip(".") + "."
