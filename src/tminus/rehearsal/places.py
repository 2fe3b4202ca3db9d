"""Where the users of a rehearsal are, and what part of them has the new variant."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from tminus.core.state import FlagState, State
from tminus.plan.model import Plan
from tminus.rehearsal.world import COHORT_SHARE

_ELSEWHERE = ""


@dataclass(frozen=True, slots=True)
class Crowd:
    """The users under one set of shares: `share` of all are canary; `parts` holds (part of all users, canary among them)
    by country."""

    share: float
    parts: Mapping[str, tuple[float, float]]
    countries: Mapping[str, frozenset[str]]

    def within(self, region: str) -> tuple[float, float]:
        """(part of the canary that is in a region, part of the control); everybody is in the region without a name."""
        if not region:
            return 1.0, 1.0
        here = [self.parts[one] for one in self.countries[region] if one in self.parts]
        canary = sum(part * share for part, share in here)
        control = sum(part * (1 - share) for part, share in here)
        return canary / self.share if self.share else 0.0, control / (1 - self.share) if self.share < 1 else 0.0


@dataclass
class Population:
    """`weights` is the part of all users by country, and under no name of everybody else; they sum to 1."""

    weights: Mapping[str, float]
    countries: Mapping[str, frozenset[str]]
    _made: dict[tuple[FlagState, ...], Crowd] = field(default_factory=dict)
    _newest: tuple[Mapping[str, FlagState], str, Crowd] | None = None

    @classmethod
    def of(cls, plan: Plan, shares: Mapping[str, float] | None = None) -> Population:
        """The users of a plan. `shares` gives regions their part of them; all other countries are alike."""
        countries = {name: _countries(plan, name, set()) for name in plan.regions}
        every = sorted({one for found in countries.values() for one in found} - {_ELSEWHERE})
        weights = dict.fromkeys([*every, _ELSEWHERE], 1.0)
        for region, share in (shares or {}).items():
            inside = [one for one in weights if one in countries[region]]
            for one in inside:
                weights[one] = share / len(inside)
            outside = [one for one in weights if one not in inside]
            rest = sum(weights[one] for one in outside)
            for one in outside:
                weights[one] *= (1 - share) / rest
        total = sum(weights.values())
        return cls({one: weight / total for one, weight in weights.items()}, countries)

    def crowd(self, state: State) -> Crowd:
        """Who has the variant now."""
        if self._newest is not None and self._newest[0] is state.flags and self._newest[1] == state.stage_flag:
            return self._newest[2]
        found = self._found(state)
        self._newest = state.flags, state.stage_flag, found
        return found

    def _found(self, state: State) -> Crowd:
        # Who is in an experiment is no canary: its arms are compared with each other, by themselves.
        served = {key: flag for key, flag in state.flags.items() if not (flag.killed_by or flag.experiment)}
        # Nor who has what an earlier rollout brought: it is the newest flag's variant that is compared with its default.
        newest = state.stage_flag in state.flags
        flags = tuple(flag for key, flag in served.items() if not newest or key == state.stage_flag)
        if len(flags) == 1 and flags in self._made:
            return self._made[flags]
        parts = {one: (weight, max((self._share(flag, one) for flag in flags), default=0.0))
                 for one, weight in self.weights.items()}  # fmt: skip
        share = sum(weight * canary for weight, canary in parts.values())
        if share == 0 and any(flag.cohorts for flag in flags):
            parts = {one: (weight, COHORT_SHARE) for one, weight in self.weights.items()}
            share = COHORT_SHARE
        made = self._made[flags] = Crowd(share, parts, self.countries)
        return made

    def _share(self, flag: FlagState, country: str) -> float:
        shares = [(flag.share, flag.regions), *((one.share, one.regions) for one in flag.earlier)]
        return max((share for share, regions in shares if self._reaches(regions, country)), default=0.0)

    def _reaches(self, regions: Sequence[str], country: str) -> bool:
        return not regions or any(country in self.countries.get(region, ()) for region in regions)


def _countries(plan: Plan, region: str, seen: set[str]) -> frozenset[str]:
    """The countries of a region and of the regions within it; one that is everywhere also has the users elsewhere."""
    known = plan.regions.get(region)
    if known is None or region in seen:
        return frozenset()
    seen.add(region)
    inner = (one for within in known.regions for one in _countries(plan, within, seen))
    every = {country for other in plan.regions.values() for country in other.countries} | {_ELSEWHERE}
    return frozenset({*known.countries, *inner, *(every if known.everywhere else ())})
