"""Criteria: `error_rate < 0.1% over 24h`, `canary api_response p95 < 500ms for 2m`, `zero critical_bugs`.

    [canary|control] METRIC [AGGREGATE] COMPARATOR VALUE [over WINDOW] [for DURATION]
    [canary|control] METRIC [AGGREGATE] LOW..HIGH [over WINDOW] [for DURATION]
    [canary|control] METRIC [AGGREGATE] [COMPARATOR] (+|-)CHANGE vs baseline [over WINDOW] [for DURATION]
    zero [canary|control] METRIC [over WINDOW] [for DURATION]
    variant ARM of EXPERIMENT is (better|worse|not worse) on METRIC [by CHANGE%] [for DURATION]

`over` is the window the value is taken from; `for` means that it held at every evaluation of that long.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from difflib import get_close_matches
from enum import StrEnum

from tminus.plan.claims import Claim, is_claim, parse_claim
from tminus.plan.quantity import Dimension, Duration, Quantity, parse_duration, parse_quantity


class Arm(StrEnum):
    """Whose measurements count: everybody's, those who have the new variant, or those who have not."""

    ALL = "all"
    CANARY = "canary"
    CONTROL = "control"


class Comparator(StrEnum):
    """How a measured value is held against the target."""

    LESS = "<"
    AT_MOST = "<="
    MORE = ">"
    AT_LEAST = ">="
    EQUAL = "="
    WITHIN = "within"  # low..high, both ends included

    @property
    def wants_low(self) -> bool:
        """True where smaller is what the criterion asks for."""
        return self in (Comparator.LESS, Comparator.AT_MOST)


class Change(StrEnum):
    """How a target relates to the metric's baseline."""

    RELATIVE = "relative"  # `+15% vs baseline`: at least 1.15 times the baseline
    POINTS = "points"  # `+5pp vs baseline`: at least the baseline plus 0.05


@dataclass(frozen=True, slots=True)
class Criterion:
    """One condition on one metric, as written (`text`) and as understood.

    `target` and `upper` are in base units of the metric's dimension. With `change` set, `target.value` is the signed
    change (+0.15 for `+15%`): a positive one must be reached, a negative one must not be exceeded (`-20% vs baseline`
    asks for at most 0.8 times the baseline); a comparator before it says otherwise (`<= +10% vs baseline`). `point`
    judges the plain number instead of its confidence bound. With `claim` set, an arm of an experiment is held against
    its control on the metric, and comparator and target mean nothing.
    """

    text: str
    metric: str
    comparator: Comparator
    target: Quantity
    aggregate: str | None = None  # p50..p99.9, mean, max, min, sum, count; `median` is read as p50
    arm: Arm = Arm.ALL
    upper: Quantity | None = None
    change: Change | None = None
    window: Duration | None = None
    hold_for: Duration | None = None
    point: bool = False
    claim: Claim | None = None
    key: str = field(init=False, compare=False, repr=False)
    """A short stable name of what is asked, whatever way it was spelled: `canary:error_rate>0.01;for=120`."""

    def __str__(self) -> str:
        return self.text

    def __post_init__(self) -> None:
        object.__setattr__(self, "key", _key(self))


def _key(of: Criterion) -> str:
    name = of.metric if of.aggregate is None else f"{of.metric}.{of.aggregate}"
    arm = "" if of.arm is Arm.ALL else f"{of.arm}:"
    low, high = f"{of.target.value:.12g}", "" if of.upper is None else f"..{of.upper.value:.12g}"
    parts = [f"{arm}{name}{'=' if of.upper else of.comparator}{low}{high}"]
    if of.claim is not None:
        parts = [f"{of.metric}:{of.claim.key}"]
    if of.change is not None:
        parts.append(of.change.value)
    if of.window is not None:
        parts.append(f"over={of.window.seconds:.12g}")
    if of.hold_for is not None:
        parts.append(f"for={of.hold_for.seconds:.12g}")
    if of.point:
        parts.append("point")
    return ";".join(parts)


_NAME = re.compile(r"[A-Za-z_][\w-]*")
_TAIL = re.compile(r"(?:^|\s)(over|for)(?=\s|$)\s*(.*?)(?=\s(?:over|for)(?:\s|$)|$)", re.IGNORECASE)
_SYMBOLS = re.compile(r"[<>=!≤≥≠~]+")
_CHANGE = re.compile(r"([+-])\s*(\d+(?:,\d{3})*(?:\.\d+)?)\s*(%|pp)")
_VERSUS = re.compile(r"\s*\bvs\.?\s*(\S*)\s*")
_QUANTILE = re.compile(r"p(\d{1,2}(?:\.\d+)?)")
_COMPARATORS = {"≤": "<=", "≥": ">=", "==": "="} | {c.value: c.value for c in Comparator if c is not Comparator.WITHIN}
_MISWRITTEN = {"=<": "<=", "=>": ">=", "<<": "<", ">>": ">", "===": "=", "=<=": "<=", "=>=": ">="}
_PLAIN_AGGREGATES = ("mean", "max", "min", "median", "sum", "count")
_OTHER_AGGREGATES = {"avg": "mean", "average": "mean", "maximum": "max", "minimum": "min", "p100": "max", "p0": "min"}
_IN_WORDS = {
    "below": "<", "under": "<", "less": "<", "fewer": "<", "above": ">", "over": ">", "exceeds": ">", "more": ">",
    "greater": ">", "is": "<, > or =", "equals": "=", "at": "<= or >=", "lt": "<", "gt": ">", "lte": "<=", "gte": ">=",
}  # fmt: skip


