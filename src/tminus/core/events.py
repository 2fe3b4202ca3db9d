"""What can happen in a launch, in the past tense. The log holds these and nothing else; state is their fold.

A decision is the event it records (ADR-0002): `decide` returns what is to be written next, and whatever the world has to
do about it is an `ActionRequested` in that list. Fields are only ever added, with a default, so that old logs decode.
"""

from __future__ import annotations

from typing import Any, cast

import msgspec


class Event(msgspec.Struct, frozen=True, kw_only=True, tag_field="event", omit_defaults=True):
    """Base of every event. The envelope (`Recorded`) adds launch, number, time, actor and hash."""


class KeptFlag(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A flag that an earlier launch left served and that a later plan does not name: served on as it was (ADR-0019).

    `definition` is flagd's, complete in itself, without what the flag requires and as if no kill switch were pulled;
    `default` is the variant that all have while one is, None for the clients' own.
    """

    launch: str  # which left it
    since: float  # Unix seconds of its last change there
    definition: dict[str, Any]
    default: str | None = None
    brought: str = ""  # the variant that its rollout brings; empty where a rule of its own decides
    title: str = ""
    share: float = 0.0  # of the users who had that
    requires: dict[str, str] = {}  # flag -> the variant of it that one must have to have this one's
    follows: tuple[str, ...] = ()  # the flags that brought it along as a feature, where nothing else did
    killed_by: str = ""
    killed_why: str = ""


class LaunchStarted(Event, frozen=True, tag=True):
    """A launch of this plan began; `plan` is the plan's own data, so the log alone can be replayed."""

    title: str
    plan: dict[str, Any]
    pace: float = 1.0
    identity: str = ""  # random, so that launches of one name in two places never share an idempotency key
    kept: dict[str, KeptFlag] = {}  # the flags of earlier launches that are served on


class LaunchHeld(Event, frozen=True, tag=True):
    """A person stopped the launch from going on. Guards, triggers and alerts keep watching."""

    reason: str = ""


class LaunchResumed(Event, frozen=True, tag=True):
    """A person let the launch go on."""

    reason: str = ""


class LaunchCompleted(Event, frozen=True, tag=True):
    """The last phase is done."""


class AbortRequested(Event, frozen=True, tag=True):
    """A person wants the launch ended: the rollback's actions are done first, then it ends."""

    reason: str = ""


class LaunchAborted(Event, frozen=True, tag=True):
    """A person ended the launch: everybody has the default again, and nothing more will be done.

    `went_back`: a rollback gave everybody the default before, and what its own actions set, such as a banner, stays.
    """

    reason: str = ""
    went_back: bool = False


class PhaseStarted(Event, frozen=True, tag=True):
    """A phase began."""

    phase: str


class PhaseCompleted(Event, frozen=True, tag=True):
    """A phase's boxes are proven, its criteria hold and its roles said go."""

    phase: str
    evidence: dict[str, Any] = {}


class TaskSigned(Event, frozen=True, tag=True):
    """A person with this role vouched for a box."""

    task: str
    role: str
    note: str = ""


class TaskProven(Event, frozen=True, tag=True):
    """Everything a box asks for is there; `evidence` says what it was."""

    task: str
    evidence: dict[str, Any] = {}


class GateSigned(Event, frozen=True, tag=True):
    """A role said go at a gate (`phase:ID` or `stage:ID`)."""

    gate: str
    role: str
    note: str = ""


class StageStarted(Event, frozen=True, tag=True):
    """From now on `share` of everybody in the regions (everywhere if none is named), and the stage's cohorts, have the
    variant the rollout brings; who has it has the `features` (flags) as well."""

    phase: str
    stage: str
    flag: str
    share: float
    cohorts: tuple[str, ...] = ()
    regions: tuple[str, ...] = ()
    features: tuple[str, ...] = ()


class StagePromoted(Event, frozen=True, tag=True):
    """A stage baked long enough and everything it asks for held."""

    stage: str
    evidence: dict[str, Any] = {}


class ExperimentStarted(Event, frozen=True, tag=True):
    """From now on `share` of everybody are in the experiment and have one of its arms."""

    experiment: str
    flag: str
    share: float


class HoldStarted(Event, frozen=True, tag=True):
    """The launch would go on but for these reasons; each is {id, kind, text}."""

    reasons: tuple[dict[str, str], ...]


class HoldEnded(Event, frozen=True, tag=True):
    """Nothing holds the launch any more."""

    seconds: float = 0.0


class RollbackStarted(Event, frozen=True, tag=True):
    """Everybody has the default again as of this event; `cause` is {kind, text} and `evidence` what was seen."""

    cause: dict[str, str]
    evidence: dict[str, Any] = {}


class RollbackCompleted(Event, frozen=True, tag=True):
    """Every rollback action was tried; `failed` names those that did not succeed."""

    seconds: float
    failed: tuple[str, ...] = ()


class RollbackOverdue(Event, frozen=True, tag=True):
    """The rollback takes longer than the plan allows."""

    within: float


class RolloutRestarted(Event, frozen=True, tag=True):
    """After a rollback somebody sent the (mended) release out again, from this phase's first stage on."""

    phase: str
    reason: str = ""


class FlagSet(Event, frozen=True, tag=True):
    """A flag's exposure was set outside of the stages: by a rollback action, by a step, by the plan's schedule, or where
    a hold-back ends. It speaks of everybody, wherever they are, unless it names regions.

    `change` is the number, from 1, of the flag's scheduled change; `passed_over` how many before it were never made.
    """

    flag: str
    share: float
    regions: tuple[str, ...] = ()
    change: int = 0
    passed_over: int = 0


class FlagKilled(Event, frozen=True, tag=True):
    """Somebody pulled the kill switch: the default for everybody, whatever else is configured."""

    flag: str
    reason: str = ""


class FlagRestored(Event, frozen=True, tag=True):
    """The kill switch was put back."""

    flag: str
    reason: str = ""


class FlagDropped(Event, frozen=True, tag=True):
    """A flag kept from an earlier launch is served no more: clients have the default in their code."""

    flag: str
    reason: str = ""


class FlagUnscheduled(Event, frozen=True, tag=True):
    """The changes that the plan still had for a flag do not come: it stays as it is."""

    flag: str
    reason: str = ""


class StatusPublished(Event, frozen=True, tag=True):
    """What the public status page says."""

    status: str
    message: str = ""


class ActionRequested(Event, frozen=True, tag=True):
    """The world is asked for something. `key` is its idempotency key: the same key never means two effects."""

    key: str
    kind: str  # notify, run, call, probe-http, probe-command
    spec: dict[str, Any]
    title: str = ""
    once: bool = False
    timeout: float = 60.0
    attempts: int = 5


class ActionStarted(Event, frozen=True, tag=True):
    """Written before each attempt, so that a crash leaves no doubt about what may have happened."""

    key: str
    attempt: int
    worker: str = ""
    until: float = 0.0
    title: str = ""


class ActionSucceeded(Event, frozen=True, tag=True):
    """It happened."""

    key: str
    attempt: int
    seconds: float = 0.0
    output: str = ""
    title: str = ""


class ActionFailed(Event, frozen=True, tag=True):
    """An attempt failed; `final` when it will not be tried again by itself."""

    key: str
    attempt: int
    error: str
    final: bool
    retry_at: float = 0.0
    title: str = ""


class ActionInDoubt(Event, frozen=True, tag=True):
    """A `once` action may or may not have happened when T-minus stopped: a person has to say."""

    key: str
    title: str = ""


class ActionSettled(Event, frozen=True, tag=True):
    """A person said what became of an action in doubt: `done`, or `again` to have it performed once more."""

    key: str
    outcome: str
    note: str = ""
    title: str = ""


class AlertFired(Event, frozen=True, tag=True):
    """An alert's condition has held long enough."""

    alert: str
    severity: str
    text: str
    evidence: dict[str, Any] = {}


class AlertResolved(Event, frozen=True, tag=True):
    """An alert's condition no longer holds."""

    alert: str
    seconds: float = 0.0


class GuardCheckpointed(Event, frozen=True, tag=True):
    """The guards' sums and the telemetry position they stand for, so that a restart continues them exactly."""

    cursor: dict[str, int]
    guards: dict[str, Any]
    stage: dict[str, Any] = {}  # what the present stage has shown so far


AnyEvent = (
    LaunchStarted
    | LaunchHeld
    | LaunchResumed
    | LaunchCompleted
    | AbortRequested
    | LaunchAborted
    | PhaseStarted
    | PhaseCompleted
    | TaskSigned
    | TaskProven
    | GateSigned
    | StageStarted
    | StagePromoted
    | ExperimentStarted
    | HoldStarted
    | HoldEnded
    | RollbackStarted
    | RollbackCompleted
    | RollbackOverdue
    | RolloutRestarted
    | FlagSet
    | FlagKilled
    | FlagRestored
    | FlagDropped
    | FlagUnscheduled
    | StatusPublished
    | ActionRequested
    | ActionStarted
    | ActionSucceeded
    | ActionFailed
    | ActionInDoubt
    | ActionSettled
    | AlertFired
    | AlertResolved
    | GuardCheckpointed
)

_encoder = msgspec.json.Encoder(order="deterministic")
_decoder = msgspec.json.Decoder(AnyEvent)


def encode(event: Event) -> bytes:
    """Canonical JSON of an event: the same event always gives the same bytes, which the hash chain relies on."""
    return _encoder.encode(event)


def decode(body: bytes | str) -> Event:
    """Read an event back. Raises `msgspec.ValidationError` for anything that is not one."""
    return cast(Event, _decoder.decode(body))


class Recorded(msgspec.Struct, frozen=True):
    """An event as the log keeps it. `hash` is over everything else here and the hash before (`previous`)."""

    launch: str
    seq: int
    at: float  # Unix seconds, UTC
    actor: str
    event: Event
    previous: str
    hash: str
