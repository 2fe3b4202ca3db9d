"""One launch as every surface shows it: plain data, in words and in numbers. `viewing` makes it."""

from __future__ import annotations

from dataclasses import dataclass, field

from tminus.app.experimenting import ExperimentView
from tminus.core.explaining import Comparison


@dataclass(frozen=True)
class StageView:
    """A stage: `state` is done, now or next; `progress` 0..1 of its bake time."""

    id: str
    title: str
    share: float
    state: str
    progress: float = 0.0
    started_at: float | None = None
    bakes_until: float | None = None
    bakes_for: str = ""  # empty where the plan says no time: it goes on when what it asks for holds
    regions: list[str] = field(default_factory=list)
    features: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class PhaseView:
    """A phase with its stages and how many of its boxes are proven."""

    id: str
    title: str
    state: str
    stages: list[StageView] = field(default_factory=list)
    boxes_proven: int = 0
    boxes_total: int = 0


@dataclass(frozen=True)
class CriterionView:
    """A criterion now. `role` is gate, trigger, alert or kpi; `series` names its values in the notebook.

    `state` is holds, fails, inconclusive or unknown. For triggers and alerts holding is the bad thing.
    """

    key: str
    text: str
    role: str
    state: str
    lasted: bool
    name: str
    value: float | None
    value_text: str
    target: float
    target_text: str
    comparator: str
    dimension: str
    margin: str
    sentence: str
    window: float
    series: str


@dataclass(frozen=True)
class EarnedView:
    """What the present stage has shown of one metric: the canary is at most `upper` times as bad; null while nothing is
    shown. `seconds_left` is about how long it still takes, null where it cannot be said."""

    metric: str
    shown: bool
    upper: float | None
    margin: float
    sentence: str
    seconds_left: float | None


@dataclass(frozen=True)
class GuardView:
    """The guards' evidence of harm: `log_evidence` of all together against `log_threshold` (natural logarithms), the counts
    of the one that says most, what a unit with a `hit` is, and what the stage has shown."""

    log_evidence: float
    log_threshold: float
    sentence: str
    canary_units: int
    canary_hits: int
    control_units: int
    control_hits: int
    metrics: list[str] = field(default_factory=list)
    metric: str = ""
    hit: str = "failed"
    earned: list[EarnedView] = field(default_factory=list)
    comparisons: list[Comparison] = field(default_factory=list)
    sample: str = ""  # why the arms cannot be compared; empty while they can


@dataclass(frozen=True)
class AnswersView:
    """How often a flag was evaluated in what was reported since `since`, by the variant given; the name is empty where that
    was the caller's own default."""

    flag: str
    since: float
    by_variant: dict[str, int]


@dataclass(frozen=True)
class FlagView:
    """A flag as it is served now. Where it comes with another flag, share, regions and cohorts are that one's.

    `hour` are its evaluations of the last hour by variant; null where no evaluations are reported at all.
    """

    key: str
    title: str
    share: float
    cohorts: list[str]
    killed_by: str
    killed_why: str
    on: str
    off: str
    changed_at: float
    regions: list[str] = field(default_factory=list)
    comes_with: str = ""
    rest: str = ""  # what those have whom nothing lets in, in words, where that is not simply `off`
    experiment: str = ""  # the title of the one whose arms it serves; `share` of users are in it
    hour: dict[str, int] | None = None
    next_change: str = ""  # what the plan has scheduled for it, such as `off on 6 Jan 2027, 00:00`
    kept_from: str = ""  # the earlier launch that left it served; the present plan does not name it
    stands: str = ""  # of a kept one in words: who has what


@dataclass(frozen=True)
class BoxView:
    """A box that waits; `roles` can sign it, empty where a probe has to succeed."""

    task: str
    text: str
    roles: list[str]


@dataclass(frozen=True)
class FeedItem:
    """One event in words."""

    seq: int
    at: float
    mark: str
    text: str
    actor: str
    kind: str


@dataclass(frozen=True)
class ActionView:
    """An action: `state` is requested, started, waiting, done, failed or in-doubt; `seconds` since it was asked for."""

    key: str
    title: str
    state: str
    note: str
    seconds: float


@dataclass(frozen=True)
class View:
    """Everything a screen shows. Times are Unix seconds; `tone` is going, waiting, holding, bad, good or ended."""

    launch: str
    title: str
    environment: str
    status: str
    headline: str
    sentence: str
    tone: str
    until: float | None
    now: float
    timezone: str
    started_at: float
    elapsed_plan_seconds: float
    pace: float
    run: int
    phases: list[PhaseView]
    criteria: list[CriterionView]
    guard: GuardView | None
    flags: list[FlagView]
    boxes_proven: int
    boxes_total: int
    boxes_waiting: list[BoxView]
    go_roles: list[str]
    can_hold: bool
    can_resume: bool
    can_roll_back: bool
    can_abort: bool
    rollback_consequence: str
    abort_consequence: str
    alerts: list[str]
    public_status: str
    public_message: str
    public_since: float
    rollback_steps: list[ActionView]
    rollback_seconds: float
    rollback_within: float | None
    actions_stuck: list[ActionView]
    troubles: list[str]
    seq: int
    experiments: list[ExperimentView] = field(default_factory=list)
    evaluations: AnswersView | None = None  # of the guarded rollout's flag since its stage began; null while not known
