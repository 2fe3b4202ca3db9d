"""Where a launch stands: the fold of its log. Everything here is a value; `evolve` returns a new one."""

from __future__ import annotations

from enum import StrEnum
from typing import Any

import msgspec

from tminus.core.events import ActionRequested, KeptFlag


class Status(StrEnum):
    """The launch as a whole."""

    NEW = "new"
    RUNNING = "running"
    ROLLING_BACK = "rolling-back"
    ROLLED_BACK = "rolled-back"
    COMPLETED = "completed"
    ABORTED = "aborted"

    @property
    def ended(self) -> bool:
        """True where nothing more will happen."""
        return self in (Status.COMPLETED, Status.ABORTED)


class TaskState(msgspec.Struct, frozen=True):
    """What is known of one box. `signed` maps role to {by, at, note}."""

    signed: dict[str, dict[str, Any]] = {}
    first_proven_at: float | None = None
    proven_at: float | None = None  # the newest proof, where an older one had become too old
    evidence: dict[str, Any] = {}


class RegionShare(msgspec.Struct, frozen=True):
    """`share` of the users in these regions, of everybody where none is named."""

    share: float
    regions: tuple[str, ...] = ()

    def covers(self, other: RegionShare) -> bool:
        """True where everybody of `other` is in this one too, as far as the names of the regions tell."""
        if self.share < other.share:
            return False
        return not self.regions or (bool(other.regions) and set(other.regions) <= set(self.regions))


class FlagState(msgspec.Struct, frozen=True):
    """Who has the variant that the rollout brings: `share` of everybody in `regions`, all who came in by an `earlier`
    stage of other regions, and all of the cohorts. Who has it has the variants of the flags in `features` too."""

    share: float = 0.0
    cohorts: tuple[str, ...] = ()
    regions: tuple[str, ...] = ()
    earlier: tuple[RegionShare, ...] = ()
    features: tuple[str, ...] = ()
    killed_by: str = ""
    killed_why: str = ""
    changed_at: float = 0.0
    experiment: bool = False  # it serves the arms of one: `share` of everybody are in it
    change: int = 0  # the number of the scheduled change that is in force; 0 before the first, and after a rollback


class ActionPhase(StrEnum):
    """Where an action is."""

    REQUESTED = "requested"
    STARTED = "started"
    WAITING = "waiting"  # for its next attempt
    DONE = "done"
    FAILED = "failed"
    IN_DOUBT = "in-doubt"


class ActionState(msgspec.Struct, frozen=True):
    """One action and what became of it so far."""

    request: ActionRequested
    requested_at: float
    phase: ActionPhase = ActionPhase.REQUESTED
    attempt: int = 0
    earlier: int = 0  # attempts before a person had it tried again: they do not count against the next ones
    worker: str = ""
    until: float = 0.0
    retry_at: float = 0.0
    ended_at: float = 0.0
    note: str = ""

    @property
    def settled(self) -> bool:
        """True where the launch need not wait for it any more."""
        return self.phase in (ActionPhase.DONE, ActionPhase.FAILED)


class RollbackState(msgspec.Struct, frozen=True):
    """The rollback under way or done. How far its actions are stands in `State.actions`, under `rollback:NUMBER:`."""

    number: int
    started_at: float
    cause: dict[str, str]
    evidence: dict[str, Any] = {}
    failed: tuple[str, ...] = ()
    overdue: bool = False
    completed_at: float | None = None


class State(msgspec.Struct, frozen=True):
    """A launch, whole. Times are Unix seconds; ids are the plan's."""

    launch: str = ""
    identity: str = ""  # of this very launch: another one of the same name elsewhere has another
    seq: int = 0
    status: Status = Status.NEW
    started_at: float = 0.0
    ended_at: float | None = None
    pace: float = 1.0
    run: int = 1  # counts the rollouts of this launch: 2 after the first restart
    phase: str | None = None
    phase_started_at: float = 0.0
    phases_done: tuple[str, ...] = ()
    phase_ended_at: float = 0.0  # when the newest of them was done, or the launch was sent out again
    stage: str | None = None
    stage_flag: str = ""  # the flag of the newest stage
    stage_started_at: float = 0.0
    stages_done: tuple[str, ...] = ()
    stage_ended_at: float = 0.0  # when the newest of them was done
    rollout_since: float = 0.0  # since when somebody has the new variant; 0 while nobody has
    exposed_since: float = 0.0  # the same of anything it brings, by a date or an experiment too
    tasks: dict[str, TaskState] = {}
    gates: dict[str, dict[str, dict[str, Any]]] = {}
    held_by: str = ""
    held_why: str = ""
    abort_by: str = ""  # who wants it ended once the rollback's actions are done
    abort_why: str = ""
    abort_at: float = 0.0
    hold: tuple[dict[str, str], ...] = ()
    hold_since: float | None = None
    hold_changed_at: float = 0.0
    asked: tuple[str, ...] = ()  # the ids of what people have been told to do here and have not done
    flags: dict[str, FlagState] = {}
    kept: dict[str, KeptFlag] = {}  # of earlier launches, served on; their kill switches are in `flags`
    experiments: dict[str, float] = {}  # since when each is served
    changes: dict[str, int] = {}  # the number of the newest scheduled change of each flag that was ever made
    unscheduled: dict[str, int] = {}  # by flag, the number of the change after which none comes any more
    actions: dict[str, ActionState] = {}
    alerts: dict[str, float] = {}
    rollback: RollbackState | None = None
    rollbacks: int = 0
    public_status: str = "operational"
    public_message: str = ""
    public_since: float = 0.0
    checkpoint_at: float = 0.0
    checkpoint_cursor: dict[str, int] = {}
    checkpoint_guards: dict[str, Any] = {}
    checkpoint_stage: dict[str, Any] = {}

    def share_of(self, flag: str) -> float:
        """The share of everybody that has the new variant of this flag, 0 when it is killed."""
        found = self.flags.get(flag)
        return 0.0 if found is None or found.killed_by else found.share

    def exposes(self, flag: str) -> bool:
        """True where somebody may have the new variant of this flag: a share of everybody, or a cohort alone."""
        found = self.flags.get(flag)
        return found is not None and not found.killed_by and (found.share > 0 or bool(found.cohorts))

    def leaders(self, feature: str) -> list[str]:
        """The flags whose rollout brings this one along at present; one that is killed brings nothing."""
        return [key for key, flag in self.flags.items() if feature in flag.features and not flag.killed_by]

    @property
    def judged_since(self) -> float:
        """What was measured before this moment is no evidence against the launch; 0 while nobody has anything of it."""
        return self.rollout_since or self.exposed_since

    @property
    def exposing(self) -> bool:
        """True where somebody may have a new variant."""
        return any(self.exposes(flag) for flag in self.flags)
