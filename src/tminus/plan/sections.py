"""What stands around the phases, as tables of words that every drawing shows alike: risks, budget, routines, and so on."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime

from tminus.plan import places
from tminus.plan.around import Budget, BudgetLine
from tminus.plan.fields import Start
from tminus.plan.flagging import share_words
from tminus.plan.model import Plan
from tminus.plan.money import Cost
from tminus.plan.timespans import Section

_Rows = list[tuple[str, ...]]


def sections(plan: Plan, line: Callable[[str], str]) -> Iterator[Section]:
    """The parts of the plan that have something in them; `line` makes somebody's words fit to be drawn.

    A column in which nothing stands is left out.
    """
    before_budget, roadmap = _tables(plan)
    for table in before_budget:
        yield from _section(table, line)
    yield from _budget(plan.budget, line)
    yield from _section(roadmap, line)


_Table = tuple[str, str, str, tuple[str, ...], _Rows]


def _tables(plan: Plan) -> tuple[tuple[_Table, ...], _Table]:
    """The tables of words, and the one that stands last."""
    first = (_changes, _kpis, _milestones, _announcements, _routines, _escalation, _bugs, _risks, _recovery, _runbooks)
    return (*(make(plan) for make in first), _dashboards(plan)), _roadmap(plan)


def _section(table: _Table, line: Callable[[str], str], sums: tuple[int, ...] = ()) -> Iterator[Section]:
    key, title, note, columns, rows = table
    if not rows:
        return
    cells = [tuple(line(cell) for cell in row) for row in rows]
    kept = [number for number in range(len(columns)) if any(row[number] for row in cells)]
    shown = tuple(tuple(row[number] for number in kept) for row in cells)
    yield Section(key, title, note, tuple(columns[number] for number in kept), shown, sums)


def _changes(plan: Plan) -> _Table:
    changes = [(one.at, flag.title or name, one) for _, name, flag in places.flags(plan) for one in flag.changes]
    rows: _Rows = []
    for at, name, one in sorted(changes, key=lambda change: change[0]):
        where = ", ".join(_title(plan.regions.get(region), region) for region in one.regions)
        rows.append((start_words(at), name, " in ".join(filter(None, (share_words(one.share), where)))))
    note = "T-minus makes them by itself, whichever phase the launch is in."
    return "changes", "Scheduled changes of flags", note, ("When", "Flag", "To"), rows


def _kpis(plan: Plan) -> _Table:
    rows: _Rows = [
        (one.title or one.group, one.that.text, one.group if one.title else "", one.by, _role(plan, one.owner))
        for one in plan.kpis
    ]
    note = "Measured where they have a source, and shown; they hold nothing."
    return "kpis", "Targets", note, ("What", "Target", "Group", "By", "Owner"), rows


def _milestones(plan: Plan) -> _Table:
    rows: _Rows = [(one.at.text, one.title, _list(one.do), _role(plan, one.owner)) for one in plan.milestones.values()]
    note = "T-minus does not act on them yet."
    return "milestones", "Milestones", note, ("When", "What", "Then", "Owner"), rows


def _announcements(plan: Plan) -> _Table:
    rows: _Rows = []
    for one in plan.announcements.values():
        when = " · ".join(filter(None, (start_words(one.at), one.when, _phase(plan, one.phase))))
        channels = ", ".join(_title(plan.channels.get(name), name) for name in one.channels)
        rows.append((one.title, when, channels, one.audience, _role(plan, one.owner)))
    note = "T-minus does not send them yet: each is a box in its phase, which its owner signs."
    return "announcements", "Announcements", note, ("What", "When", "Where", "For", "Owner"), rows


def _routines(plan: Plan) -> _Table:
    rows: _Rows = []
    for name, one in plan.routines.items():
        when = ", ".join(filter(None, (f"every {one.every}", one.at.text if one.at else "", _phase(plan, one.phase))))
        rows.append(
            (one.title or name, when, one.lasts.text if one.lasts else "", _list(one.do), _role(plan, one.owner))
        )
    note = "T-minus does not remind anybody yet: a routine of a phase is a box there, which its owner signs."
    return "routines", "Routines", note, ("What", "When", "Takes", "To do", "Owner"), rows


def _escalation(plan: Plan) -> _Table:
    rows: _Rows = []
    for number, one in enumerate(plan.escalation, 1):
        after = f"after {one.after.text}" if one.after and one.after.seconds else "at once" if one.after else ""
        until = f"until {one.until.text}" if one.until else ""
        told = ", ".join(_role(plan, role) for role in one.notify)
        rows.append((f"{number} {one.title}".strip(), " ".join(filter(None, (after, until))), told, _list(one.notes)))
    note = "T-minus does not page by level yet: that they can be reached is a box before the rollout."
    return "escalation", "Escalation", note, ("Level", "When", "Who", "Notes"), rows


def _bugs(plan: Plan) -> _Table:
    rows: _Rows = [
        (one.title or name, one.fix, _phase(plan, one.before), _role(plan, one.owner))
        for name, one in plan.bugs.items()
    ]
    note = "T-minus does not count bugs yet: that none is open is a box of the phase."
    return "bugs", "Bugs", note, ("Priority", "Is fixed", "Before", "Owner"), rows


def _risks(plan: Plan) -> _Table:
    rows: _Rows = [
        (
            one.risk,
            one.group,
            one.probability.value if one.probability else "",
            one.impact.value if one.impact else "",
            _list(one.mitigation),
            _role(plan, one.owner),
        )
        for one in plan.risks
    ]
    return "risks", "Risks", "", ("Risk", "Group", "Likely", "Grave", "What is done about it", "Owner"), rows


def _recovery(plan: Plan) -> _Table:
    one, rows = plan.recovery, _Rows()
    if one is not None:
        named = (
            ("Back within", one.rto.text if one.rto else ""),
            ("Lost at most", one.rpo.text if one.rpo else ""),
            ("A backup every", one.every.text if one.every else ""),
            ("Drill", one.drill or ""),
            ("Owner", _role(plan, one.owner)),
        )
        rows = [pair for pair in named if pair[1]]
    note = "T-minus makes no backup and restores nothing yet: the drill is a box, which its owner signs."
    return "recovery", "Recovery", note, ("What", "How much"), rows


def _runbooks(plan: Plan) -> _Table:
    rows: _Rows = [
        (one.title or name, one.kind, one.within.text if one.within else "", _list(one.do), _role(plan, one.owner))
        for name, one in plan.runbooks.items()
    ]
    return (
        "runbooks",
        "Runbooks",
        "For people; T-minus shows them.",
        ("Runbook", "For", "Within", "To do", "Owner"),
        rows,
    )


def _dashboards(plan: Plan) -> _Table:
    rows: _Rows = [(one.title, one.audience, _list(one.shows)) for one in plan.dashboards]
    return "dashboards", "Dashboards", "T-minus has its own console; these are yours.", ("Screen", "For", "Shows"), rows


def _roadmap(plan: Plan) -> _Table:
    rows: _Rows = [(one.title, one.when, _list(one.do)) for one in plan.roadmap]
    return "roadmap", "Roadmap", "What comes after the launch. It does not run.", ("What", "When", "In it"), rows


def _budget(budget: Budget | None, line: Callable[[str], str]) -> Iterator[Section]:
    """Every group with its lines and its sum, then the whole: what the lines come to, and what the team has stated."""
    if budget is None:
        return
    rows, sums = _Rows(), []
    for group in dict.fromkeys([*(one.group for one in budget.lines), *budget.groups]):
        lines = [one for one in budget.lines if one.group == group]
        rows += [_position(one) for one in lines]
        if group:
            sums.append(len(rows))
            rows.append((group, _sum_words(lines, budget.groups.get(group)), "", ""))
    if rows or budget.total is not None:
        per = f" a {budget.per}" if budget.per and budget.total else ""
        sums.append(len(rows))
        rows.append(("Total", _sum_words(budget.lines, budget.total, per), "", ""))
    table = ("budget", "Budget", "", ("Position", "Cost", "Came to", "Notes"), rows)
    yield from _section(table, line, tuple(sums))


def _position(one: BudgetLine) -> tuple[str, ...]:
    cost = one.cost.text if one.cost else "no price yet"
    times = f" × {one.times:g}" if one.times != 1 else ""
    per = f" a {one.per}" if one.per else ""
    return one.title, f"{cost}{times}{per if one.cost else ''}", one.actual.text if one.actual else "", _list(one.notes)


def _sum_words(lines: Sequence[BudgetLine], stated: Cost | None, per: str = "") -> str:
    said = f"stated {stated.text}{per}" if stated else ""
    found = " + ".join(budget_sums(lines))
    return " · ".join(filter(None, (f"lines give {found}" if found else "", said)))


def budget_sums(lines: Sequence[BudgetLine]) -> list[str]:
    """What the priced lines come to: one sum for each currency and for each of once, a month, a year."""
    sums: dict[tuple[str, str], tuple[float, float, bool]] = {}
    for one in lines:
        if one.cost is not None:
            key = (one.cost.currency, one.per or "")
            low, high, more = sums.get(key, (0.0, 0.0, False))
            cost = one.cost
            sums[key] = (low + cost.low * one.times, high + cost.high * one.times, more or cost.open_end)
    priced = {key: amounts for key, amounts in sums.items() if key[0] or len(sums) == 1}  # what is free adds nothing
    return [_amount(currency, per, *amounts) for (currency, per), amounts in priced.items()]


def _amount(currency: str, per: str, low: float, high: float, more: bool) -> str:
    numbers = _number(low) if low == high else f"{_number(low)}..{_number(high)}"
    money = f"{numbers}{'+' if more else ''}"
    money = f"{money} {currency}" if currency.isalpha() else f"{currency}{money}"
    return f"{money} a {per}" if per else money


def _number(value: float) -> str:
    return f"{value:,.0f}" if value == round(value) else f"{value:,.2f}"


def start_words(start: Start | None) -> str:
    """A start as people read it: `2026-01-12 09:00`, `+3d`, `Monday 09:00`."""
    if start is None:
        return ""
    return f"{start:%Y-%m-%d %H:%M}" if isinstance(start, datetime) else start.text


def _list(words: Sequence[str]) -> str:
    return "; ".join(words)


def _title(known: object, name: str) -> str:
    return getattr(known, "title", "") or name


def _role(plan: Plan, role: str | None) -> str:
    return _title(plan.roles.get(role), role) if role else ""


def _phase(plan: Plan, phase: str | None) -> str:
    return next((one.title or one.id for one in plan.phases if one.id == phase), phase or "")
