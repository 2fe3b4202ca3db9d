"""How the page says times, shares and the state of a criterion. Pure."""

from __future__ import annotations

import math
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from tminus.app.view import CriterionView, FlagView
from tminus.flags.moves import CODE_DEFAULT
from tminus.plan.quantity import format_duration

_DAY, _HOUR, _MINUTE, _WEEK = 86400, 3600, 60, 604800
_ALL_SHOWN, _MOST_SHOWN = 3, 3  # variants: of fewer one is enough, of more the rest is left out
_NOTICEABLE = 20.0  # seconds that a unit of plan time should last to be worth naming

# (shape, word, tone) of a criterion. For a gate or a target it is good to hold; for a trigger or an alert it is bad.
_GATE = {
    "holds": ("good", "holds", "good"),
    "fails": ("bad", "fails", "bad"),
    "unknown": ("unknown", "not measured", "unknown"),
    "inconclusive": ("more", "not shown yet", "unknown"),
}
_WATCHED = {
    "holds": ("bad", "true now", "bad"),
    "fails": ("good", "clear", "good"),
    "unknown": ("unknown", "not measured", "unknown"),
    "inconclusive": ("more", "not shown yet", "unknown"),
}

# (shape, word, tone) of an action.
_STEPS = {
    "next": ("note", "comes next", ""),
    "requested": ("note", "asked for", ""),
    "started": ("on", "under way", "going"),
    "waiting": ("more", "failed, will be tried again", "holding"),
    "done": ("good", "done", "good"),
    "failed": ("bad", "failed", "bad"),
    "in-doubt": ("unknown", "in doubt: nobody knows whether it happened", "holding"),
}


def plan_clock(seconds: float) -> str:
    """Plan time since the start as on a launch pad: `T+8d 04:12`, and `T+00:04:12` on the first day."""
    whole = max(int(seconds), 0)
    days, rest = divmod(whole, _DAY)
    hours, minutes = rest // _HOUR, rest % _HOUR // _MINUTE
    if days:
        return f"T+{days}d {hours:02d}:{minutes:02d}"
    return f"T+{hours:02d}:{minutes:02d}:{whole % _MINUTE:02d}"


def pace_words(pace: float) -> str:
    """`1 week = 30 s` for a launch in compressed time, nothing for one in real time."""
    if pace == 1.0 or pace <= 0:
        return ""
    units = ((_MINUTE, "minute"), (_HOUR, "hour"), (_DAY, "day"), (_WEEK, "week"))
    unit, name = next((pair for pair in units if pair[0] / pace >= _NOTICEABLE), units[-1])
    return f"1 {name} = {format_duration(unit / pace)}"


def clock_time(at: float, zone: str, now: float, *, seconds: bool = False) -> str:
    """`14:02` in the plan's zone, with the date in front where it is not today's there."""
    local, today = _in_zone(at, zone), _in_zone(now, zone)
    time = local.strftime("%H:%M:%S" if seconds else "%H:%M")
    return time if local.date() == today.date() else f"{local.day} {local:%b} {time}"


def full_time(at: float, zone: str) -> str:
    """For the hover: the whole moment in the plan's zone and in UTC. The reader's own zone is added by the page."""
    return f"{_in_zone(at, zone):%Y-%m-%d %H:%M:%S} {zone} · {datetime.fromtimestamp(at, UTC):%Y-%m-%d %H:%M:%S} UTC"


def iso_time(at: float) -> str:
    """For machines: RFC 3339 in UTC."""
    return f"{datetime.fromtimestamp(at, UTC):%Y-%m-%dT%H:%M:%SZ}"


def evidence(log_evidence: float) -> str:
    """E itself, from its natural logarithm, rounded down so that 99.7 never reads as the 100 that is needed."""
    if log_evidence > math.log(1e6):
        return "over 1,000,000"
    found = math.exp(log_evidence) * (1 + 1e-12)
    return f"{int(found):,}" if found >= 10 else f"{math.floor(found * 10) / 10:g}" if found >= 0.1 else "under 0.1"


def opening(text: str) -> str:
    """The text with a capital first, for the beginning of a line."""
    return text[:1].upper() + text[1:]


def stopwatch(seconds: float) -> str:
    """A clock that runs in whole seconds, so that it can be read while it does: `0:07`, `12:03`, `1:00:05`."""
    minutes, rest = divmod(max(int(seconds), 0), _MINUTE)
    hours, minutes = divmod(minutes, _MINUTE)
    return f"{hours}:{minutes:02d}:{rest:02d}" if hours else f"{minutes}:{rest:02d}"


def lasting(seconds: float) -> str:
    """How long something took: `at once`, `0.3 s`, `2 min 5 s`."""
    if seconds < 0.05:
        return "at once"
    return f"{seconds:.1f} s" if seconds < 10 else format_duration(round(seconds))


def step(state: str) -> tuple[str, str, str]:
    """(shape, word, tone) of an action."""
    return _STEPS[state]


def judgement(criterion: CriterionView) -> tuple[str, str, str]:
    """(shape, word, tone) of a criterion: what a person sees before any number."""
    if criterion.role in ("gate", "kpi"):
        if criterion.state == "holds" and not criterion.lasted:
            return "more", "holds, not for long enough yet", "unknown"
        return _GATE[criterion.state]
    if criterion.state == "holds" and not criterion.lasted:
        return "warn", "true, not for long enough yet", "holding"
    return _WATCHED[criterion.state]


def detail(criterion: CriterionView) -> str:
    """The second line of a criterion: why where it is not known, over what where it is."""
    if criterion.state in ("unknown", "inconclusive"):
        prefix = f"could not measure {criterion.name}: "
        if criterion.sentence == "not measured yet":
            return ""  # the word beside it says so
        claimed = f"could not measure whether {criterion.name}: "
        return criterion.sentence.removeprefix(prefix).removeprefix(claimed).removeprefix(f"{criterion.name} ")
    return f"over {format_duration(criterion.window)}" if criterion.window else ""


def target_words(criterion: CriterionView) -> tuple[str, str]:
    """(comparator, margin) as they are printed: `≥` and `−40 %`."""
    printed = {">=": "≥", "<=": "≤", "==": "="}.get(criterion.comparator, criterion.comparator)
    return printed, criterion.margin.replace("-", "−").replace("%", " %")


def answered(flag: FlagView) -> str:
    """How often the flag was answered in the last hour and with what; empty where that is not known."""
    if flag.hour is None:
        return ""
    total = sum(flag.hour.values())
    if not total:
        return "not asked for in the last hour"
    shown = sorted(flag.hour.items(), key=lambda pair: -pair[1])
    # With two variants the one that is brought says it all.
    if len(flag.hour) < _ALL_SHOWN and set(flag.hour) <= {flag.on, flag.off}:
        shown = [(flag.on, flag.hour.get(flag.on, 0))]
    parts = [f"{_share(times / total)} {name or CODE_DEFAULT}" for name, times in shown[:_MOST_SHOWN]]
    counted = f"{total:,} answers" if total > 1 else "1 answer"
    return f"{counted} in the last hour: {', '.join(parts)}{' …' if len(shown) > _MOST_SHOWN else ''}"


def _share(share: float) -> str:
    return f"{100 * share:.1f} %" if 0 < share < 1 else f"{100 * share:.0f} %"


def _in_zone(at: float, zone: str) -> datetime:
    return datetime.fromtimestamp(at, ZoneInfo(zone))
