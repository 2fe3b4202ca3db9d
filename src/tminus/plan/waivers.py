"""Findings that the team accepts: they stay visible, with the reason, and no longer count."""

from __future__ import annotations

from dataclasses import replace

from tminus.errors import Problem
from tminus.plan.around import Waiver
from tminus.plan.findings import Findings
from tminus.plan.model import Plan


def waived(plan: Plan, found: Findings) -> None:
    """Mark the warnings that a waiver covers, and say which waiver covers nothing. An error cannot be waived."""
    used: set[int] = set()
    for index, problem in enumerate(found.problems):
        number = _covering(plan.waive, problem)
        if number is not None:
            found.problems[index] = replace(problem, waived=plan.waive[number].because)
            used.add(number)
    for number, waiver in enumerate(plan.waive):
        if number not in used:
            message = f"`{waiver.code}` is not found{f' at {waiver.at}' if waiver.at else ''}"
            found.warning(("waive", number), "idle-waiver", message, "take it out, or look at its place")


def _covering(waivers: tuple[Waiver, ...], problem: Problem) -> int | None:
    for number, waiver in enumerate(waivers):
        if problem.severity == "warning" and waiver.code == problem.code and _is_at(waiver.at, problem.place):
            return number
    return None


def _is_at(at: str, place: str) -> bool:
    return not at or place == at or place.startswith(f"{at}.")
