"""The types of a plan's values: text on the way in, typed inside, the same text on the way out, help in an editor."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Annotated, Any, Literal, TypeVar

from pydantic import PlainSerializer, PlainValidator, WithJsonSchema
from pydantic_core import PydanticCustomError

from tminus.plan.criterion import Criterion, parse_criterion
from tminus.plan.money import Cost, parse_cost
from tminus.plan.quantity import Dimension, Duration, Quantity, Span, parse_duration, parse_quantity, parse_span
from tminus.plan.selector import Selector, parse_selector
from tminus.plan.weektime import WeekTime, parse_weektime

T = TypeVar("T")
_DATE = re.compile(r"\d{3}|\d{1,2}[./]|[^A-Za-z0-9]")  # begins as a date would, or as nothing that is known
_COUNTRY = re.compile(r"[A-Za-z]{2}")
_IDENTIFIER = re.compile(r"[A-Za-z][A-Za-z0-9_-]{0,99}")
FLAG_NAME = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.-]{0,199}")


def refuse(code: str, message: str) -> PydanticCustomError:
    """The error that a validator raises, with the code that a person finds in docs/checks.md."""
    # The message goes in as a parameter: braces in somebody's text must not be read as a template.
    return PydanticCustomError(code, "{message}", {"message": message})


def _from_text(code: str, what: str, kind: type[T], parse: Callable[[str], T]) -> PlainValidator:
    """A validator that lets `kind` through, reads text with `parse`, and refuses the rest with `code`."""

    def read(value: Any) -> T:
        if isinstance(value, kind):
            return value
        try:
            return parse(_as_text(value, code, what))
        except ValueError as error:
            raise refuse(code, str(error)) from None

    return PlainValidator(read)


def _as_text(value: Any, code: str, what: str) -> str:
    if isinstance(value, str):
        return value
    if isinstance(value, int | float) and not isinstance(value, bool):
        return f"{value:.15g}" if isinstance(value, float) else str(value)
    raise refuse(code, f"{what} is text, not {_named(value)}")


def _named(value: Any) -> str:
    if value is None:
        return "nothing"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Mapping):
        return "a mapping"
    return "a list" if isinstance(value, list | tuple) else type(value).__name__


def _read_criterion(value: Any) -> Criterion:
    if isinstance(value, Criterion):
        return value
    point = False
    if isinstance(value, Mapping):
        unknown = [str(key) for key in value if key not in ("that", "point")]
        if unknown or "that" not in value:
            raise refuse("bad-criterion", "a criterion as a mapping has `that` and `point` alone")
        point = value.get("point", False)
        if not isinstance(point, bool):
            raise refuse("bad-criterion", "`point` is true or false")
        value = value["that"]
    try:
        return parse_criterion(_as_text(value, "bad-criterion", "a criterion"), point=point)
    except ValueError as error:
        raise refuse("bad-criterion", str(error)) from None


def _write_criterion(criterion: Criterion) -> str | dict[str, Any]:
    return {"that": criterion.text, "point": True} if criterion.point else criterion.text


def _read_fraction(value: Any) -> float:
    quantity = _fraction_quantity(value)
    if quantity.dimension is Dimension.COUNT and quantity.value > 1:
        raise refuse("bad-fraction", f"{quantity.text} is more than everybody: write {quantity.text}%")
    if quantity.dimension not in (Dimension.RATIO, Dimension.COUNT):
        raise refuse("bad-fraction", f"{quantity.text} is no share of the users: write a percentage, such as 5%")
    if not 0 <= quantity.value <= 1:
        raise refuse("fraction-outside", f"{quantity.text} is outside 0% to 100%")
    return quantity.value


def _fraction_quantity(value: Any) -> Quantity:
    if isinstance(value, float) and not isinstance(value, bool):
        if not math.isfinite(value):
            raise refuse("bad-fraction", f"{value} is no share of the users: write a percentage, such as 5%")
        return Quantity(value, Dimension.COUNT, f"{value:.15g}")
    text = _as_text(value, "bad-fraction", "a share of the users")
    try:
        return parse_quantity(text)
    except ValueError as error:
        raise refuse("bad-fraction", str(error)) from None


def _read_exposure(value: Any) -> Any:
    if value in ("off", "on"):
        return value
    if isinstance(value, bool):
        raise refuse("bad-fraction", f"{_named(value)} is no share of the users: write {'on' if value else 'off'}")
    return _read_fraction(value)


def _read_identifier(value: Any) -> str:
    if isinstance(value, str) and _IDENTIFIER.fullmatch(value):
        return value
    shown = repr(value)[:60] if isinstance(value, str | int | float) else _named(value)
    slug = slug_of(value) if isinstance(value, str) else ""
    advice = f"write {slug}" if slug else "write one such as error_rate or support-lead"
    raise refuse("bad-name", f"{shown} is no name (a letter, then letters, digits, - and _): {advice}")


def _read_flag_name(value: Any) -> str:
    if isinstance(value, str) and FLAG_NAME.fullmatch(value):
        return value
    if value is None or isinstance(value, bool | int | float):
        # `1.10` has become 1.1 by now: what was meant is not to be guessed.
        raise refuse("bad-name", f"{_named(value)} is no flag's name as it stands: write it in quotes")
    shown = repr(value)[:60] if isinstance(value, str) else _named(value)
    fit = re.sub(r"[^A-Za-z0-9_.-]+", "-", value).strip("-.") if isinstance(value, str) else ""
    advice = f"write {fit[:200] or 'one such as checkout.v2'}"
    raise refuse("bad-name", f"{shown} is no flag's name (letters, digits, -, _ and ., no space, / or :): {advice}")


def _read_country(value: Any) -> str:
    if isinstance(value, str) and _COUNTRY.fullmatch(value):
        return value.upper()
    shown = repr(value)[:40] if isinstance(value, str | int | float) else _named(value)
    raise refuse("bad-name", f"{shown} is no country: write its two letters, such as US or CH")


def slug_of(text: str, limit: int = 48) -> str:
    """A name made from words: `Test with 1000 users` gives `test-with-1000-users`; empty where nothing is left."""
    words = re.findall(r"[a-z0-9]+", text.lower())
    while words and not words[0][0].isalpha():
        words = words[1:]
    slug = ""
    for word in words:
        if slug and len(slug) + 1 + len(word) > limit:
            break
        slug = f"{slug}-{word}" if slug else word[:limit]
    return slug


Start = datetime | Duration | WeekTime


def _read_start(value: Any) -> Start:
    if isinstance(value, Start):
        return value
    text = _as_text(value, "bad-start", "a start").strip()
    try:
        if text.startswith("+"):
            offset = parse_duration(text[1:])
            return Duration(offset.seconds, text)
        return read_local_time(text) if _DATE.match(text) else parse_weektime(text)
    except ValueError as error:
        raise refuse("bad-start", str(error)) from None


def read_local_time(text: str) -> datetime:
    """Read a date-time without an offset; the plan's `timezone` says where. Raises ValueError on anything else."""
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise ValueError(f"{text[:40]!r} is no date and time: write one such as 2026-01-12T09:00:00") from None
    if moment.tzinfo is not None:
        local = f"{moment:%Y-%m-%dT%H:%M:%S}"
        raise ValueError(f"{text} carries its own offset, and the plan has a timezone: write {local}")
    return moment


