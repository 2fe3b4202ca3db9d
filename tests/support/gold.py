"""What a careful person finds in a page (`tests/gold/*.yaml`), and how an importer's accounting is held against it.

The accounting is a document with `items`: `{kind, line, text, ...}`. A gold item is found where an item of its kind,
on its line, says the same; what the accounting says beyond the gold is invented. See `tests/gold/README.md`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML

from support.gold_facts import FACTS, differences, wanted_criteria

Item = Mapping[str, Any]  # one item of an accounting

TABLE_KINDS = ("phase", "box", "target", "stage", "alert", "trigger", "level", "risk", "cost")
SECTIONS = {
    "phases": "phase", "boxes": "box", "targets": "target", "stages": "stage", "alerts": "alert",
    "triggers": "trigger", "escalation": "level", "risks": "risk", "costs": "cost",
}  # fmt: skip
OTHERS = {
    "steps": "bullet", "bullets": "bullet", "objectives": "objective", "commands": "command", "variables": "variable",
    "services": "service", "routines": "routine", "milestones": "milestone", "channels": "channel",
    "announcements": "announcement", "dashboards": "dashboard", "roles": "role", "procedures": "procedure",
    "recovery": "recovery", "bugs": "bug", "flags": "flag", "bars": "bar",
}  # fmt: skip
OTHER_KINDS = tuple(dict.fromkeys(OTHERS.values()))
_TOP = {"page", "counts", "others", "either", *SECTIONS}
_PLACE = {"line", "through", "or", "block"}


@dataclass(frozen=True, slots=True)
class GoldItem:
    """One fact of the page: its kind, the source lines it stands on, and what must be said of it."""

    kind: str
    line: int
    last: int
    facts: Mapping[str, Any]
    instead: tuple[str, ...] = ()  # other kinds that may carry the fact (`or:`)
    block: bool = False  # a block of time that the page does not call a phase

    def near(self, line: int, slack: int) -> bool:
        """True where a source line lies on the item, or at most `slack` lines beside it."""
        return self.line - slack <= line <= self.last + slack

    def __str__(self) -> str:
        said = ", ".join(f"{name}: {value}" for name, value in self.facts.items())
        return f"{self.kind} {{ {said} }}"


@dataclass(frozen=True, slots=True)
class Gold:
    """The facts of one page; `either` names, by kind, lines that may be read either way."""

    page: str
    counts: Mapping[str, int]
    items: tuple[GoldItem, ...]
    either: Mapping[str, frozenset[int]]

    def of(self, kind: str) -> list[GoldItem]:
        """The items of one kind, in the order of the file."""
        return [item for item in self.items if item.kind == kind]


@dataclass(frozen=True, slots=True)
class Entry:
    """A line and what is to be said about it."""

    line: int
    reason: str

    def __str__(self) -> str:
        return f"line {self.line}: {self.reason}"


@dataclass(slots=True)
class Tally:
    """What became of one kind: `found`, `missed` (nothing said), `wrong` (said otherwise), `invented` (not there)."""

    found: list[Entry] = field(default_factory=list)
    missed: list[Entry] = field(default_factory=list)
    wrong: list[Entry] = field(default_factory=list)
    invented: list[Entry] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Outcome:
    """How an accounting compares with the gold, by kind."""

    page: str
    kinds: Mapping[str, Tally]

    def count(self, verdict: str, kinds: Iterable[str] = TABLE_KINDS) -> int:
        """How many entries of `found`, `missed`, `wrong` or `invented` there are."""
        return sum(len(getattr(self.kinds[kind], verdict)) for kind in kinds if kind in self.kinds)

    def recall(self, kinds: Iterable[str] = TABLE_KINDS) -> float:
        """The share of the gold that was found with the right content; 1.0 where the gold has nothing."""
        wanted = list(kinds)
        found = self.count("found", wanted)
        total = found + self.count("missed", wanted) + self.count("wrong", wanted)
        return found / total if total else 1.0

    def invented_share(self, kinds: Iterable[str] = TABLE_KINDS) -> float:
        """The share of what the accounting says that is not on the page; 0.0 where it says nothing."""
        wanted = list(kinds)
        invented = self.count("invented", wanted)
        total = invented + self.count("found", wanted) + self.count("wrong", wanted)
        return invented / total if total else 0.0

    def describe(self, kinds: Iterable[str] = TABLE_KINDS) -> str:
        """What was missed, wrong and invented, one line each, under a line of the two shares."""
        wanted = [kind for kind in kinds if kind in self.kinds]
        head = f"{self.page}: {self.recall(wanted):.1%} found, {self.invented_share(wanted):.1%} invented"
        return "\n".join([head, *self._complaints(wanted)])

    def _complaints(self, kinds: Sequence[str]) -> Iterator[str]:
        for kind in kinds:
            for verdict in ("missed", "wrong", "invented"):
                for entry in sorted(getattr(self.kinds[kind], verdict), key=lambda entry: entry.line):
                    yield f"  {verdict:8} {entry}"


def load_gold(path: Path) -> Gold:
    """Read one gold file. Raises ValueError with the file and the item where it is not well written."""
    document = YAML(typ="safe", pure=True).load(path.read_text(encoding="utf-8"))
    try:
        return read_gold(document)
    except ValueError as error:
        raise ValueError(f"{path.name}: {error}") from None


def read_gold(document: Mapping[str, Any]) -> Gold:
    """Read a gold document. Raises ValueError where it names what this module does not know."""
    others = document.get("others", {})
    unknown = (set(document) - _TOP) | (set(others) - set(OTHERS))
    if unknown:
        raise ValueError(f"unknown sections {sorted(unknown)}")
    items: list[GoldItem] = []
    for sections, chosen in ((SECTIONS, document), (OTHERS, others)):
        for section, kind in sections.items():
            items += [_gold_item(kind, row) for row in chosen.get(section, [])]
    either = {kind: frozenset(_lines(spans)) for kind, spans in document.get("either", {}).items()}
    return Gold(document["page"], document.get("counts", {}), tuple(items), either)


def _gold_item(kind: str, row: Mapping[str, Any]) -> GoldItem:
    facts = {name: value for name, value in row.items() if name not in _PLACE}
    unknown = set(facts) - set(FACTS)
    if unknown:
        raise ValueError(f"line {row.get('line')}: unknown facts {sorted(unknown)}")
    if kind == "target" and "is" not in facts:
        raise ValueError(f"line {row['line']}: a target without `is`")
    if "is" in facts:
        wanted_criteria(facts["is"])
    if kind in ("alert", "trigger"):
        facts.setdefault("is", "none")
    line = int(row["line"])
    return GoldItem(kind, line, int(row.get("through", line)), facts, tuple(row.get("or", ())), bool(row.get("block")))


def _lines(spans: Iterable[int | str]) -> Iterator[int]:
    for span in spans:
        first, _, last = str(span).partition("-")
        yield from range(int(first), int(last or first) + 1)


def count(gold: Gold) -> dict[str, int]:
    """Count a gold as the table of the five plans counts. Boxes are those with a tick or an empty box."""
    phases, targets, costs = gold.of("phase"), gold.of("target"), gold.of("cost")
    later = sum(phase.facts.get("later") is True for phase in phases)
    blocks = sum(phase.block for phase in phases)
    numeric = [target for target in targets if target.facts["is"] != "zero"]
    lines = [cost for cost in costs if cost.facts["kind"] == "line"]
    unpriced = sum(cost.facts.get("low") == "none" for cost in lines)
    kinds = Counter(str(cost.facts["kind"]) for cost in costs)
    return {
        "phases": len(phases) - later - blocks, "later": later, "blocks": blocks, "boxes": len(gold.of("box")),
        "targets": len(numeric), "target_lines": len({target.line for target in numeric}),
        "zero": len(targets) - len(numeric), "stages": len(gold.of("stage")), "alerts": len(gold.of("alert")),
        "triggers": len(gold.of("trigger")), "escalation": len(gold.of("level")), "risks": len(gold.of("risk")),
        "costs": len(lines) - unpriced, "unpriced": unpriced, "groups": kinds["group"], "totals": kinds["total"],
    }  # fmt: skip


def compare(gold: Gold, report: Mapping[str, Any]) -> Outcome:
    """Hold an accounting (`{"items": [...]}`) against the gold, kind by kind."""
    said: dict[str, list[Item]] = {}
    for item in report["items"]:
        said.setdefault(kind_of(item), []).append(item)
    kinds = (*TABLE_KINDS, *OTHER_KINDS)
    return Outcome(gold.page, {kind: _tally(kind, gold, said) for kind in kinds})


def kind_of(item: Item) -> str:
    """The kind an item is measured as: a box without a checkbox is a `bullet`."""
    return "bullet" if item["kind"] == "box" and item.get("checked") is None else str(item["kind"])


def _tally(kind: str, gold: Gold, said: Mapping[str, Sequence[Item]]) -> Tally:
    """Right content on the line first, then one line beside it, then another kind; what is left is wrong or missed."""
    tally, items, used = Tally(), said.get(kind, ()), set[int]()
    waiting = gold.of(kind)
    for slack in (0, 1):
        waiting = [wanted for wanted in waiting if not _match(wanted, items, used, slack, tally)]
    for wanted in waiting:
        if _told_otherwise(wanted, said):
            tally.found.append(Entry(wanted.line, f"{wanted}, told as another kind"))
        elif not _mismatch(wanted, items, used, tally):
            tally.missed.append(Entry(wanted.line, str(wanted)))
    tally.invented += _invented(kind, gold, items, used)
    return tally


def _match(wanted: GoldItem, items: Sequence[Item], used: set[int], slack: int, tally: Tally) -> bool:
    # Outside the table's kinds one item may answer several facts: an announcement names all its channels at once.
    once = wanted.kind in TABLE_KINDS
    for index, item in enumerate(items):
        if (once and index in used) or not wanted.near(item["line"], slack):
            continue
        if not differences(wanted.facts, item):
            used.add(index)
            tally.found.append(Entry(wanted.line, str(wanted)))
            return True
    return False


def _told_otherwise(wanted: GoldItem, said: Mapping[str, Sequence[Item]]) -> bool:
    """True where an item of a kind that the gold allows in its place carries the words of the fact."""
    words = {"words": wanted.facts["words"]} if "words" in wanted.facts else {}
    for kind in wanted.instead:
        if kind == "expect":  # an expected result stands one line or more below its box, and is told with the box
            expecting = [item for items in said.values() for item in items if item.get("expect")]
            texts = [{"line": item["line"], "text": item["expect"]} for item in expecting if item["line"] < wanted.line]
            if any(not differences(words, item) for item in texts if wanted.line - item["line"] <= 5):
                return True
        elif any(wanted.near(item["line"], 1) and not differences(words, item) for item in said.get(kind, ())):
            return True
    return False


def _mismatch(wanted: GoldItem, items: Sequence[Item], used: set[int], tally: Tally) -> bool:
    here = [index for index, item in enumerate(items) if index not in used and wanted.near(item["line"], 0)]
    if not here:
        return False
    nearest = min(here, key=lambda index: len(differences(wanted.facts, items[index])))
    used.add(nearest)
    tally.wrong.append(Entry(wanted.line, f"{wanted.kind}: {'; '.join(differences(wanted.facts, items[nearest]))}"))
    return True


def _invented(kind: str, gold: Gold, items: Sequence[Item], used: set[int]) -> Iterator[Entry]:
    loose = gold.either.get(kind, frozenset())
    for index, item in enumerate(items):
        if index not in used and item["line"] not in loose:
            said = item.get("text") or item.get("title") or item.get("name") or item.get("metric") or ""
            yield Entry(item["line"], f"{kind} {str(said)[:80]!r} is not in the gold")
