"""From an action in the plan to the events that ask for it.

What only T-minus itself does (a flag, the status page) is recorded as done in the same breath; what the world has to do
becomes an `ActionRequested` that the engine performs.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from tminus.core import events as e
from tminus.core.outline import Outline
from tminus.core.state import ActionPhase, ActionState, State, Status
from tminus.plan.layers import share_of
from tminus.plan.model import Action, CallAction, FlagAction, NotifyAction, RunAction, StatusAction

DEFAULT_TIMEOUT = 60.0


def ask(key: str, action: Action, outline: Outline, about: str = "") -> tuple[e.Event, ...]:
    """The events for one action under this idempotency key; `about` is what a message says where the plan says nothing."""
    match action:
        case FlagAction():
            return _at_once(key, title(action), e.FlagSet(flag=action.flag, share=share_of(action)))
        case StatusAction():
            published = e.StatusPublished(status=action.status, message=action.message or about)
            return _at_once(key, title(action), published)
        case NotifyAction():
            return (tell(key, action.notify, outline, action.message or about),)
        case RunAction():
            command = [action.run] if isinstance(action.run, str) else list(action.run)
            spec = {"command": command, "shell": isinstance(action.run, str), "cwd": action.cwd}
            return (_request(key, "run", spec, action),)
        case CallAction():
            spec = {"url": action.call, "method": action.method, "body": action.body, "token": action.token}
            return (_request(key, "call", spec, action),)


def title(action: Action) -> str:
    """What an action does, in a few words."""
    match action:
        case FlagAction():
            return f"flag {action.flag} to {action.to if isinstance(action.to, str) else f'{action.to:.3%}'}"
        case StatusAction():
            return f"status page: {action.status}"
        case NotifyAction():
            return f"notify {action.notify}"
        case RunAction():
            return f"run {action.run if isinstance(action.run, str) else ' '.join(action.run)}"
        case CallAction():
            return f"{action.method} {action.call}"


def tell(key: str, role: str, outline: Outline, body: str, severity: str = "info") -> e.ActionRequested:
    """A message to a role; where the role has no `reach` it stands in the log and on the console only."""
    known = outline.plan.roles.get(role)
    spec = {
        "role": role,
        "reach": known.reach if known else None,
        "title": outline.plan.title,
        "body": body,
        "severity": severity,
    }
    return e.ActionRequested(key=key, kind="notify", spec=spec, title=f"notify {role}", timeout=30.0)


def page(key: str, outline: Outline, state: State, body: str) -> tuple[e.ActionRequested, ...]:
    """A message to whoever can act now: the roles at the present gate, else every role that can be reached."""
    phase = outline.phases.get(state.phase or "")
    roles: Iterable[str] = (phase.go if phase else ()) or (r for r, known in outline.plan.roles.items() if known.reach)
    asked = (tell(f"{key}:{role}", role, outline, body, "critical") for role in roles)
    return tuple(request for request in asked if request.key not in state.actions)


def sequence(
    prefix: str, actions: Sequence[Action], outline: Outline, state: State, *, about: str = "", stop: bool = True
) -> tuple[tuple[e.Event, ...], list[ActionState]]:
    """What to ask for next of an ordered list, and what is still awaited of what was asked.

    An action waits for the one before it, except that a message never keeps anything waiting. With `stop` an action that
    failed or is in doubt keeps the rest from happening; without it (a rollback) the rest happens all the same. One in
    doubt stays awaited until a person settles it.
    """
    awaited: list[ActionState] = []
    for number, action in enumerate(actions):
        key = f"{prefix}:{number + 1}"
        known = state.actions.get(key)
        if known is None:
            return ask(key, action, outline, about), awaited
        if isinstance(action, NotifyAction) or known.phase is ActionPhase.DONE:
            continue
        if known.phase is ActionPhase.IN_DOUBT and not stop:
            # At worst it did not happen, and after a failure the rest is done too. Waiting for a person would leave a
            # broken release half in place; what must not happen without the one before belongs into one command.
            awaited.append(known)
        elif not known.settled or stop:
            return (), [*awaited, known]
    return (), awaited


def exposing(outline: Outline, state: State) -> bool:
    """True where somebody may have something that the launch brings; a banner that going back puts up is nothing of it."""
    return any(state.exposes(flag) for flag in state.flags if flag not in outline.fallbacks)


def is_overtaken(state: State, key: str) -> bool:
    """True for an action whose time is over: no attempt at it may start any more. A message is always worth sending.

    A step goes forward. Tried again after its launch was rolled back or ended, it would deploy what was just taken away;
    and what a rollback does would take away what a later run has brought.
    """
    if state.actions[key].request.kind == "notify":
        return False
    kind, _, rest = key.partition(":")
    match kind:
        case "step":
            return state.status is not Status.RUNNING or rest.split(":")[1] != str(state.run)
        case "rollback":
            return rest.split(":")[0] != str(state.rollbacks) or state.status in (Status.RUNNING, Status.COMPLETED)
        case "probe-http" | "probe-command":
            return state.status.ended
    return False


def _at_once(key: str, words: str, event: e.Event) -> tuple[e.Event, ...]:
    request = e.ActionRequested(key=key, kind="state", spec={}, title=words)
    return request, event, e.ActionSucceeded(key=key, title=words, attempt=1)


def _request(key: str, kind: str, spec: dict[str, object], action: RunAction | CallAction) -> e.ActionRequested:
    timeout = action.timeout.seconds if action.timeout else DEFAULT_TIMEOUT
    once = isinstance(action, RunAction) and action.once
    return e.ActionRequested(
        key=key, kind=kind, spec=spec, title=title(action), timeout=timeout, once=once, attempts=1 if once else 5
    )
