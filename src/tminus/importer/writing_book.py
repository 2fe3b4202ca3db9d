"""What is gathered while a plan is written: the names it defines, what is doubtful, and what is kept as a note."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field

from tminus.importer.countries import countries_in
from tminus.importer.draft import Target, Understood
from tminus.importer.metric_names import metric_name
from tminus.importer.phrases import criterion_text, plan_unit
from tminus.importer.writing_values import Names, criterion
from tminus.importer.yaml_text import Part, Value
from tminus.plan.checks_metrics import dimension_of
from tminus.plan.criterion import Change, Criterion
from tminus.plan.model import Metric
from tminus.plan.quantity import Dimension, Quantity, parse_quantity

_IDENTIFIER = re.compile(r"[A-Za-z][A-Za-z0-9_-]{0,99}")
_SEPARATORS = re.compile(r"\s*(?:[,;+&]|\band\b)\s*")


@dataclass(frozen=True, slots=True)
class Doubt:
    """Something that is uncertain, or that the plan language does not take as the page has it."""

    line: int
    text: str
    why: str


@dataclass(slots=True)
class _Use:
    """What the criteria on one metric say about it."""

    title: str
    line: int
    unit: str = ""
    baseline: str = ""
    dimensions: set[Dimension] = field(default_factory=set)
    asked: bool = True  # False: the page watches it and names no number


@dataclass(frozen=True, slots=True)
class Reached:
    """Who is in after a stage: a share, cohorts, regions (none: everywhere) and further features, by their ids."""

    share: float = 0.0
    cohorts: list[str] = field(default_factory=list)
    regions: list[str] = field(default_factory=list)
    features: list[str] = field(default_factory=list)


@dataclass(slots=True)
class Book:
    """Filled by the sections of the plan, in the order of the plan; read where the names are defined."""

    flag: str = ""  # what is rolled out
    reached: Reached | None = None  # who has it after the stages so far
    roles: Names = field(default_factory=lambda: Names("role"))
    environments: Names = field(default_factory=lambda: Names("environment"))
    cohorts: Names = field(default_factory=lambda: Names("cohort"))
    regions: Names = field(default_factory=lambda: Names("region"))
    flags: Names = field(default_factory=lambda: Names("feature"))
    channels: Names = field(default_factory=lambda: Names("channel"))
    metrics: dict[str, _Use] = field(default_factory=dict)
    countries: dict[str, frozenset[str] | None] = field(default_factory=dict)  # by region; None for everywhere
    notes: list[Part] = field(default_factory=list)
    later: dict[str, list[Value]] = field(default_factory=dict)
    roadmap: list[Value] = field(default_factory=list)
    late_kpis: list[Target] = field(default_factory=list)
    doubts: list[Doubt] = field(default_factory=list)
    reasons: set[str] = field(default_factory=set)  # for doubts, that have been said already

    def part(self, of: Understood, value: Value, *remarks: str) -> Part:
        """A value with the lines it comes from; its doubt is written behind it and reported."""
        if of.doubt:
            self.doubts.append(Doubt(of.line, words_of(of), of.doubt))
        remark = "; ".join([*(one for one in remarks if one), *([self._uncertain(of.doubt)] if of.doubt else [])])
        return Part(value, (of.line, *of.lines), of, remark)

    def _uncertain(self, why: str) -> str:
        """The reason where it comes up first; a hundred lines with the same reason only say that they are uncertain."""
        new = why not in self.reasons
        self.reasons.add(why)
        return f"uncertain: {why}" if new else "uncertain, as above"

    def doubt(self, of: Understood, why: str) -> None:
        """Report what the plan language does not take."""
        self.doubts.append(Doubt(of.line, words_of(of), why))

    def keep(self, notes: Iterable[tuple[int, str]]) -> None:
        """Keep lines as notes on the plan itself."""
        self.notes += noted(notes)

    def put_later(self, key: str, value: Value) -> None:
        """Keep what the plan language has no place for, as data."""
        self.later.setdefault(key, []).append(value)

    def people(self, words: str) -> list[str]:
        """The roles that these words name: `Engineering Lead + CTO` are two."""
        return list(dict.fromkeys(self.roles.id_of(one) for one in _SEPARATORS.split(words) if one.strip()))

    def region(self, words: str, of: Understood) -> str:
        """The region of that name."""
        found = countries_in(words)

        def entry() -> Value:
            if found is None:
                return {"title": words, "everywhere": True}
            return {"title": words, "countries": list(found)} if found else {"title": words}

        name = self.regions.id_of(words, entry)
        if name not in self.countries:
            self.countries[name] = None if found is None else frozenset(found)
            if found == ():
                self.doubt(of, f"which countries are in `{words[:60]}`?")
        return name

    def criterion(self, target: Target) -> str:
        """The target in the plan's grammar, its metric noted; empty where the grammar has no words for it."""
        text = criterion_text(target)
        found = criterion(text)
        if found is None or not _IDENTIFIER.fullmatch(found.metric):
            return ""
        if found.aggregate == "count" and found.change is None and found.target.dimension is not Dimension.COUNT:
            return ""
        title = metric_name(target.metric) or target.metric
        use = self.metrics.setdefault(found.metric, _Use(title, target.line))
        use.asked = True
        use.unit = use.unit or plan_unit(target)
        use.baseline = use.baseline or target.baseline
        use.dimensions |= _dimensions(found)
        return text

    def measure(self, name: str, title: str, line: int) -> bool:
        """Note a metric that is watched without a number; False where it is known already."""
        if not _IDENTIFIER.fullmatch(name) or name in self.metrics:
            return False
        self.metrics[name] = _Use(title, line, asked=False)
        return True

    def metric_entries(self) -> dict[str, Value]:
        """The metrics section: what each criterion asks for, with a unit where all of them agree on one."""
        return {name: _metric_entry(use) for name, use in self.metrics.items()}


def _dimensions(of: Criterion) -> set[Dimension]:
    if of.change is not None:
        return {Dimension.RATIO} if of.change is Change.POINTS else set()
    if of.aggregate == "count" or of.target.text == "0":
        return set()
    return {of.target.dimension}


def _metric_entry(use: _Use) -> Value:
    entry: dict[str, Value] = {"title": use.title}
    wanted = next(iter(use.dimensions)) if len(use.dimensions) == 1 else None
    unit_dimension = dimension_of(Metric(unit=use.unit)) if use.unit else None
    if use.unit and len(use.dimensions) < 2 and (not wanted or unit_dimension in (None, wanted)):
        entry["unit"] = use.unit
        wanted = unit_dimension or wanted
    baseline = _quantity(use.baseline)
    if baseline is not None and len(use.dimensions) < 2 and wanted in (None, baseline.dimension):
        entry["baseline"] = use.baseline
    return entry if use.asked else Part(entry, (use.line,))


def _quantity(text: str) -> Quantity | None:
    try:
        return parse_quantity(text) if text else None
    except (ValueError, OverflowError):
        return None


def noted(notes: Iterable[tuple[int, str]]) -> list[Part]:
    """Lines of the page as members of a list."""
    return [Part(text, (line,)) for line, text in notes if text.strip()]


def words_of(of: Understood) -> str:
    """What one part says, in a few words."""
    for name in ("text", "title", "name", "run", "metric", "rto"):
        found = getattr(of, name, "")
        if found:
            return str(found)
    return type(of).__name__.lower()


def filled(mapping: dict[str, Value]) -> dict[str, Value]:
    """The mapping without what is empty; numbers and truth values stay."""
    return {key: value for key, value in mapping.items() if value not in ("", None) and value != [] and value != {}}
