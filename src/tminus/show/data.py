"""The timeline as JSON, for scripts. docs/show.md explains every key."""

from __future__ import annotations

import json
from dataclasses import is_dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from tminus.plan.timespans import Moment, Timeline


def as_data(line: Timeline) -> dict[str, Any]:
    """The timeline in JSON's types: moments as ISO 8601 with the offset of the plan's zone, or seconds after the start."""
    zone = ZoneInfo(line.timezone)
    data: dict[str, Any] = _plain(line, zone)
    start = None if line.start is None else _iso(line.start, zone)
    return {"timeline": 1, **data, "start": start, "ends": _plain(line.ends, zone)}


def as_json_text(line: Timeline) -> str:
    """The same as indented text."""
    return json.dumps(as_data(line), indent=2, ensure_ascii=False) + "\n"


def _plain(value: Any, zone: ZoneInfo) -> Any:
    if isinstance(value, Moment):
        times = {"earliest": value.earliest, "latest": value.latest}
        if value.dated:
            return {"dated": True, **{key: None if at is None else _iso(at, zone) for key, at in times.items()}}
        return {"dated": False, **times}
    if is_dataclass(value):
        return {name: _plain(getattr(value, name), zone) for name in value.__dataclass_fields__}
    return [_plain(one, zone) for one in value] if isinstance(value, tuple) else value


def _iso(seconds: float, zone: ZoneInfo) -> str:
    return datetime.fromtimestamp(seconds, zone).isoformat(timespec="seconds")
