"""One fact of a gold item against one item of an accounting: words, numbers, durations, names."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from tminus.plan.criterion import Criterion, parse_criterion
from tminus.plan.quantity import parse_duration, parse_quantity, parse_span

Item = Mapping[str, Any]

_CAMEL = re.compile(r"(?<=[a-z])(?=[A-Z])")
_NO_WORD = re.compile(r"[^a-z0-9]+")
_UNSAID = ("kind", "phase", "group", "criterion", "doubt", "yaml", "path")  # of these a fact's words do not count
_AGGREGATES = {"p50": "p50", "median": "p50", "average": "mean", "avg": "mean"}


def differences(facts: Mapping[str, Any], item: Item) -> list[str]:
    """What an item says otherwise than the facts want; empty where they agree."""
    found = (FACTS[name](value, item) for name, value in facts.items())
    return [difference for difference in found if difference]


def wanted_criteria(text: Any) -> list[Criterion]:
    """Read what `is` says: alternatives separated by ` | `, each as in a plan, or `+15%` against the baseline."""
    return [] if str(text) == "none" else [_wanted(part) for part in _alternatives(text)]


def _wanted(text: str) -> Criterion:
    if text == "zero":
        return parse_criterion("zero it")
    return parse_criterion(f"it {text} vs baseline" if text[0] in "+-" else f"it {text}")


def _alternatives(text: Any) -> list[str]:
    return [part.strip() for part in str(text).split(" | ")]


def _plain(text: str) -> str:
    """Lower case, words parted by one blank, `errorRate` both whole and in two, with a blank at each end."""
    both = f"{text} {_CAMEL.sub(' ', text)}".lower()
    return f" {_NO_WORD.sub(' ', both).strip()} "


def _strings(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        for name, inner in value.items():
            if name not in _UNSAID:
                yield from _strings(inner)
    elif isinstance(value, (list, tuple)):
        for inner in value:
            yield from _strings(inner)


def _has(words: Any, text: str) -> bool:
    """True where every word of one alternative begins a word of the text."""
    plain = _plain(text)
    return any(
        all(f" {word}" in plain for word in _NO_WORD.split(part.lower()) if word) for part in _alternatives(words)
    )


def _words(wanted: Any, item: Item) -> str | None:
    # Of a target it is the metric that must be right: the sentence it was taken from always has the words.
    said = str(item["metric"]) if item.get("kind") == "target" and item.get("metric") else " ".join(_strings(item))
    return None if _has(wanted, said) else f"words {wanted!r}, not {said[:80]!r}"


def _named(name: str) -> Callable[[Any, Item], str | None]:
    """A field whose text has the wanted words; `none` wants it empty."""

    def check(wanted: Any, item: Item) -> str | None:
        said = item.get(name)
        text = " ".join(_strings(said)) if not isinstance(said, bool) else str(said)
        options = _alternatives(wanted)
        right = ("none" in options and not text) or any(_has(part, text) for part in options if part != "none")
        return None if right else f"{name} {wanted}, not {text or 'none'}"

    return check


def _is(wanted: Any, item: Item) -> str | None:
    """The number, its unit and the comparator; of an alert or a trigger those of its target."""
    target = item if item.get("kind") == "target" else item.get("target")
    if str(wanted) == "none":
        return None if target is None else f"no number, not {_said(target)}"
    if target is None:
        return f"{wanted}, not without a number"
    try:
        said = parse_criterion(_said(target))
    except ValueError as error:
        return f"{wanted}, not unreadable: {error}"
    return None if any(_same(one, said) for one in wanted_criteria(wanted)) else f"{wanted}, not {said}"


def _said(target: Item) -> str:
    """The criterion of a target in the plan's grammar, put together from its parts where it is not given whole."""
    if target.get("criterion"):
        return str(target["criterion"])
    comparator, number, unit = target["comparator"], float(target.get("number") or 0.0), str(target.get("unit") or "")
    if comparator == "zero":
        return "zero it"
    if target.get("relative"):
        return f"it {number:+g}% vs baseline"
    if comparator == "within":
        return f"it {_amount(number, unit)}..{_amount(float(target['high']), unit)}"
    return f"it {comparator} {_amount(number, unit)}"


