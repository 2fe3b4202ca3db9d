"""The command that says how large stages may be and how long they need."""

from __future__ import annotations

import re
from collections.abc import Iterator
from math import ceil, isfinite
from typing import Annotated, Any

import typer
from rich.table import Table

from tminus.cli.options import AsJson, PlanFiles
from tminus.cli.out import as_json, guarded, people, plain
from tminus.core.advising import Given, RolloutAdvice, advise_on
from tminus.errors import UsageError
from tminus.guards.advice import Setting, StageAdvice, round_bake, total_seconds
from tminus.plan import Plan, read_plan
from tminus.plan.model import Stage
from tminus.plan.quantity import Dimension, format_duration, format_percent, format_quantity, parse_quantity

_Traffic = Annotated[str | None, typer.Option("--traffic", metavar="RATE", help="Requests of everybody, as 100/s.")]
_Errors = Annotated[str | None, typer.Option("--errors", metavar="SHARE", help="The usual failed ones, as 0.1%.")]
_Harm = Annotated[
    float | None, typer.Option("--harm", help="Failed requests that a bad release may cost; 25 if not given.")
]
_Regression = Annotated[
    str | None, typer.Option("--regression", metavar="TIMES", help="A bad release fails so many times as often; 2x.")
]
_UNITS = ((86_400, "d"), (3600, "h"), (60, "m"))


def add_to(app: typer.Typer) -> None:
    """Register the command."""
    app.command()(advise)


def advise(
    plan: PlanFiles,
    traffic: _Traffic = None,
    errors: _Errors = None,
    harm: _Harm = None,
    regression: _Regression = None,
    json_out: AsJson = False,
) -> None:
    """Say how large the first share may be, how long each stage needs, and what a bad release would cost there."""

    def run() -> None:
        checked = read_plan(plan)
        given = Given(_rate(traffic), _share(errors), _harm(harm), _times(regression))
        found = advise_on(checked, given)
        if json_out:
            as_json({"rollouts": [_data(one) for one in found], "missing": _missing(checked, given)})
        else:
            _print(checked, found, given)

    guarded(json_out, run)


def _rate(text: str | None) -> float | None:
    return None if text is None else _number("--traffic", text, Dimension.RATE, "100/s")


def _share(text: str | None) -> float | None:
    share = None if text is None else _number("--errors", text, Dimension.RATIO, "0.1%")
    if share is not None and not share < 1:
        raise UsageError(f"--errors: {text} is not below 100%", hint="give the usual share of failed requests: 0.1%")
    return share


def _number(option: str, text: str, dimension: Dimension, example: str) -> float:
    try:
        quantity = parse_quantity(text)
    except ValueError as error:
        raise UsageError(f"{option}: {error}", hint=f"write {option} {example}") from None
    if quantity.dimension is not dimension or not quantity.value > 0:
        raise UsageError(f"{option}: {text} is not possible here", hint=f"write {option} {example}")
    return quantity.value


def _harm(number: float | None) -> float | None:
    if number is not None and not 0 < number < float("inf"):
        raise UsageError(f"--harm: {number:g} is not possible here", hint="give a number of failed requests: --harm 25")
    return number


def _times(text: str | None) -> float | None:
    if text is None:
        return None
    found = re.fullmatch(r"(\d{1,4}(?:\.\d{1,3})?)\s?[x×]?", text.strip())
    if found is None or not 1 < float(found[1]) <= 1000:
        raise UsageError(f"--regression: {text} is not possible here", hint="write --regression 2x, or up to 1000x")
    return float(found[1])


def _print(plan: Plan, found: tuple[RolloutAdvice, ...], given: Given) -> None:
    for advice in found:
        people.print(f"[bold]{plain(advice.rollout.flag)}[/bold] in {plain(advice.phase.title or advice.phase.id)}")
        if advice.setting is not None:
            people.print(f"[dim]{_reckoned(advice.setting, len(advice.rollout.guards))}[/dim]")
        people.print(_table(advice), soft_wrap=False)
        if advice.setting is not None and any(stage.regions for stage in advice.rollout.stages):
            people.print(
                "[dim]Shares are taken of all requests: a stage for some regions sees fewer, and takes longer.[/dim]"
            )
        for line in _recommended(advice):
            people.print(line)
        people.print()
    if not found:
        people.print("The plan has no rollout: there is nothing to advise on.")
    for option in _missing(plan, given) if found else ():
        people.print(f"[yellow]{_MISSING[option]}[/yellow]")


def _reckoned(setting: Setting, guards: int) -> str:
    shared = f", shared by {guards} guards" if guards > 1 else ""
    return (
        f"{format_quantity(setting.per_second, Dimension.RATE)} with {format_percent(setting.errors)} errors; "
        f"bad is {setting.regression:g} times as many; a healthy release is rolled back in "
        f"{format_percent(setting.alpha * max(guards, 1))} of launches at most{shared}"
    )