def _write_start(start: Start) -> str:
    return start.isoformat() if isinstance(start, datetime) else start.text


def _read_moment(value: Any) -> datetime:
    if isinstance(value, datetime):
        return value
    try:
        return read_local_time(_as_text(value, "bad-start", "a start").strip())
    except ValueError as error:
        raise refuse("bad-start", str(error)) from None


def _help(description: str, *examples: Any, kind: str | list[str] = "string", **more: Any) -> WithJsonSchema:
    return WithJsonSchema({"type": kind, "description": description, "examples": list(examples), **more})


_text = PlainSerializer(str, return_type=str)

DurationField = Annotated[
    Duration,
    _from_text("bad-duration", "a duration", Duration, parse_duration),
    _text,
    _help("A length of time: a number with ms, s, m, h, d or w, or several of them.", "90s", "10m", "1h30m", "1w"),
]

SpanField = Annotated[
    Span,
    _from_text("bad-duration", "a length of time", Span, parse_span),
    _text,
    _help("A length of time, or the shortest and the longest of it.", "1w", "1w..2w"),
]

QuantityField = Annotated[
    Quantity,
    _from_text("bad-value", "a value", Quantity, parse_quantity),
    _text,
    _help("A value with its unit.", "65%", "500ms", "50/day", "$25", "4.5/5", 30, kind=["string", "number"]),
]

