"""From what was understood of a page to the text of a plan. Pure: the same draft gives the same text."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from tminus.importer.draft import Draft
from tminus.importer.fingerprints import fingerprint_bytes, fingerprint_lines
from tminus.importer.writing_book import Book, Doubt, filled, noted
from tminus.importer.writing_names import budget, environments, flags, roles
from tminus.importer.writing_phases import phases
from tminus.importer.writing_sections import (
    alerts,
    announcements,
    bugs,
    channels,
    dashboards,
    escalation,
    kpis,
    measures,
    milestones,
    recovery,
    risks,
    rollback,
    routines,
    runbooks,
    services,
    timeline,
)
from tminus.importer.writing_values import moment, timezone
from tminus.importer.yaml_text import Layout, Part, Value, comment_text
from tminus.plan.document import LARGEST_BYTES

_TOGETHER = 64  # lines
HEADER = (
    "# Imported from {name}. `line 7` behind a # is a line of that page.",
    "# Change what you like. After the page has changed, the same command merges what is new and keeps what is yours:",
    "#   tminus import {name} -o plan.yaml",
)
_ABOVE = {
    "roles": "Who signs and who is told. Give each a `reach: env:NAME` with the variable that holds its address.",
    "environments": "Where phases happen, and the variables that must be set there. Values never stand in a plan.",
    "services": "Containers of the release and how they say that they are well.",
    "metrics": "What the criteria speak of. A metric without a source waits for a role: give it a `source`, or `attest: ROLE`.",
    "cohorts": "Groups that a stage lets in. Say who they are with `users` or `rule`.",
    "rollback": "Any one of these starts the rollback.",
    "alerts": "People are told; nothing moves.",
    "kpis": "What is measured and shown; nothing waits for it.",
    "escalation": "Who is called when an incident lasts.",
    "runbooks": "What people do, step by step.",
    "roadmap": "What comes after the launch. It is kept and shown, and does not run.",
    "notes": "What the page says besides.",
    "later": "What the page says and T-minus cannot run as it stands there: give it a number, and move it.",
}


@dataclass(frozen=True, slots=True)
class Written:
    """A plan's text, and where everything came to stand: JSON pointers by the id() of a part, and by source line."""

    data: bytes  # the text in UTF-8: as str, one emoji makes each of its characters as large as itself
    places: dict[int, str]
    line_places: dict[int, str]
    doubts: tuple[Doubt, ...]

    @property
    def text(self) -> str:
        """The plan as text; made anew each time."""
        return self.data.decode("utf-8", "surrogatepass")


def write(draft: Draft, name: str) -> Written:
    """The plan for a draft; `name` is the page's file name, for the comment at the top."""
    book = Book()
    tree = plan_tree(book, draft, name)
    layout = Layout()
    shown = comment_text(name)
    layout.lines += [line.format(name=shown) for line in HEADER]
    prints = bytearray()
    text: list[bytes] = []
    for key in list(tree):
        # Section by section: the values of a large page need not be there as values and as text at the same time.
        value = tree.pop(key)
        _section(layout, key, value)
        prints += fingerprint_bytes(key, value)
        del value
        text += _encoded(layout.lines)
        layout.lines.clear()
    if draft.title_line:
        layout.line_places.setdefault(draft.title_line, "/title")
    text += _encoded(["", *fingerprint_lines(prints)])
    del prints
    book.doubts += _too_much(draft, sum(map(len, text)))
    return Written(b"".join(text), layout.places, layout.line_places, tuple(book.doubts))


def _encoded(lines: list[str]) -> Iterator[bytes]:
    """Lines of text as bytes: one emoji makes each character of a text as large as itself."""
    for start in range(0, len(lines), _TOGETHER):
        yield ("\n".join(lines[start : start + _TOGETHER]) + "\n").encode("utf-8", "surrogatepass")


