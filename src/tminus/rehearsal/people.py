"""The people of a rehearsal: they sign what they are asked to, after as long as they take."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta, tzinfo
from math import inf
from zlib import crc32

from tminus.core.advance import Blocker, advance
from tminus.core.commands import go, settle, sign
from tminus.core.events import Event
from tminus.core.facts import Facts
from tminus.core.outline import Outline
from tminus.core.state import ActionPhase, State, Status
from tminus.engine import Ledger
from tminus.errors import Conflict

_OPENS, _CLOSES = 9, 17  # office hours, Monday to Friday
_SATURDAY = 5


@dataclass(frozen=True, slots=True)
class Person:
    """Who fills a role: answers `delay` seconds after being asked (between half of it and twice as long, where it
    `varies`), in `office` hours alone, or never."""

    delay: float = 0.0
    absent: bool = False
    office: bool = False
    varies: bool = False


@dataclass
class People:
    """Every role says yes `delay` seconds after it was first asked; the roles in `absent` never answer. `each` says it
    role by role; office hours are those of `zone`. A `mender` settles steps that failed for good or may have happened:
    once they are tried again, then they are done by hand."""

    delay: float = 0.0
    absent: frozenset[str] = frozenset()
    name: str = "rehearsal"
    each: Mapping[str, Person] = field(default_factory=dict)
    everybody: Person | None = None
    zone: tzinfo = UTC
    seed: int = 1
    mender: Person | None = None
    _tried: set[str] = field(default_factory=set)
    _answers: dict[str, float] = field(default_factory=dict)
    _waiting: list[float] = field(default_factory=list)

    def act(self, ledger: Ledger, facts: Facts, now: float) -> bool:
        """Answer what is due; True where somebody did."""
        return self.answer(ledger, advance(ledger.outline, ledger.state, facts, now).blockers, now)

    def answer(self, ledger: Ledger, blockers: Sequence[Blocker], now: float) -> bool:
        """As `act`, with what is in the way of the launch now."""
        self._waiting.clear()
        state = ledger.state
        if state.status is not Status.RUNNING or state.hold_since is None:
            return False
        answered = False
        try:
            for key, role, kind in open_questions_of(blockers):
                if self._has_answered(f"{state.run}:{key}:{role}", self._person(role), now):
                    ledger.record(answer_of(ledger.outline, ledger.state, key, role, kind), f"{role} ({self.name})")
                    answered = True
            return self._mend(ledger, blockers, now) or answered
        except Conflict:
            return answered

    def _mend(self, ledger: Ledger, blockers: Sequence[Blocker], now: float) -> bool:
        """Settle what only a person can settle; True where somebody did."""
        mended = False
        for key in broken(ledger.state, blockers) if self.mender else ():
            tried = key in self._tried
            if self.mender and self._has_answered(f"{key}:{tried}", self.mender, now):
                ledger.record(settle(ledger.outline, ledger.state, key, "done" if tried else "again"), self.name)
                self._tried.add(key)
                mended = True
        return mended

    def _has_answered(self, name: str, person: Person, now: float) -> bool:
        """Whether who was asked first under this name has answered by now; else when it will be is noted."""
        if name not in self._answers:
            self._answers[name] = self._answers_at(person, name, now)
        if now < self._answers[name]:
            self._waiting.append(self._answers[name])
            return False
        return True

    def _person(self, role: str) -> Person:
        found = self.each.get(role, self.everybody or Person(self.delay))
        return replace(found, absent=True) if role in self.absent else found

    @property
    def next_answer(self) -> float:
        """When the next answer comes of those that are waited for, in Unix seconds; infinite where none will."""
        return min(self._waiting, default=inf)

    def _answers_at(self, person: Person, name: str, now: float) -> float:
        if person.absent:
            return inf
        delay = person.delay
        if person.varies:
            delay *= 2.0 ** (crc32(f"{self.seed}:{name}".encode()) / 2**31 - 1)
        return _in_office(now, delay, self.zone) if person.office else now + delay


def open_questions(outline: Outline, state: State, facts: Facts, now: float) -> list[tuple[str, str, str]]:
    """(what, role, kind) of every signature that the launch waits for at `now`: nobody signs before there is a reason."""
    return open_questions_of(advance(outline, state, facts, now).blockers)


def open_questions_of(blockers: Sequence[Blocker]) -> list[tuple[str, str, str]]:
    """(what, role, kind) of every signature that these blockers wait for."""
    questions = []
    for blocker in blockers:
        kind, _, rest = blocker.id.partition(":")
        if kind == "box":
            questions += [(rest, role, "sign") for role in blocker.roles]
        elif kind == "attest" and blocker.roles:
            questions.append((blocker.id, blocker.roles[0], "sign"))
        elif kind == "evidence" and blocker.roles:
            questions.append((blocker.id.rpartition(":")[0], blocker.roles[0], "sign"))
        elif kind == "go":
            questions.append((rest.rpartition(":")[0], blocker.roles[0], "go"))
    return list(dict.fromkeys(questions))  # several metrics may wait for one word


def broken(state: State, blockers: Sequence[Blocker]) -> list[str]:
    """The keys of the actions among these blockers that wait for a person to settle them."""
    keys = [blocker.id.partition(":")[2] for blocker in blockers if blocker.kind == "action"]
    return [key for key in keys if state.actions[key].phase in (ActionPhase.FAILED, ActionPhase.IN_DOUBT)]


def _in_office(asked: float, seconds: float, zone: tzinfo) -> float:
    """When `seconds` of office time have passed since `asked`, in Unix seconds."""
    local = datetime.fromtimestamp(asked, zone)
    while True:
        opens, closes = (_at(local, hour, zone) for hour in (_OPENS, _CLOSES))
        begins = max(opens, asked)
        if local.weekday() < _SATURDAY and begins < closes:
            if seconds <= closes - begins:
                return begins + seconds
            seconds -= closes - begins
        local = (local.replace(tzinfo=None) + timedelta(days=1)).replace(tzinfo=zone)


def _at(day: datetime, hour: int, zone: tzinfo) -> float:
    return day.replace(hour=hour, minute=0, second=0, microsecond=0, tzinfo=zone).timestamp()


def answer_of(outline: Outline, state: State, key: str, role: str, kind: str) -> Sequence[Event]:
    """What is recorded when a role answers a question. Raises `UsageError` where it may not."""
    if kind == "go":
        return [event for event in go(outline, state, role) if getattr(event, "gate", key) == key]
    return sign(outline, state, key, role)
