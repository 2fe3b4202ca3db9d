"""Checks of metrics, and of criteria against the metrics they speak of."""

from __future__ import annotations

from tminus.plan import places
from tminus.plan.criterion import Change, Criterion
from tminus.plan.findings import Findings
from tminus.plan.model import Metric, MetricKind, Plan
from tminus.plan.places import Path
from tminus.plan.quantity import Dimension, Quantity, parse_duration

EMBEDDED_SOURCES = ("app", "events")

_FAMILIES = {
    "ratio": ("bad", "good"),
    "count": ("count",),
    "gauge": ("gauge",),
    "distribution": ("histogram",),
    "unique": ("unique",),
    "share": ("of", "did"),
    "sum": ("sum", "value"),
    "value": ("query",),
}
_EXTREMES = ("mean", "max", "min")
_AGGREGATES: dict[MetricKind, tuple[str, ...]] = {
    MetricKind.RATIO: (),
    MetricKind.SHARE: (),
    MetricKind.UNIQUE: (),
    MetricKind.SUM: (),
    MetricKind.VALUE: (),
    MetricKind.RATE: (),
    MetricKind.COUNT: ("sum", "count"),
    MetricKind.GAUGE: _EXTREMES,
    MetricKind.DISTRIBUTION: (*_EXTREMES, "sum", "count"),
}
_FIXED_DIMENSIONS = {
    MetricKind.RATIO: Dimension.RATIO,
    MetricKind.SHARE: Dimension.RATIO,
    MetricKind.RATE: Dimension.RATE,
    MetricKind.COUNT: Dimension.COUNT,
    MetricKind.UNIQUE: Dimension.COUNT,
}
_WORDS = {
    Dimension.RATIO: ("a ratio", "0.1%"),
    Dimension.TIME: ("a time", "500ms"),
    Dimension.RATE: ("a rate", "50/day"),
    Dimension.COUNT: ("a number", "30"),
    Dimension.MONEY: ("an amount of money", "$25"),
    Dimension.SCORE: ("a score", "4.5/5"),
}
_SYMBOLS = {"USD": "$", "EUR": "€", "GBP": "£"}
_UNIT_SYMBOLS = {"%": Dimension.RATIO, "$": Dimension.MONEY, "€": Dimension.MONEY, "£": Dimension.MONEY}


def check_metrics(plan: Plan, found: Findings) -> None:
    """Each metric says one kind, completely, and where it comes from."""
    sources, kept = [*EMBEDDED_SOURCES, *found.names("sources")], members(plan)
    for name, metric in plan.metrics.items():
        path: Path = ("metrics", name)
        if metric.source is not None and metric.source not in sources:
            found.unknown((*path, "source"), "source", metric.source, sources, f"write one of {', '.join(sources)}")
        _check_family(path, metric, found)
        _check_origin(path, metric, found)
        _check_member(path, metric, kept, found)
        expected = dimension_of(metric)
        if metric.baseline is not None and expected and metric.baseline.dimension is not expected:
            _mismatch((*path, "baseline"), f"`{name}`", expected, metric.baseline, found)


KEPT_SECONDS = 15 * 86400.0  # how long the embedded telemetry keeps its data


def check_criteria(plan: Plan, found: Findings) -> None:
    """Each criterion asks its metric something that the metric can answer."""
    for path, criterion in places.criteria(plan):
        metric = plan.metrics.get(criterion.metric)
        if metric is not None and len(_families(metric)) > 1:
            continue  # nobody can say what it measures
        if metric is not None and criterion.claim is None:
            _check_aggregate(path, criterion, metric, found)
            _check_target(path, criterion, metric, found)
            _check_window(path, criterion, metric, found)
        elif metric is None and criterion.metric not in found.names("metrics"):
            found.unknown(path, "metric", criterion.metric, found.names("metrics"), "write it under metrics")


def _check_window(path: Path, criterion: Criterion, metric: Metric, found: Findings) -> None:
    window = criterion.window or metric.window
    if window is not None and metric.source in BY_VARIANT and window.seconds > KEPT_SECONDS:
        message = f"`{criterion.metric}` is asked over {window}, and telemetry sent here is kept for 15 days"
        found.error(path, "window-too-long", message, "ask over 2w, or take the metric from a Prometheus")


