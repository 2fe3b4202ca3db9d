"""Where a launch stands, in words: one headline and one sentence that every screen, message and log line shares."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from tminus.core.advance import Blocker, advance
from tminus.core.earning import served_share
from tminus.core.facts import Facts
from tminus.core.outline import Outline
from tminus.core.reach import place_words
from tminus.core.scheduling import waiting_changes
from tminus.core.state import ActionPhase, ActionState, State, Status
from tminus.core.story import because
from tminus.plan.quantity import format_duration, format_percent


@dataclass(frozen=True, slots=True)
class Situation:
    """`tone` is one of going, waiting, holding, bad, good, ended: for the colour, never instead of the words."""

    headline: str
    sentence: str
    tone: str
    blockers: tuple[Blocker, ...] = ()
    until: float | None = None  # when it goes on at the earliest
    roles: tuple[str, ...] = ()  # who can act


def describe(outline: Outline, state: State, facts: Facts, now: float) -> Situation:
    """The situation at `now`."""
    found = _stands(outline, state, facts, now)
    said = found.blockers[0].id if found.blockers and not state.held_by else ""  # the sentence begins with it
    ends = state.status.ended or state.abort_by
    waiting = [] if ends else [one for one in waiting_changes(outline, state, now) if one.id != said]
    return replace(found, sentence=" ".join((found.sentence, *(_sentence(one.text) for one in waiting))))


def _stands(outline: Outline, state: State, facts: Facts, now: float) -> Situation:
    match state.status:
        case Status.NEW:
            return Situation("NOT STARTED", "The launch has not begun.", "waiting")
        case Status.COMPLETED:
            lasted = format_duration((state.ended_at or now) - state.started_at)
            return Situation("LAUNCHED", f"Every phase is done, after {lasted}.", "good")
        case Status.ABORTED:
            return Situation("ABORTED", f"A person ended the launch. Everybody has the default.{_left(state)}", "ended")
        case Status.ROLLING_BACK | Status.ROLLED_BACK:
            return _gone_back(outline, state, now)
        case Status.RUNNING:
            return _running(outline, state, facts, now)


def _gone_back(outline: Outline, state: State, now: float) -> Situation:
    rollback = state.rollback
    assert rollback is not None
    actions = _rollback_actions(state)
    why = f"{rollback.cause['text']}. Everybody has had the default for {format_duration(now - rollback.started_at)}."
    if state.status is Status.ROLLING_BACK:
        pending = [a.request.title for a in actions if not a.settled and a.phase is not ActionPhase.IN_DOUBT]
        doing = f" Still to do: {', '.join(pending)}." if pending else ""
        then = " Then the launch ends." if state.abort_by else ""
        return Situation("ROLLING BACK", why + doing + _doubtful(actions) + then, "bad")
    failed = _failed(rollback.failed)
    mend = " When it is mended, resume sends it out again from the first stage."
    return Situation("ROLLED BACK", why + failed + mend, "bad")


def _rollback_actions(state: State) -> list[ActionState]:
    prefix = f"rollback:{state.rollbacks}:"
    return [action for key, action in state.actions.items() if key.startswith(prefix)]


def _doubtful(actions: list[ActionState]) -> str:
    doubtful = [action.request.title for action in actions if action.phase is ActionPhase.IN_DOUBT]
    return f" In doubt: {', '.join(doubtful)}; settle says whether it happened." if doubtful else ""


def _failed(titles: Sequence[str]) -> str:
    return f" These actions failed: {', '.join(titles)}." if titles else ""


def _left(state: State) -> str:
    """What a rollback left undone when the launch was ended."""
    cut_short = state.rollback is not None and state.rollback.completed_at is None
    if cut_short:
        return " The rollback was not completed: look what is left of it."
    return _failed(state.rollback.failed) if state.rollback and state.abort_by else ""


def _running(outline: Outline, state: State, facts: Facts, now: float) -> Situation:
    blockers = advance(outline, state, facts, now).blockers
    until = max((b.until for b in blockers if b.until), default=None)
    roles = tuple(dict.fromkeys(role for b in blockers for role in b.roles))
    place = where(outline, state)
    if state.held_by:
        why = f"{state.held_by} holds the launch{because(state.held_why)}"
        return Situation(f"HELD {place}", f"{why}. Resume lets it go on.", "holding", blockers, until, roles)
    if state.hold:
        more = f" (and {len(blockers) - 1} more)" if len(blockers) > 1 else ""
        text = f"Holding: {blockers[0].text}{more}." if blockers else "Holding."
        if roles:
            text += f" {_listed(roles)} can act."
        return Situation(f"HOLDING {place}", text, "holding", blockers, until, roles)
    if blockers:
        left = f" Goes on in {format_duration(max(until - now, 0))} at the earliest." if until and until > now else ""
        rest = [b.text for b in blockers]
        return Situation(f"RUNNING {place}", f"{_sentence(rest[0])}{left}", "going", blockers, until, roles)
    return Situation(f"RUNNING {place}", "Going on.", "going")


def where(outline: Outline, state: State) -> str:
    """`AT 15 %` or `AT 15 % IN EUROPE` or `WITH STAFF` during a stage, the phase's title otherwise."""
    if state.stage:
        stage, share = outline.stages[state.stage].stage, served_share(outline.stages[state.stage])
        if stage.to == 0 and stage.cohorts:
            return f"WITH {', '.join(stage.cohorts).upper()}"
        return f"AT {format_percent(share)} {place_words(outline.plan, stage.regions).upper()}".rstrip()
    phase = outline.phases.get(state.phase or "")
    return f"IN {(phase.title or phase.id).upper()}" if phase else ""


def _sentence(text: str) -> str:
    return f"{text[:1].upper()}{text[1:]}."


def _listed(roles: tuple[str, ...]) -> str:
    names = [role.replace("-", " ").capitalize() if n == 0 else role.replace("-", " ") for n, role in enumerate(roles)]
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"
