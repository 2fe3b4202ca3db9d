"""Whatever was understood of a page, the plan that comes out passes `tminus check` and accounts for every part."""

from __future__ import annotations

import random
from dataclasses import MISSING, fields
from typing import Any, get_args, get_origin, get_type_hints

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tminus.importer import draft as parts
from tminus.importer.accounting import items
from tminus.importer.draft import Box, Draft, Phase, Stage, Target, Understood
from tminus.importer.writing import write
from tminus.plan import examine_texts

# Words that trip a writer of YAML or a reader of plans, beside anything that a page may hold.
TELLING = [
    "", " ", "yes", "null", "1e3", "0x1F", "- a", "a: b", "a #b", "#", "{x}", "[y], z", "'", '"', "\\", "<<", "=", "!t", "&a",
    "*a", "%", "@", "|", ">", "?", "a\nb", "tab\there", "\u2028", "\x85", "\x00", "\ud800", "\ufeff", "é", "日本", "🚀 Go",
    "P0", "critical", "high", "1d", "1w..2w", "0d", "0s", "+3d", "+0d", "Monday 09:00", "2026-01-12", "2026-01-12T09:00:00+02:00",
    "day", "month", "US", "Global", "all users", "Error rate", "error rate", "CTO", "internal", "rollback", "EST", "$25", "%",
    "ms", "/5", "/day", "p95", "mean", "65%", "4.5/5", "7d", "x" * 1100, "Europe/Zurich", "zero", "count", "over", "for 1d",
]  # fmt: skip
WORDS = st.one_of(st.sampled_from(TELLING), st.text(max_size=12))
NUMBERS = st.one_of(
    st.sampled_from([0.0, 1.0, -1.0, 0.05, 0.5, 99.9, 1e-9, 1e300, 1234567.0]),
    st.floats(allow_nan=False, allow_infinity=False, width=32),
)
COMPARATORS = st.sampled_from(["<", "<=", ">", ">=", "=", "within", "zero"])
SHARES = st.one_of(st.none(), st.sampled_from([0.0, 0.01, 0.05, 0.25, 0.5, 1.0]), st.floats(0, 1))
DEEPEST = 4


class Maker:
    """Fills the fields of a draft's parts from a seed: hypothesis' own strategies for all of them would be too deep."""

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)

    def made(self, kind: type, depth: int = 0) -> Any:
        hints = get_type_hints(kind, vars(parts))
        values = {}
        for field in fields(kind):
            optional = field.default is not MISSING or field.default_factory is not MISSING
            if field.name == "repeated" or (optional and self.random.random() < (0.3 if depth else 0.5)):
                continue
            values[field.name] = self.special(field.name) or self.any_of(hints[field.name], depth)
        return kind(**values)

    def special(self, name: str) -> Any:
        if name in ("line", "title_line"):
            return self.random.randrange(1, 500)
        if name == "comparator":
            return self.random.choice(["<", "<=", ">", ">=", "=", "within", "zero"])
        return self.random.choice([0.01, 0.05, 0.25, 0.5, 1.0]) if name == "share" else None

    def any_of(self, kind: Any, depth: int) -> Any:
        origin, inner = get_origin(kind), get_args(kind)
        if origin is list:
            return [self.any_of(inner[0], depth) for _ in range(self.random.randrange(4 if depth < DEEPEST else 1))]
        if origin is tuple:
            return tuple(self.any_of(one, depth) for one in inner)
        if origin is not None:  # a union with None
            return self.any_of(self.random.choice(inner), depth)
        if isinstance(kind, type) and issubclass(kind, Understood):
            return self.made(kind, depth + 1)
        return self.plain(kind)

    def plain(self, kind: Any) -> Any:
        if kind is str:
            odd = "".join(chr(self.random.randrange(0x250)) for _ in range(self.random.randrange(8)))
            return self.random.choice([*TELLING, odd, odd])
        if kind is float:
            return self.random.choice([0.0, 1.0, -1.0, 0.05, 99.9, 1e-9, 1e300, 1234567.0, self.random.uniform(-9, 999)])
        if kind is int:
            return self.random.randrange(-3, 10**6)
        return self.random.random() < 0.5 if kind is bool else None


@settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.integers(0, 2**32))
def test_any_draft_gives_a_plan_without_errors_and_a_place_for_every_part(seed: int) -> None:
    draft = Maker(seed).made(Draft)
    written = write(draft, "page.md")
    written.text.encode("utf-8")
    plan, problems = examine_texts({"plan.yaml": written.text})
    errors = [str(problem) for problem in problems if problem.severity == "error"]
    assert not errors, "\n".join([*errors, written.text[:5000]])
    assert plan is not None
    lost = [item for item in items(draft, written.places, written.line_places) if item["place"] is None]
    assert not lost


STAGES = st.lists(
    st.builds(
        Stage,
        st.integers(1, 99),
        WORDS,
        share=SHARES,
        lasts=st.sampled_from(["", "1d", "1d..2d", "soon"]),
        audience=st.lists(st.sampled_from(["Staff", "Power users", "All users", ""]), max_size=2),
        regions=st.lists(st.sampled_from(["US", "EU", "Global", "Midgard", "US and Canada"]), max_size=2),
        features=st.lists(st.sampled_from(["Chat", "Search", "Demo"]), max_size=2),
    ),
    max_size=5,
)


@settings(max_examples=200, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.lists(STAGES, min_size=1, max_size=3))
def test_stages_in_any_order_follow_the_rules_of_a_rollout(rollouts: list[list[Stage]]) -> None:
    phases = [Phase(line, f"Phase {line}", stages=stages) for line, stages in enumerate(rollouts, start=1)]
    written = write(Draft(title="Demo", phases=phases), "page.md")
    _, problems = examine_texts({"plan.yaml": written.text})
    assert [str(one) for one in problems if one.severity == "error"] == []


TARGETS = st.builds(
    Target,
    st.integers(1, 99),
    st.sampled_from(["Error rate", "Response time", "Users"]),
    COMPARATORS,
    NUMBERS,
    st.sampled_from(["", "%", "ms", "s", "$", "/day", "/5"]),
    high=st.one_of(st.none(), NUMBERS),
    aggregate=st.sampled_from(["", "p95", "mean"]),
    relative=st.booleans(),
    baseline=st.sampled_from(["", "65%", "200ms", "about ten"]),
)


@settings(max_examples=200, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.lists(TARGETS, max_size=6))
def test_targets_of_one_metric_in_several_units_do_not_contradict_each_other(targets: list[Target]) -> None:
    boxes = [Box(5, "A box", targets=targets[:1])]
    written = write(Draft(title="Demo", phases=[Phase(1, "One", targets=targets[1:], boxes=boxes)]), "page.md")
    _, problems = examine_texts({"plan.yaml": written.text})
    assert [str(one) for one in problems if one.severity == "error"] == []