BY_VARIANT = ("app", "events")  # the sources that tell canary from control, unit by unit


def dimension_of(metric: Metric) -> Dimension | None:
    """What the metric's values are, as far as its kind, unit or baseline say."""
    if metric.kind in _FIXED_DIMENSIONS:
        return _FIXED_DIMENSIONS[metric.kind]
    unit = metric.unit.strip()
    if unit in _UNIT_SYMBOLS:
        return _UNIT_SYMBOLS[unit]
    if unit.startswith("/") and unit[1:].isdigit():
        return Dimension.SCORE
    if unit.startswith(("/", "per ")):
        return Dimension.RATE
    if unit:
        return Dimension.TIME if _is_time(unit) else None
    return metric.baseline.dimension if metric.baseline else None


def currency_of(metric: Metric, criterion: Criterion) -> str:
    """The currency in which a criterion's values are said: the metric's unit, else the target's; empty for what is no money."""
    unit = metric.unit.strip()
    return unit if _UNIT_SYMBOLS.get(unit) is Dimension.MONEY else criterion.target.currency


def _is_time(unit: str) -> bool:
    try:
        return parse_duration(f"1{unit}").seconds > 0
    except ValueError:
        return False


def _families(metric: Metric) -> list[str]:
    found = [family for family, keys in _FAMILIES.items() if any(getattr(metric, key) is not None for key in keys)]
    # `of` says among which users the mean of a sum is taken.
    return ["sum"] if found == ["share", "sum"] and metric.sum and not metric.did else found


def _check_family(path: Path, metric: Metric, found: Findings) -> None:
    families = _families(metric)
    given = [key for family in families for key in _FAMILIES[family] if getattr(metric, key) is not None]
    if len(families) > 1 or {"bad", "good"} <= set(given):
        keys = " and ".join(f"`{key}`" for key in given)
        hint = "keep one of them, and write a metric of its own for the other"
        found.error((*path, given[-1]), "mixed-metric", f"{keys} say different kinds of metric", hint, key=True)
    elif families == ["ratio"] and metric.total is None:
        message = f"`{given[0]}` is a part of something, and `total` is missing"
        found.error((*path, given[0]), "incomplete-metric", message, "write total: SELECTOR", key=True)
    elif families == ["share"] and len(given) == 1:
        other = "did" if given == ["of"] else "of"
        message = f"`{given[0]}` stands without `{other}`"
        found.error((*path, given[0]), "incomplete-metric", message, f"write {other}: SELECTOR", key=True)
    elif families == ["sum"]:
        _check_sum(path, metric, found)
    elif metric.total is not None and families != ["ratio"]:
        hint = "write bad: SELECTOR or good: SELECTOR"
        found.error((*path, "total"), "incomplete-metric", "`total` stands without `bad` or `good`", hint, key=True)


def _check_sum(path: Path, metric: Metric, found: Findings) -> None:
    if metric.sum is None or metric.value is None:
        given, other = ("value", "sum: SELECTOR") if metric.sum is None else ("sum", "value: MEMBER")
        hint = f"write {other}, such as sum: order_placed and value: amount"
        found.error((*path, given), "incomplete-metric", f"`{given}` stands without its partner", hint, key=True)
    elif metric.per not in (None, "user"):
        message = f"a sum is taken over the window or as the mean of users, not per {metric.per}"
        found.error((*path, "per"), "mixed-metric", message, "write per: user, or let the window be that long")
    elif metric.of is not None and metric.per is None:
        message = "`of` says among which users the mean is taken, and the sum has no mean"
        found.error((*path, "of"), "incomplete-metric", message, "write per: user", key=True)
    elif metric.total is not None:
        message, hint = "`total` stands without `bad` or `good`", "write of: SELECTOR with per: user"
        found.error((*path, "total"), "incomplete-metric", message, hint, key=True)


def members(plan: Plan) -> dict[str, str]:
    """type of event -> the member of its data whose number is kept, as the plan's metrics name it."""
    found: dict[str, str] = {}
    for metric in plan.metrics.values():
        if metric.sum is not None and metric.value is not None:
            found.setdefault(metric.sum.name, metric.value)
    return found