SelectorField = Annotated[
    Selector,
    _from_text("bad-selector", "a selector", Selector, parse_selector),
    _text,
    _help(
        "The name of a recorded measurement or event, with conditions on its labels in braces.",
        "http.server.request.duration",
        'request{error="true"}',
    ),
]

_CRITERION_TEXT = {
    "type": "string",
    "description": "METRIC [p95|mean|max|min|median] COMPARATOR VALUE [over WINDOW] [for DURATION]",
    "examples": [
        "error_rate < 0.1% over 24h",
        "canary api_response p95 < 500ms for 2m",
        "daily_users +15% vs baseline",
        "zero critical_bugs",
        "variant green of checkout-button is not worse on retention",
    ],
}
CriterionField = Annotated[
    Criterion,
    PlainValidator(_read_criterion),
    PlainSerializer(_write_criterion),
    WithJsonSchema(
        {
            "description": "A condition on a metric.",
            "anyOf": [
                _CRITERION_TEXT,
                {
                    "type": "object",
                    "properties": {
                        "that": _CRITERION_TEXT,
                        "point": {
                            "type": "boolean",
                            "description": "Judge the plain number instead of its confidence bound.",
                        },
                    },
                    "required": ["that"],
                    "additionalProperties": False,
                },
            ],
        }
    ),
]

FractionField = Annotated[
    float,
    PlainValidator(_read_fraction),
    _help("A share, in percent or as a number from 0 to 1.", "5%", "0.5%", 0.05, kind=["string", "number"]),
]

ExposureField = Annotated[
    Literal["off", "on"] | float,
    PlainValidator(_read_exposure),
    _help("How many have the new variant: off, on, or a share.", "off", "on", "15%", kind=["string", "number"]),
]

_IDENTIFIER_PATTERN = "^[A-Za-z][A-Za-z0-9_-]{0,99}$"
Identifier = Annotated[
    str,
    PlainValidator(_read_identifier),
    _help(
        "A name: letters, digits, - and _, beginning with a letter.",
        "error_rate",
        "support-lead",
        pattern=_IDENTIFIER_PATTERN,
    ),
]

FlagName = Annotated[
    str,
    PlainValidator(_read_flag_name),
    _help(
        "The name of a flag: letters, digits, -, _ and ., beginning with none of - and .",
        "new-checkout",
        "checkout.v2",
        pattern="^[A-Za-z0-9_][A-Za-z0-9_.-]{0,199}$",
    ),
]

MomentField = Annotated[
    datetime,
    PlainValidator(_read_moment),
    PlainSerializer(_write_start, return_type=str),
    _help("A date and time in the plan's timezone.", "2026-01-12T09:00:00"),
]

StartField = Annotated[
    Start,
    PlainValidator(_read_start),
    PlainSerializer(_write_start, return_type=str),
    _help(
        "A date and time in the plan's timezone, a time after the start, or the next such weekday and time.",
        "2026-01-12T09:00:00",
        "+3d",
        "Monday 09:00",
        "Friday 09:00 America/New_York",
    ),
]

WeekTimeField = Annotated[
    WeekTime,
    _from_text("bad-start", "a weekday and time", WeekTime, parse_weektime),
    _text,
    _help("A weekday and a time of day, in the plan's timezone or one of its own.", "Monday 09:00", "17:30 UTC"),
]

CostField = Annotated[
    Cost,
    _from_text("bad-value", "a cost", Cost, parse_cost),
    _text,
    _help("An amount of money, or the lowest and the highest of it.", "$149", "€20..50", "free..$200", "$25..200+"),
]

CountryField = Annotated[
    str,
    PlainValidator(_read_country),
    _help("A country by its two letters (ISO 3166-1).", "US", "CH", pattern="^[A-Za-z]{2}$"),
]