def _amount(number: float, unit: str) -> str:
    return f"{unit}{number:.15g}" if unit in ("$", "€", "£", "¥") else f"{number:.15g}{unit}"


def _same(wanted: Criterion, said: Criterion) -> bool:
    if (wanted.comparator, wanted.change) != (said.comparator, said.change):
        return False
    pairs = [(wanted.target, said.target), (wanted.upper, said.upper)]
    return all(
        left is right
        if left is None or right is None
        else (left.dimension, left.scale, left.currency) == (right.dimension, right.scale, right.currency)
        and math.isclose(left.value, right.value, rel_tol=1e-9)
        for left, right in pairs
    )


def _criterion(item: Item) -> Criterion | None:
    target = item.get("target") or item
    try:
        return parse_criterion(str(target.get("criterion") or ""))
    except ValueError:
        return None


def _aggregate(wanted: Any, item: Item) -> str | None:
    """`p95` or `mean`, said beside the number or in the criterion."""
    criterion = _criterion(item)
    said = str(item.get("aggregate") or (criterion and criterion.aggregate) or "")
    return None if _AGGREGATES.get(said, said) == wanted else f"aggregate {wanted}, not {said or 'none'}"


def _baseline(wanted: Any, item: Item) -> str | None:
    """Where the metric stands today, compared in base units."""
    said = str(item.get("baseline") or "")
    try:
        same = math.isclose(parse_quantity(said).value, parse_quantity(str(wanted)).value)
    except ValueError:
        same = False
    return None if same else f"baseline {wanted}, not {said or 'none'}"


def _over(wanted: Any, item: Item) -> str | None:
    """The window of a value, wherever it is said: as the window, as the day it is reached, or in the metric's name."""
    seconds = parse_duration(str(wanted)).seconds
    criterion = _criterion(item)
    said = [str(item.get(name) or "") for name in ("over", "by")]
    if criterion is not None and criterion.window is not None:
        said.append(criterion.window.text)
    if any(_seconds(text) == (seconds, seconds) for text in said):
        return None
    days = f"{seconds / 86400:g}"
    named = f"day {days} | {days} day | {days}d | d{days}"
    return None if _has(named, f"{item.get('metric')} {' '.join(said)}") else f"over {wanted}, not {said}"


def _seconds(text: str) -> tuple[float, float] | None:
    try:
        span = parse_span(text)
    except ValueError:
        return None
    return span.shortest.seconds, span.longest.seconds


def _span(name: str) -> Callable[[Any, Item], str | None]:
    """A field that holds a duration or a range of two, compared in seconds."""

    def check(wanted: Any, item: Item) -> str | None:
        said = str(item.get(name) or "")
        return None if _seconds(said) == _seconds(str(wanted)) else f"{name} {wanted}, not {said or 'none'}"

    return check


def _lasting(wanted: Any, item: Item) -> str | None:
    """For how long an alert's condition must hold: said of the alert, of its target, or in the criterion."""
    criterion = _criterion(item)
    target = item.get("target") or {}
    held = criterion.hold_for.text if criterion is not None and criterion.hold_for is not None else ""
    said = item.get("lasting") or target.get("lasting") or held
    return None if _seconds(str(said)) == _seconds(str(wanted)) else f"for {wanted}, not {said or 'none'}"


def _listed(name: str) -> Callable[[Any, Item], str | None]:
    """A list of names, in any order: as many as wanted, each begun by one of the wanted words."""

    def check(wanted: Any, item: Item) -> str | None:
        said = [str(value) for value in item.get(name) or ()]
        words = str(wanted).split()
        right = len(said) == len(words) and all(_has(word, " ".join(said)) for word in words)
        return None if right else f"{name} {wanted}, not {said}"

    return check


