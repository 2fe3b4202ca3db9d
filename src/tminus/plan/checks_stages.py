"""Checks of stages: each brings somebody new and sends nobody away, in steps one can watch, long enough to see something."""

from __future__ import annotations

import re
from math import isfinite

from tminus.delay import ALPHA, USUAL_ERRORS, seconds_to_see
from tminus.plan import places
from tminus.plan.findings import Findings
from tminus.plan.model import Plan, Rollout, Stage
from tminus.plan.places import Path
from tminus.plan.quantity import Dimension, format_duration, percent_text
from tminus.plan.regions import countries_of

_LEAP_TIMES, _LEAP_POINTS = 9.0, 0.5
_EVERYBODY = re.compile(
    r"\b(?:all|every)\s+(?:(?:of\s+)?(?:our|the)\s+)?(?:registered\s+|existing\s+|active\s+|public\s+)?"
    r"(?:users?|customers?|members?|visitors?|accounts?)\b"
    r"|\balle\s+(?:registrierten\s+)?(?:Nutzer|Kunden|Benutzer|Anwender)|\btous les (?:utilisateurs|clients)\b"
    r"|\btodos los (?:usuarios|clientes)\b|\btutti gli utenti\b|\btüm kullanıcılar",
    re.IGNORECASE,
)
_SHARE = re.compile(
    r"\b(\d{1,2}(?:\.\d{1,3})?)\s?%\s(?:of\s)?(?:all\s|the\s|our\s)?(?:users|customers|visitors)\b", re.IGNORECASE
)
_BARE = re.compile(r"(?:everybody|everyone|all|100\s?%)", re.IGNORECASE)  # as a title it says who is in
# What comes before `all users` and makes it another matter: not yet, later, or only told.
_OTHERWISE = re.compile(
    r"\b(?:not|no|never|nor|without|except|before|until|unless|then|next|after|later|once|if|when|soon|eventually|finally|prepar\w*|"
    r"ready|toward\w*|announc\w*|notif\w*|tell\w*|told|e?mails?|inform\w*|communicat\w*|messag\w*|survey\w*|ask\w*|support\w*|"
    r"half|part|share|some|few|most|many|less|more|of|nicht|noch|nie|bevor|später|dann|kein\w*)\b|n't\b|\d\s?%",
    re.IGNORECASE,
)


def check_stages(plan: Plan, found: Findings) -> None:
    """Stages of every rollout, one after the other; a flag's later rollout goes on where the earlier one ended."""
    reached: dict[str, Stage] = {}
    for path, rollout in places.rollouts(plan):
        before, first = reached.get(rollout.flag), True
        for number, stage in enumerate(rollout.stages):
            place = (*path, "stages", number)
            _check_step(plan, place, before, stage, rollout, found, first=first)
            before, first = stage, False
        reached[rollout.flag] = rollout.stages[-1]
    _check_tasks(plan, found)


def _check_step(
    plan: Plan, place: Path, before: Stage | None, stage: Stage, rollout: Rollout, found: Findings, *, first: bool
) -> None:
    share = before.to if before else 0.0
    if first and stage.to < share:
        message = f"{percent_text(stage.to)} is less than the {percent_text(share)} that `{rollout.flag}` has already"
        found.error((*place, "to"), "rollout-falls", message, f"write {percent_text(share)} or more")
    elif before and not first and (stage.to < share or not _brings_somebody(plan, before, stage)):
        message = f"{percent_text(stage.to)} is not more than the {percent_text(share)} of the stage before"
        found.error((*place, "to"), "stages-not-rising", message, "order the stages by their share")
    elif stage.to - share >= _LEAP_POINTS and stage.to > _LEAP_TIMES * share and _is_everywhere(plan, stage):
        steps = (
            "1%, 10%, 50%"
            if share == 0
            else f"{percent_text(share)}, {percent_text(min(share * 4, 0.5))}, {percent_text(stage.to)}"
        )
        message = f"`{rollout.flag}` goes from {percent_text(share)} to {percent_text(stage.to)} in one step"
        found.warning((*place, "to"), "stage-leap", message, f"put a stage between, such as {steps}")
    if before and not _keeps_regions(plan, before, stage):
        message = "this stage leaves out a region that the stage before had, whose share would stay as it was"
        found.error((*place, "regions"), "regions-narrow", message, "name the regions of the stage before as well")
    _check_words(place, stage, found)
    _check_length(plan, place, stage, rollout, found)


def _is_everywhere(plan: Plan, stage: Stage) -> bool:
    """A leap within a region is a step for the whole."""
    return countries_of(plan, stage.regions) is None


def _brings_somebody(plan: Plan, before: Stage, stage: Stage) -> bool:
    """A larger share, a further cohort, a further country, or a feature for those who are in."""
    if stage.to > before.to or set(stage.cohorts) - set(before.cohorts) or set(stage.features) - set(before.features):
        return True
    return countries_of(plan, stage.regions) != countries_of(plan, before.regions)


def _keeps_regions(plan: Plan, before: Stage, stage: Stage) -> bool:
    if before.to == 0:
        return True  # only its cohorts are in, and they are in wherever they are
    was, now = countries_of(plan, before.regions), countries_of(plan, stage.regions)
    return now is None or (was is not None and was <= now)


def _check_words(place: Path, stage: Stage, found: Findings) -> None:
    """`Open beta (50 %): available to all registered users` says two things."""
    if stage.to >= 1:
        return
    bare = _BARE.fullmatch(stage.title.strip())
    words = bare.group() if bare else next(filter(None, map(_says_all, (stage.title, *stage.notes))), "")
    if words:
        message = f"the stage has {percent_text(stage.to)} and speaks of `{words}`"
        hint = "say who can get in and who has it, or write to: 100%"
        found.warning((*place, "to"), "words-and-share", message, hint)


def _check_tasks(plan: Plan, found: Findings) -> None:
    """The same where the stages of a plan are a checklist."""
    for path, task in places.tasks(plan):
        share = _SHARE.search(task.do)
        for number, inner in enumerate(task.tasks if share else ()):
            if share and (words := _says_all(inner.do)):
                message = f"`{task.do}` has {share[1]}% of the users, and a part of it speaks of `{words}`"
                hint = "say who can get in and who has it"
                found.warning((*path, "tasks", number, "do"), "words-and-share", message, hint)


def _says_all(text: str) -> str:
    said = _EVERYBODY.search(text)
    return said.group() if said and not _OTHERWISE.search(text[: said.start()]) else ""


def _check_length(plan: Plan, place: Path, stage: Stage, rollout: Rollout, found: Findings) -> None:
    traffic = plan.expected.traffic
    if traffic is None or traffic.dimension is not Dimension.RATE or not rollout.guards or not 0 < stage.to < 1:
        return
    errors = plan.expected.errors or USUAL_ERRORS
    alpha = plan.watching.alpha or ALPHA
    needed = seconds_to_see(traffic.value, stage.to, errors, plan.expected.regression, alpha)
    if stage.bakes.seconds >= needed or not isfinite(needed):
        return
    message = (
        f"at {traffic} a rate of errors {plan.expected.regression:g} times the usual {percent_text(errors)} shows in "
        f"{percent_text(stage.to)} of the users after about {format_duration(needed)}, and the stage lasts {stage.bakes}"
    )
    hint = f"write for: {_whole_hours(needed)}h, or a larger share"
    found.warning((*place, "for") if stage.for_ else place, "stage-too-short", message, hint)


def _whole_hours(seconds: float) -> int:
    return int(-(-seconds // 3600))
