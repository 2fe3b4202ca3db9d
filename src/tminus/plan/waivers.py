"""Findings that the team accepts: they stay visible, with the reason, and no longer count."""

from __future__ import annotations

from dataclasses import replace

from tminus.errors import Problem
from tminus.plan.around import Waiver
from tminus.plan.codes import CODES
from tminus.plan.findings import Findings
from tminus.plan.model import Plan


def waived(plan: Plan, found: Findings, *, whole: bool = True) -> None:
    """Mark the warnings that a waiver covers, and say which waiver covers nothing. An error cannot be waived.

    Without `whole` some checks have not run, and nobody can say that a waiver covers nothing.
    """
    used: set[int] = set()
    for index, problem in enumerate(found.problems):
        number = _covering(plan.waive, problem)
        if number is not None:
            found.problems[index] = replace(problem, waived=plan.waive[number].because)
            used.add(number)
    for number, waiver in enumerate(plan.waive):
        if whole and number not in used and waiver.code in CODES:
            _idle(number, waiver, found)


def _idle(number: int, waiver: Waiver, found: Findings) -> None:
    place = f" at {waiver.at}" if waiver.at else ""
    if any(one.severity == "error" and one.code == waiver.code for one in found.problems):
        message, hint = f"`{waiver.code}` is an error, and warnings alone can be waived", "mend what it says"
    else:
        elsewhere = sorted({one.place for one in found.problems if one.code == waiver.code and not one.waived})
        message = f"`{waiver.code}` is not found{place}"
        hint = f"write at: {elsewhere[0]}" if elsewhere else "take the waiver out"
    found.warning(("waive", number), "idle-waiver", message, hint)


def _covering(waivers: tuple[Waiver, ...], problem: Problem) -> int | None:
    for number, waiver in enumerate(waivers):
        if problem.severity == "warning" and waiver.code == problem.code and _is_at(waiver.at, problem.place):
            return number
    return None


def _is_at(at: str, place: str) -> bool:
    return not at or place == at or place.startswith(f"{at}.")