def _check_member(path: Path, metric: Metric, kept: dict[str, str], found: Findings) -> None:
    other = kept.get(metric.sum.name) if metric.sum else None
    if metric.sum and metric.value and other != metric.value:
        message = f"another metric sums `{other}` of `{metric.sum.name}`, and of each event one number is kept"
        found.error((*path, "value"), "two-values", message, "send the second number as an event of its own")


def _check_origin(path: Path, metric: Metric, found: Findings) -> None:
    lone = (metric.total, metric.did, metric.value)  # the check of families speaks of these
    if metric.kind is None and metric.source is not None and lone == (None, None, None):
        hint = "write bad: and total:, count:, gauge:, histogram:, unique:, of: and did:, sum: and value:, or query:"
        message = "the source says where, and nothing says what is measured"
        found.error((*path, "source"), "incomplete-metric", message, hint, key=True)
    elif metric.kind is not None and metric.source is None:
        hint = "write source: app, source: events, or a name under sources"
        found.error(path, "no-source", f"`{path[-1]}` does not say where it is measured", hint, key=True)
    elif metric.sum is not None and metric.source not in EMBEDDED_SOURCES:
        message = f"`{metric.source}` keeps no values of events"
        found.error((*path, "source"), "incomplete-metric", message, "write source: events")
    elif metric.query is not None and metric.source in EMBEDDED_SOURCES:
        hint = "write the name of a server under sources"
        found.error((*path, "source"), "incomplete-metric", f"`{metric.source}` answers no query", hint)


def _check_aggregate(path: Path, criterion: Criterion, metric: Metric, found: Findings) -> None:
    if criterion.aggregate is None or metric.kind is None:
        return
    legal = _AGGREGATES[metric.kind]
    quantile = criterion.aggregate.startswith("p")
    if criterion.aggregate in legal or (quantile and metric.kind is MetricKind.DISTRIBUTION):
        return
    message = f"`{criterion.aggregate}` of a {metric.kind} means nothing"
    better = " or ".join(legal) or f"{criterion.metric} alone"
    found.error(path, "illegal-aggregate", message, f"write {better}")


def _check_target(path: Path, criterion: Criterion, metric: Metric, found: Findings) -> None:
    expected = Dimension.COUNT if criterion.aggregate == "count" else dimension_of(metric)
    if criterion.change is not None:
        if metric.baseline is None and metric.kind is not None:
            # Where nothing measures the metric, the role that signs for it knows what it was before.
            hint = f"write baseline: VALUE under metrics: {criterion.metric}"
            found.error(path, "no-baseline", f"`{criterion.metric}` has no baseline", hint)
        elif criterion.change is Change.POINTS and expected not in (None, Dimension.RATIO):
            hint = "write the change in %, such as +15% vs baseline"
            found.error(path, "wrong-unit", "only a ratio moves by percentage points", hint)
    elif expected and criterion.target.dimension is not expected and criterion.target.text != "0":
        _mismatch(path, f"`{criterion.metric}`", expected, criterion.target, found)
    elif expected is Dimension.MONEY and not _same_currency(metric.unit.strip(), criterion.target.currency):
        unit = metric.unit.strip()
        message = f"`{criterion.metric}` is in {unit}, and {criterion.target.text} is not"
        found.error(path, "wrong-unit", message, f"write a value such as {unit}25")


def _same_currency(unit: str, given: str) -> bool:
    """Whether a target is in the metric's currency, as far as both of them say one."""
    return not unit or not given or _SYMBOLS.get(given, given) == unit


def _mismatch(path: Path, name: str, expected: Dimension, given: Quantity, found: Findings) -> None:
    what, example = _WORDS[expected]
    hint = f"write {given.text}%" if _lacks_percent(expected, given) else f"write a value such as {example}"
    found.error(path, "wrong-unit", f"{name} is {what}, and {given.text} is {_WORDS[given.dimension][0]}", hint)


def _lacks_percent(expected: Dimension, given: Quantity) -> bool:
    return expected is Dimension.RATIO and given.dimension is Dimension.COUNT and 0 <= given.value <= 100
