"""Flags, and the groups of users whom a stage lets in by name."""

from __future__ import annotations

from functools import cached_property
from typing import Any

from pydantic import Field, SerializerFunctionWrapHandler, model_serializer

from tminus.plan.fields import ExposureField, FlagName, Identifier, MomentField
from tminus.plan.part import PlanPart
from tminus.plan.quantity import format_percent


def share_given(to: str | float) -> float:
    """The share (0..1) that a `to` gives: `on` is everybody, `off` nobody."""
    return float({"off": 0.0, "on": 1.0}.get(str(to), to))


def share_words(share: float) -> str:
    """The way back, for people: `on`, `off`, `20 %`."""
    return {0.0: "off", 1.0: "on"}.get(share) or format_percent(share)


class FlagChange(PlanPart):
    """From `at` on so many have the variant that the flag brings, in these regions and nowhere else; everywhere if none
    is named. It says anew who has it: nothing of the change before stays."""

    at: MomentField
    to: ExposureField
    regions: tuple[Identifier, ...] = ()

    @property
    def share(self) -> float:
        """The share (0..1) of the users there."""
        return share_given(self.to)


class Flag(PlanPart):
    """A feature flag: its variants, the one everybody has before the rollout, and the one the rollout brings."""

    title: str = ""
    variants: dict[str, Any] = Field(default_factory=lambda: {"on": True, "off": False})
    default: str | None = "off"  # null leaves it to the default in the code
    rollout: str | None = None  # the variant the rollout brings; the first that is not the default
    unit: FlagName = "user"  # what the dice are thrown for: `user`, or an attribute of the context such as `company`
    requires: tuple[FlagName, ...] = ()  # flags whose rollout's variant one must have to have this one's
    always: tuple[str, ...] = ()  # users, such as the team, who are in at every stage of a rollout
    targeting: dict[str, Any] | None = None  # JSONLogic as flagd reads it, for all whom no rollout lets in
    disabled: bool = False  # switched off as flagd knows it: everybody has the default in the code
    metadata: dict[str, str | bool | int | float] = Field(default_factory=dict)  # handed on to clients with each answer
    changes: tuple[FlagChange, ...] = ()  # when it changes by itself, in order of time
    owner: Identifier | None = None  # the role that clears it away
    expires: MomentField | None = None  # when it should be gone from the code; nothing happens by itself

    @model_serializer(mode="wrap")
    def _dumped(self, dump: SerializerFunctionWrapHandler) -> dict[str, Any]:
        # Left out as the default they would come back from the log as true and false: for Python 1 equals true.
        data: dict[str, Any] = dump(self)
        numbers = any(not isinstance(value, bool) for value in self.variants.values())
        return data | ({"variants": dict(self.variants)} if numbers else {})

    @cached_property
    def brought(self) -> str:
        """The variant that a rollout of this flag brings."""
        return self.rollout or next((name for name in self.variants if name != self.default), self.default or "")

    @property
    def attribute(self) -> str:
        """The attribute of the context that the dice are thrown for; empty for the targeting key."""
        return "" if self.unit in ("user", "targetingKey") else self.unit

    @property
    def can_move(self) -> bool:
        """Whether a rollout could bring this flag: it is served, and there is a variant to go back to."""
        return self.default is not None and not self.disabled


class Cohort(PlanPart):
    """A named group of users: by list, by file, by tier, by an invitation's code, or by a rule over the evaluation context."""

    title: str = ""
    users: tuple[str, ...] = ()
    file: str = ""  # a CSV beside the plan, whose users are in as well
    column: str = ""  # of the file: which has the users; the first
    sha256: str = ""  # of the file, which has to be this very one; reading fills it in, so that the log says it
    tiers: tuple[str, ...] = ()  # of the context's `tier`
    invitation: str = ""  # the code that the context's `invitation` holds
    rule: dict[str, Any] | None = None  # JSONLogic

    @cached_property
    def rules(self) -> tuple[dict[str, Any], ...]:
        """Who is in besides the named users: one condition in JSONLogic each, any of which is enough."""
        tiers = {"in": [{"var": "tier"}, list(self.tiers)]} if self.tiers else None
        invited = {"==": [{"var": "invitation"}, self.invitation]} if self.invitation else None
        return tuple(rule for rule in (tiers, invited, self.rule) if rule is not None)