def _number(name: str, unset: float | None = None) -> Callable[[Any, Item], str | None]:
    """A field that holds a number; `none` among the alternatives allows that it is not set."""

    def check(wanted: Any, item: Item) -> str | None:
        said = item.get(name)
        said = unset if said is None else said
        options = _alternatives(wanted)
        if said is None:
            return None if "none" in options else f"{name} {wanted}, not none"
        right = any(math.isclose(float(part), float(said)) for part in options if part != "none")
        return None if right else f"{name} {wanted}, not {said}"

    return check


def _high(wanted: Any, item: Item) -> str | None:
    """The upper end of a price; a price without one ends where it begins."""
    return _number("high", item.get("low"))(wanted, item)


def _level(wanted: Any, item: Item) -> str | None:
    """The number of a level or a tier: `Level 2`, `L2`, `Tier 2`."""
    said = " ".join(_strings(item))
    numbered = any(f" {name}{wanted} " in _plain(said) for name in ("", "l", "level", "tier"))
    return None if numbered else f"level {wanted}, not {said[:80]!r}"


def _flag(name: str) -> Callable[[Any, Item], str | None]:
    """A field that is true or false; not said is false, and no answer where a checkbox is asked for."""

    def check(wanted: Any, item: Item) -> str | None:
        said = item.get(name)
        said = bool(said) if name not in ("checked", "on") else said
        return None if said is wanted else f"{name} {wanted}, not {said}"

    return check


def _exact(name: str) -> Callable[[Any, Item], str | None]:
    """A field that holds just this text, whatever the case; a budget's `$` is no word."""

    def check(wanted: Any, item: Item) -> str | None:
        said = str(item.get(name) or "")
        return None if said.lower() == str(wanted).lower() else f"{name} {wanted}, not {said or 'none'}"

    return check


def _every(wanted: Any, item: Item) -> str | None:
    """How often: `day` of a routine, `30s` of a health check."""
    check = _named("every") if _seconds(str(wanted)) is None else _span("every")
    return check(wanted, item)


def _recovered(name: str) -> Callable[[Any, Item], str | None]:
    """RTO or RPO: the field of that name where there is one, else the number beside the name in the text."""

    def check(wanted: Any, item: Item) -> str | None:
        if item.get(name):
            return _span(name)(wanted, item)
        hours = str(wanted).removesuffix("h")
        return None if _has(f"{name} {hours}", " ".join(_strings(item))) else f"{name} {wanted}, not said"

    return check


FACTS: dict[str, Callable[[Any, Item], str | None]] = {
    "words": _words, "is": _is, "phase": _named("phase"), "aggregate": _aggregate, "baseline": _baseline,
    "over": _over, "lasts": _span("lasts"), "environment": _named("environment"), "later": _flag("later"),
    "checked": _flag("checked"), "owner": _named("owner"), "priority": _named("priority"),
    "depth": _number("depth", 0), "share": _number("share"), "regions": _named("regions"),
    "features": _named("features"), "severity": _named("severity"), "for": _lasting, "channels": _listed("channels"),
    "level": _level, "from": _number("since"), "to": _number("until"), "who": _words, "tier": _flag("tier"),
    "probability": _named("probability"), "impact": _named("impact"), "mitigation": _named("mitigation"),
    "kind": _exact("what"), "low": _number("low"), "high": _high, "currency": _exact("currency"),
    "open": _flag("open_end"), "times": _number("times", 1), "per": _named("per"), "group": _named("group"),
    "name": _exact("name"), "secret": _flag("secret"), "every": _every, "timeout": _span("timeout"),
    "retries": _number("retries"), "rto": _recovered("rto"), "rpo": _recovered("rpo"), "on": _flag("on"),
    "within": _span("within"), "section": _named("section"), "starts": _exact("starts"),
}  # fmt: skip