def parse_criterion(text: str, *, point: bool = False) -> Criterion:
    """Read one criterion. Raises ValueError with one line that names the token in the way and the fix."""
    text = " ".join(text.split())
    if not text:
        raise ValueError("a criterion is missing: write one such as error_rate < 1%")
    if is_claim(text):
        return _claimed(text, point)
    head, window, hold_for = _split_tail(text)
    zero, arm, head = _split_prefix(head)
    metric, aggregate, rest = _split_metric(head)
    if zero:
        if rest:
            raise ValueError(f"after `zero {metric}` comes nothing more than `over` or `for`, not `{rest}`")
        comparator, target, upper, change = Comparator.AT_MOST, Quantity(0.0, Dimension.COUNT, "0"), None, None
    else:
        comparator, target, upper, change = _condition(rest, metric)
    return Criterion(text, metric, comparator, target, aggregate, arm, upper, change, window, hold_for, point)


def _claimed(text: str, point: bool) -> Criterion:
    head, window, hold_for = _split_tail(text)
    if window is not None:
        raise ValueError("an experiment is judged from its beginning on: leave `over` out")
    if point:
        raise ValueError("an experiment is judged by its interval: leave `point` out")
    claim, metric = parse_claim(head)
    nothing = Quantity(0.0, Dimension.COUNT, "0")
    return Criterion(text, metric, Comparator.AT_LEAST, nothing, hold_for=hold_for, claim=claim)


def _split_tail(text: str) -> tuple[str, Duration | None, Duration | None]:
    """Take `over 24h` and `for 2m` off the end, in either order."""
    found: dict[str, Duration] = {}
    first = len(text)
    for part in _TAIL.finditer(text):
        word, value = part.group(1).lower(), part.group(2)
        if word in found:
            raise ValueError(f"`{word}` stands twice: write it once")
        if not value:
            raise ValueError(f"after `{word}` comes a duration, such as {word} 2m")
        found[word] = _tail_duration(word, value)
        first = min(first, part.start())
    return text[:first].strip(), found.get("over"), found.get("for")


def _tail_duration(word: str, value: str) -> Duration:
    try:
        return parse_duration(value)
    except ValueError as error:
        raise ValueError(f"after `{word}`: {error}") from None


def _split_prefix(head: str) -> tuple[bool, Arm, str]:
    zero, arm = False, Arm.ALL
    words = head.split(" ")
    if words[0] in ("no", "none", "never") and len(words) > 1:
        raise ValueError(f"`{words[0]}` is no comparison: write zero {words[1]}")
    if words[0] == "zero" and len(words) > 1:
        zero, words = True, words[1:]
    if words[0] in (Arm.CANARY.value, Arm.CONTROL.value) and len(words) > 1 and _NAME.match(words[1]):
        arm, words = Arm(words[0]), words[1:]
    return zero, arm, " ".join(words)


def _split_metric(head: str) -> tuple[str, str | None, str]:
    found = _NAME.match(head)
    if found is None:
        raise ValueError(f"a criterion starts with the name of a metric, not with `{_first_word(head)}`")
    metric, rest = found.group(), head[found.end() :].strip()
    following = _NAME.match(rest)
    if following and _is_aggregate(metric) and not _is_aggregate(name := following.group()):
        raise ValueError(f"`{metric}` stands before the metric: write {name} {metric}{rest[following.end() :]}")
    word = re.match(r"[A-Za-z][\w.]*(?=$|[\s<>=!≤≥+-])|\d+(?:st|nd|rd|th)\b", rest)
    if word is None:
        return metric, None, rest
    if word.group() in ("in", "within", "between"):
        return metric, None, rest[word.end() :].strip()
    return metric, _aggregate(word.group(), metric), rest[word.end() :].strip()


def _is_aggregate(word: str) -> bool:
    return bool(_QUANTILE.fullmatch(word)) or word in (*_PLAIN_AGGREGATES, *_OTHER_AGGREGATES)


