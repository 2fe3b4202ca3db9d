"""What is known of an arm of an experiment, from sums alone, and how two arms compare."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, fields
from math import fsum, inf, isfinite

from tminus.errors import UsageError

ALPHA = 0.05


@dataclass(frozen=True, slots=True)
class Proportion:
    """How many users of an arm were counted, and how many of them did what is counted. Raises `UsageError` for counts
    that cannot be."""

    users: int
    hits: int

    def __post_init__(self) -> None:
        if not 0 <= self.hits <= self.users:
            raise UsageError(
                f"an arm cannot have {self.hits} hits of {self.users} users",
                hint="count each user once, as a hit or not",
                code="experiment-counts",
            )

    def __add__(self, other: Proportion) -> Proportion:
        return Proportion(self.users + other.users, self.hits + other.hits)

    @property
    def rate(self) -> float:
        """The share of users who hit; 0 without users."""
        return self.hits / self.users if self.users else 0.0

    @classmethod
    def of(cls, values: Iterable[bool]) -> Proportion:
        """One value a user: whether the user hit."""
        hits = [bool(value) for value in values]
        return cls(len(hits), sum(hits))


@dataclass(frozen=True, slots=True)
class Moments:
    """Sums over the users of an arm: of the outcome y, and of a covariate x from before the experiment.

    users, total, squares            count, Σy, Σy²
    before, before_squares, product  Σx, Σx², Σxy over the users who have a covariate
    covered                          how many users have one; whoever has none counts as x = 0

    Raises `UsageError` for sums that no users can have.
    """

    users: int
    total: float
    squares: float
    before: float = 0.0
    before_squares: float = 0.0
    product: float = 0.0
    covered: int = 0

    def __post_init__(self) -> None:
        sums = (self.total, self.squares, self.before, self.before_squares, self.product)
        if not all(isfinite(one) for one in sums) or not 0 <= self.covered <= self.users or self.squares < 0:
            raise UsageError(
                f"an arm cannot have these sums: {self}",
                hint="sum finite values, one a user; those with a covariate are some of the users",
                code="experiment-counts",
            )

    def __add__(self, other: Moments) -> Moments:
        return Moments(*(getattr(self, one.name) + getattr(other, one.name) for one in fields(self)))

    @classmethod
    def of(cls, values: Sequence[float], before: Sequence[float | None] | None = None) -> Moments:
        """One value a user, and one of `before` a user where there is one (None: no covariate)."""
        pairs = list(zip(values, before or [None] * len(values), strict=True))
        known = [(y, x) for y, x in pairs if x is not None]
        return cls(
            users=len(pairs),
            total=fsum(values),
            squares=fsum(y * y for y in values),
            before=fsum(x for _, x in known),
            before_squares=fsum(x * x for _, x in known),
            product=fsum(x * y for y, x in known),
            covered=len(known),
        )


@dataclass(frozen=True, slots=True)
class Comparison:
    """Treatment against control, with intervals that hold at all looks together with confidence 1 − α.

    difference, low, high                  treatment − control, in the metric's unit
    relative, relative_low, relative_high  the same as a part of the control's value: 0.02 is 2 % more. A limit is
                                           infinite where the data do not keep the control's value away from 0
    control_value, treatment_value         share or mean per user; adjusted by the covariate where there is one
    asymptotic                             True when 1 − α is approached with many users, False when exact with any
    variance_reduction                     the part of the difference's variance that the covariate took away, 0 to 1
    """

    difference: float
    low: float
    high: float
    relative: float
    relative_low: float
    relative_high: float
    control_value: float
    treatment_value: float
    users_control: int
    users_treatment: int
    asymptotic: bool
    variance_reduction: float

    @classmethod
    def of(
        cls,
        values: tuple[float, float],
        users: tuple[int, int],
        limits: tuple[float, float],
        relative_limits: tuple[float, float],
        *,
        asymptotic: bool,
        variance_reduction: float = 0.0,
    ) -> Comparison:
        """The comparison of (control's, treatment's) values and users, with the (lowest, highest) difference."""
        return cls(
            values[1] - values[0],
            *limits,
            relative_to(*values),
            *relative_limits,
            *values,
            *users,
            asymptotic=asymptotic,
            variance_reduction=variance_reduction,
        )


def shared(alpha: float, count: int) -> float:
    """The α of one of `count` comparisons (metrics times treatment arms), so that all intervals hold together with
    confidence 1 − α, however the metrics depend on each other (Bonferroni)."""
    if count < 1:
        raise UsageError(
            f"α cannot be shared by {count} comparisons", hint="name at least one", code="experiment-alpha"
        )
    return require_alpha(alpha) / count


def require_alpha(alpha: float) -> float:
    """The same α, or `UsageError` when it is no chance."""
    if not 0 < alpha < 1:
        raise UsageError(f"alpha is {alpha}", hint="choose a chance such as 0.05", code="experiment-alpha")
    return alpha


def relative_to(control: float, treatment: float) -> float:
    """(treatment − control)/|control|; infinite against a control of 0, unless both are 0."""
    if control == 0:
        return 0.0 if treatment == 0 else inf if treatment > 0 else -inf
    return (treatment - control) / abs(control)
