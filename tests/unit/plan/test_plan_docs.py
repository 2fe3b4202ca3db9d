"""docs/plan.md and the examples: what we show people works, and shows everything there is."""

from __future__ import annotations

import inspect
import re
from pathlib import Path

import pytest
from pydantic import BaseModel

from tminus.plan import model
from tminus.plan.codes import CODES
from tminus.plan.naming import all_tasks
from tminus.plan.reading import examine_plan, examine_texts, read_plan

ROOT = Path(__file__).parents[3]
REFERENCE = (ROOT / "docs" / "plan.md").read_text(encoding="utf-8")
CHECKS = (ROOT / "docs" / "checks.md").read_text(encoding="utf-8")
ANNOTATED = re.findall(r"```yaml\n(.*?)```", REFERENCE, re.DOTALL)[0]
EXAMPLE = ROOT / "examples" / "profile-enhancement" / "plan.yaml"
MODELS = [kind for _, kind in inspect.getmembers(model, inspect.isclass) if issubclass(kind, BaseModel)]


def test_the_annotated_plan_of_the_reference_has_no_problem() -> None:
    plan, problems = examine_texts({"docs/plan.md": ANNOTATED})
    assert plan is not None
    # The one that it has shows how to waive it.
    assert [str(problem) for problem in problems if not problem.waived] == []
    assert [problem.code for problem in problems if problem.waived] == [waiver.code for waiver in plan.waive]


@pytest.mark.parametrize("kind", MODELS, ids=lambda kind: kind.__name__)
def test_the_reference_shows_every_key(kind: type[BaseModel]) -> None:
    keys = {field.alias or name for name, field in kind.model_fields.items()}
    assert {key for key in keys if not re.search(rf"(?<![\w-]){key}:", ANNOTATED)} == set()


def test_the_page_of_checks_explains_every_code_as_the_program_does() -> None:
    assert dict(re.findall(r"^### `([a-z0-9-]+)`\n\n(.+)$", CHECKS, re.MULTILINE)) == CODES


def test_every_code_that_the_program_reports_is_explained() -> None:
    source = "".join(path.read_text(encoding="utf-8") for path in (ROOT / "src" / "tminus" / "plan").glob("*.py"))
    reported = set(re.findall(r'(?:refuse|_stop|_report|_at|_from_text)\([^"()]*"([a-z][a-z0-9-]+)"', source))
    reported |= set(re.findall(r'(?:error|warning)\((?:[^"]|"[a-z-]+")*?, "([a-z0-9]+-[a-z0-9-]+)"(?!\))', source))
    assert len(reported) > 25
    assert reported - set(CODES) == set()


@pytest.mark.parametrize("path", sorted((ROOT / "examples").glob("*/plan.yaml")), ids=lambda path: path.parent.name)
def test_an_example_has_neither_errors_nor_open_warnings(path: Path) -> None:
    plan, problems = examine_plan([path])
    assert plan is not None
    assert [str(problem) for problem in problems if not problem.waived] == []


def test_the_first_example_fits_the_readme() -> None:
    lines = (ROOT / "examples" / "first" / "plan.yaml").read_text(encoding="utf-8").splitlines()
    assert len(lines) == 30


def test_the_profile_example_has_the_figures_of_the_plan_it_comes_from() -> None:
    plan = read_plan([EXAMPLE])
    stages = [stage for phase in plan.phases if phase.rollout for stage in phase.rollout.stages]
    assert [(stage.to, stage.for_.text) for stage in stages] == [(0.05, "1w"), (0.15, "1w"), (0.5, "1w"), (1.0, "1w")]
    assert [phase.title for phase in plan.phases if phase.rollout] == ["Gradual rollout", "Full production release"]
    assert [str(phase.lasts) for phase in plan.phases] == ["1w..2w", "2w..3w", "1w"]
    assert [(c.metric, c.target.text) for c in plan.rollback.when] == [
        ("error_rate", "1%"),
        ("page_load", "5s"),
        ("api_response", "2s"),
        ("database_connection_failures", "5%"),
    ]
    assert [alert.severity.value for alert in plan.alerts] == ["high", "high", "medium", "medium", "low"]
    assert [alert.when.target.text for alert in plan.alerts] == ["0.5%", "3s", "2s", "1%", "1.5s"]
    assert plan.metrics["profile_completion"].baseline is not None
    assert plan.metrics["profile_completion"].baseline.value == 0.65


def test_the_profile_example_has_every_box_of_the_plan_it_comes_from() -> None:
    leaves = [task for phase in read_plan([EXAMPLE]).phases for task in all_tasks(phase.tasks) if not task.tasks]
    testing, release, deployment, success = 4 + 5 + 4 + 4, 4 + 4 + 4, 8 + 8 + 6, 2
    assert len(leaves) == testing + release + deployment + success
    assert [task.do for task in leaves if task.owner is None and task.proof is None] == []


def test_a_stage_of_the_profile_example_waits_only_for_what_is_measured_meanwhile() -> None:
    plan = read_plan([EXAMPLE])
    stages = [stage for phase in plan.phases if phase.rollout for stage in phase.rollout.stages]
    assert [c.text for stage in stages for c in stage.exit if plan.metrics[c.metric].kind is None] == []