def _too_much(draft: Draft, size: int) -> Iterator[Doubt]:
    """What is doubtful about a page that is too long to be a plan."""
    if draft.unread:
        words = f"line {draft.unread:,} and all that follow"
        yield Doubt(draft.unread, words, "the page has more lines than a plan can have: the rest is kept as one note")
    if size > LARGEST_BYTES:
        why = f"`tminus check` reads plans of at most {LARGEST_BYTES:,} bytes: split the page"
        yield Doubt(1, f"the plan has {size:,} bytes", why)


def above(key: str) -> str:
    """What stands in a comment above a section; empty for most."""
    return _ABOVE.get(key, "")


def plan_tree(book: Book, draft: Draft, name: str) -> dict[str, Value]:
    """The plan as values, in the order in which it is written. Names are defined where they stand first."""
    flags(book, draft)
    roles(book, draft)
    environments(book, draft)
    channels(book, draft)
    body: dict[str, Value] = {"phases": phases(book, draft)}
    body["rollback"] = rollback(book, draft.triggers)
    body["alerts"] = alerts(book, draft.alerts)
    body["kpis"] = kpis(book, [*draft.targets, *book.late_kpis])
    body["escalation"] = escalation(book, draft)
    body["runbooks"] = runbooks(book, draft.procedures)
    body["recovery"] = recovery(book, draft.recovery)
    body["bugs"] = bugs(book, draft)
    body["risks"] = risks(book, draft)
    body["budget"] = budget(book, draft)
    told = announcements(book, draft)
    body |= {"channels": book.channels.entries, "announcements": told, "routines": routines(book, draft.routines)}
    body["milestones"] = milestones(book, draft)
    body["dashboards"] = dashboards(book, draft)
    measures(book, draft)
    timeline(book, draft)
    defined = {
        "roles": book.roles.entries,
        "environments": book.environments.entries,
        "services": services(book, draft),
        "metrics": book.metric_entries(),
        "cohorts": book.cohorts.entries,
        "regions": book.regions.entries,
        "flags": book.flags.entries,
    }
    head = _head(book, draft, name)
    # A plan without phases has its one phase hold the page's lines.
    nothing = not any(isinstance(phase, Part) for phase in body["phases"])
    notes = book.notes + ([] if nothing else noted(draft.notes))
    rest = {"roadmap": book.roadmap, "notes": notes, "later": book.later}
    return head | filled(defined) | filled(body) | filled(rest)


def _head(book: Book, draft: Draft, name: str) -> dict[str, Value]:
    starts, zone = moment(draft.starts), timezone(draft.timezone)
    if draft.starts and not starts:
        book.notes.append(Part(f"Starts {draft.starts}"))
    if draft.timezone and not zone:
        book.doubts.append(
            Doubt(draft.title_line, draft.timezone, "this is no name of a time zone such as Europe/Zurich")
        )
        book.notes.append(Part(f"Time zone: {draft.timezone}"))
    book.keep((line, f"{label}: {value}" if label else value) for line, label, value in draft.facts)
    title = draft.title.strip() or name.rpartition(".")[0] or name or "Launch"
    shown = filled({"summary": draft.summary, "starts": starts, "timezone": zone})
    return {"tminus": 1, "title": Part(title, (draft.title_line,) if draft.title_line else ())} | shown


def _section(layout: Layout, key: str, value: Value) -> None:
    """One section, with a blank line and a word about it before; the entries of long ones each on lines of their own."""
    head = not isinstance(value, dict | list)
    if not head or key == "tminus":
        layout.lines.append("")
    if key in _ABOVE:
        layout.lines.append(f"# {_ABOVE[key]}")
    if head:
        layout.key(0, key, value, "")
        return
    layout.lines.append(f"{key}:")
    if isinstance(value, dict):
        for name, entry in value.items():
            layout.key(2, name, entry, f"/{key}")
        return
    for number, entry in enumerate(value):
        if key == "phases" and number:
            layout.lines.append("")
        layout.member(2, entry, f"/{key}/{number}")