def _table(advice: RolloutAdvice) -> Table:
    table = Table(box=None, header_style="dim", pad_edge=False, padding=(0, 2, 0, 0))
    table.add_column("Stage", overflow="fold")
    for name in ("Share", "Bakes", "Good shown", "Bad caught", "Bad costs"):
        table.add_column(name, justify="right", no_wrap=True)
    stages = advice.rollout.stages
    for stage, needs in zip(stages, advice.stages or (None,) * len(stages), strict=True):
        bakes = format_duration(stage.bakes.seconds) if stage.bakes.seconds else "·"
        row = _needs(stage, needs, known=advice.setting is not None)
        table.add_row(plain(stage.title or stage.id or "·"), format_percent(stage.to), bakes, *row)
    return table


def _needs(stage: Stage, needs: StageAdvice | None, *, known: bool) -> tuple[str, str, str]:
    """How long until a good one is shown and a bad one is caught, and the failed requests that the bad one costs."""
    if needs is None:
        return ("?", "?", "?") if known is False and 0 < stage.to < 1 else ("no control", "·", "·")
    shown = f"{_about(needs.clear_seconds)}, < {needs.margin:g}x" if needs.clear_seconds else "not asked for"
    if not isfinite(needs.see_seconds):
        return shown, "never", "no end"
    return shown, _about(needs.see_seconds), f"{needs.excess:,.0f} failed"


def _about(seconds: float) -> str:
    """An expected value has no seconds after the tenth minute."""
    return format_duration(ceil(seconds / 60) * 60 if seconds >= 600 else seconds)


def _recommended(advice: RolloutAdvice) -> Iterator[str]:
    setting = advice.setting
    if setting is None:
        return
    if not advice.better and all(stage.to >= 1 for stage in advice.rollout.stages):
        if not advice.rollout.holdback:
            yield "Nobody is left to compare with; with holdback: 5% the guards keep a control while the stage bakes."
        return
    accepted = f"{setting.harm:g} failed requests"
    if advice.first is None:
        yield (
            f"No share is small enough: {setting.regression:g} times as many errors show only after more than {accepted}. "
            "Accept more with --harm, or mind only larger ones with --regression."
        )
        return
    yield (
        f"For at most {accepted} in the mean, begin with {format_percent(advice.first)} or less. A good release has "
        f"come through these after about {_about(total_seconds(advice.better))}:"
    )
    yield from ("", *_yaml(advice))


def _yaml(advice: RolloutAdvice) -> Iterator[str]:
    """Stages to paste over those of the plan."""
    yield "stages:"
    for one in advice.better:
        bakes = _written(round_bake(one.clear_seconds))
        yield f"  - {{ to: {one.share * 100:g}%, for: {bakes}, evidence: {{ margin: {one.margin:g} }} }}"
    last = advice.rollout.stages[-1]
    if last.to >= 1:
        yield f"  - {{ to: 100%, for: {last.for_.text if last.for_ else '1d'} }}"


def _written(seconds: float) -> str:
    """A time as plans have it: 45m, 2h, 3d."""
    size, unit = next((size, unit) for size, unit in _UNITS if seconds % size == 0)
    return f"{seconds / size:g}{unit}"


_MISSING = {
    "traffic": "How much traffic there is nobody has said: --traffic 100/s, or expected: { traffic: 100/s } in the plan.",
    "errors": "0.1 % of errors are taken for granted: --errors 0.2%, or expected: { errors: 0.2% } in the plan.",
}


def _missing(plan: Plan, given: Given) -> list[str]:
    """The options whose values nobody has said."""
    rate = plan.expected.traffic is not None and plan.expected.traffic.dimension is Dimension.RATE
    known = {"traffic": given.traffic is not None or rate, "errors": bool(given.errors or plan.expected.errors)}
    return [option for option, said in known.items() if not said]


def _data(advice: RolloutAdvice) -> dict[str, Any]:
    """Seconds, shares from 0 to 1, None where nothing can be said."""
    stages = advice.rollout.stages
    return {
        "phase": advice.phase.id,
        "flag": advice.rollout.flag,
        "reckoned_from": advice.setting,
        "stages": [
            {"title": stage.title, "to": stage.to, "bakes_seconds": stage.bakes.seconds, **_stage_data(needs)}
            for stage, needs in zip(stages, advice.stages or (None,) * len(stages), strict=True)
        ],
        "first_share": advice.first,
        "recommended": [
            {"to": one.share, "for_seconds": round_bake(one.clear_seconds), **_stage_data(one)} for one in advice.better
        ],
        "recommended_seconds": total_seconds(advice.better) if advice.better else None,
    }


def _stage_data(needs: StageAdvice | None) -> dict[str, Any]:
    if needs is None:
        return dict.fromkeys(("margin", "clear_seconds", "see_seconds", "excess"))
    numbers = {"clear_seconds": needs.clear_seconds, "see_seconds": needs.see_seconds, "excess": needs.excess}
    return {"margin": needs.margin, **{name: value if isfinite(value) else None for name, value in numbers.items()}}