def _aggregate(word: str, metric: str) -> str:
    quantile = _QUANTILE.fullmatch(word)
    if quantile and 0 < float(quantile.group(1)) < 100:
        return "p" + (quantile.group(1).rstrip("0").rstrip(".") if "." in word else str(int(quantile.group(1))))
    if word in _PLAIN_AGGREGATES:
        return "p50" if word == "median" else word
    if word in _IN_WORDS:
        raise ValueError(f"`{word}` is no comparator: write {metric} {_IN_WORDS[word]} VALUE")
    if word == "vs":
        raise ValueError(f"`vs` needs a change before it: write {metric} +15% vs baseline")
    if re.match(r"\d", word):
        raise ValueError(f"`{word}` is no aggregate: write p{re.sub('[a-z]', '', word)}")
    near = _OTHER_AGGREGATES.get(word.lower()) or next(iter(get_close_matches(word, _PLAIN_AGGREGATES, 1)), None)
    if near:
        raise ValueError(f"`{word}` is no aggregate: write {near}")
    advice = f"write p50, p95, p99, mean, max or min, or {metric}_{word} if that is the metric's name"
    raise ValueError(f"`{word}` is no aggregate: {advice}")


_Condition = tuple[Comparator, Quantity, Quantity | None, Change | None]


def _condition(rest: str, metric: str) -> _Condition:
    """The comparator with its target, range or change."""
    if not rest:
        raise ValueError(f"`{metric}` is compared with nothing: write for example {metric} < 1%")
    symbols = _SYMBOLS.match(rest)
    comparator = _comparator(symbols.group()) if symbols else None
    value = rest[symbols.end() :].strip() if symbols else rest
    if not value:
        raise ValueError(f"after `{rest}` comes a value, such as {metric} {rest} 1%")
    if ".." in value:
        return _range(value, comparator)
    change = _CHANGE.match(value)
    if change:
        return _versus(value, change, comparator)
    if comparator is None:
        raise ValueError(f"before `{value}` a comparator is missing: write <, <=, >, >= or =")
    if "baseline" in value:
        raise ValueError(f"`{value}` has no change: write +15% vs baseline or -5pp vs baseline")
    return comparator, parse_quantity(value), None, None


def _comparator(symbols: str) -> Comparator:
    if symbols in _COMPARATORS:
        return Comparator(_COMPARATORS[symbols])
    if symbols in ("!=", "<>", "≠", "!"):
        raise ValueError(f"`{symbols}` is no comparator: say what must hold, with <, <=, >, >= or =")
    fix = _MISWRITTEN.get(symbols, "<, <=, >, >= or =")
    raise ValueError(f"`{symbols}` is no comparator: write {fix}")


def _range(value: str, comparator: Comparator | None) -> _Condition:
    if comparator not in (None, Comparator.EQUAL):
        raise ValueError(f"`{comparator}` and a range do not go together: write {value} alone")
    first, _, last = value.partition("..")
    lower, upper = parse_quantity(first), parse_quantity(last)
    # `1..2%`, `8..12ms` and `$25..50` mean the unit for both ends, as people say it.
    if lower.dimension is Dimension.COUNT and upper.dimension is not Dimension.COUNT:
        lower = parse_quantity(_with_unit_of(first, last))
    elif upper.dimension is Dimension.COUNT and lower.dimension is not Dimension.COUNT:
        upper = parse_quantity(_with_unit_of(last, first))
    if lower.dimension is not upper.dimension:
        raise ValueError(f"`{value}` runs from a {lower.dimension} to a {upper.dimension}: give both ends one unit")
    if upper.value < lower.value:
        raise ValueError(f"`{value}` ends below its start: write {last.strip()}..{first.strip()}")
    return Comparator.WITHIN, lower, upper, None


def _with_unit_of(bare: str, full: str) -> str:
    number = re.search(r"\d[\d,]*(?:\.\d+)?", full)
    return full if number is None else full[: number.start()] + bare.strip() + full[number.end() :]


def _versus(value: str, change: re.Match[str], comparator: Comparator | None) -> _Condition:
    sign, number, unit = change.groups()
    written = f"{sign}{number}{unit}"
    versus = _VERSUS.fullmatch(value, change.end())
    if versus is None:
        raise ValueError(f"`{value}` is a change, and a change is against something: write {written} vs baseline")
    if versus.group(1) != "baseline":
        raise ValueError(f"`vs {versus.group(1)}` is not possible: write {written} vs baseline")
    amount = float(number.replace(",", "")) / 100 * (-1 if sign == "-" else 1)
    implied = Comparator.AT_LEAST if sign == "+" else Comparator.AT_MOST
    kind = Change.RELATIVE if unit == "%" else Change.POINTS
    return comparator or implied, Quantity(amount, Dimension.RATIO, written), None, kind


def _first_word(text: str) -> str:
    return (text.split(" ") or [""])[0][:40]
