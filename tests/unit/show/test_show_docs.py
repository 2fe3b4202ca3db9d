"""docs/show.md shows what the program draws."""

from __future__ import annotations

import re
from pathlib import Path

from tminus.plan import read_plan
from tminus.plan.timeline import timeline
from tminus.show import as_data, as_mermaid, as_text

ROOT = Path(__file__).parents[3]
PAGE = (ROOT / "docs" / "show.md").read_text(encoding="utf-8")


def test_the_drawings_in_the_documentation_are_those_of_the_first_example() -> None:
    line = timeline(read_plan([ROOT / "examples" / "first" / "plan.yaml"]))
    assert as_text(line) in re.findall(r"```text\n(.*?)```", PAGE, re.DOTALL)
    assert [as_mermaid(line)] == re.findall(r"```mermaid\n(.*?)```", PAGE, re.DOTALL)


def test_every_key_of_the_json_is_explained() -> None:
    line = timeline(read_plan([ROOT / "examples" / "first" / "plan.yaml"]))
    data = as_data(line)
    phase = data["phases"][1]
    explained = set(re.findall(r"`(\w+)(?:\[\])?`", PAGE.partition("## JSON")[2]))
    for keys in (data, phase, phase["stages"][0], phase["gate"], data["triggers"][0], phase["begins"]):
        assert set(keys) - explained == set()
