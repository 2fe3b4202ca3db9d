"""Flags, and the groups of users whom a stage lets in by name."""

from __future__ import annotations

from functools import cached_property
from typing import Any

from pydantic import Field

from tminus.plan.fields import Identifier, MomentField
from tminus.plan.part import PlanPart


class Flag(PlanPart):
    """A feature flag: its variants, the one everybody has before the rollout, and the one the rollout brings."""

    title: str = ""
    variants: dict[str, Any] = Field(default_factory=lambda: {"on": True, "off": False})
    default: str = "off"
    rollout: str | None = None  # the variant the rollout brings; the first that is not the default
    unit: str = "user"
    requires: tuple[Identifier, ...] = ()  # flags whose rollout's variant one must have to have this one's
    always: tuple[str, ...] = ()  # users, such as the team, who are in at every stage of a rollout
    owner: Identifier | None = None  # the role that clears it away
    expires: MomentField | None = None  # when it should be gone from the code; nothing happens by itself

    @cached_property
    def brought(self) -> str:
        """The variant that a rollout of this flag brings."""
        return self.rollout or next(name for name in self.variants if name != self.default)


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
