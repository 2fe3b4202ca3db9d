"""Every line that says something has an entry, and nothing that was on the page is lost."""

from __future__ import annotations

import json
from typing import Any

import pytest
from ruamel.yaml import YAML

from support.pages import shared_pages
from tminus.importer import account, import_page
from tminus.importer.draft import Alert, Box, Draft, Milestone, Phase, Target
from tminus.importer.importing import Imported, import_draft
from tminus.importer.scanning import scan_page
from tminus.plan import examine_texts

PAGE = """# Shop

## Beta

- [ ] Load test
  with a thousand users
- [ ] Backup

---

### Mood

Everybody looks forward to it,
even the support team.

## Again

Said again: Beta
"""


def beta() -> Draft:
    """What somebody has understood of PAGE: the boxes and not the rest."""
    boxes = [Box(5, "Load test with a thousand users"), Box(7, "Backup")]
    return Draft(title="Shop", title_line=1, phases=[Phase(3, "Beta", boxes=boxes)], repeated={18: 3})


def imported(draft: Draft, page: str = PAGE) -> Imported:
    return import_draft(draft, scan_page(page), "folder/page.md")


def at(text: str, pointer: str) -> Any:
    """What a JSON pointer leads to."""
    value = YAML(typ="safe").load(text)
    for step in pointer.split("/")[1:]:
        name = step.replace("~1", "/").replace("~0", "~")
        value = value[int(name)] if isinstance(value, list) else value[name]
    return value


def test_every_line_becomes_an_item_a_note_structure_or_a_repetition() -> None:
    found = {entry.line: (entry.as_, entry.place) for entry in imported(beta()).lines}
    assert found[1] == ("item", "/title")
    assert found[3] == ("item", "/phases/0")
    assert found[5] == found[6] == ("item", "/phases/0/tasks/0")
    assert found[9] == ("structure", None)
    assert found[11][0] == found[13][0] == found[14][0] == "note"
    assert found[16] == ("structure", None)
    assert found[18] == ("repeat", "/phases/0")
    assert sorted(found) == [1, 3, 5, 6, 7, 9, 11, 13, 14, 16, 18]


def test_what_nobody_understood_stands_in_the_plan_as_a_note() -> None:
    result = imported(beta())
    kept = result.kept()
    assert [one["line"] for one in kept] == [11, 13, 14]
    assert at(result.text, kept[0]["place"]) == "Mood"
    assert "support team" in " ".join(str(one) for one in at(result.text, "/notes"))


def test_a_heading_over_something_understood_is_structure() -> None:
    draft = beta()
    draft.phases[0].notes = [(11, "### Mood")]
    draft.phases[0].boxes.append(Box(13, "Everybody looks forward to it, even the support team."))
    found = {entry.line: entry.as_ for entry in imported(draft).lines}
    assert found[11] == "structure"


def test_an_item_says_where_in_the_plan_it_is() -> None:
    result = imported(beta())
    for item in result.items:
        assert item["place"] is not None
    boxes = [item for item in result.items if item["kind"] == "box"]
    assert [at(result.text, box["place"])["do"] for box in boxes] == [box["text"] for box in boxes]


def test_the_number_of_an_alert_or_a_milestone_is_no_target_of_the_plan() -> None:
    draft = Draft(
        alerts=[Alert(5, "Errors", target=Target(5, "Error rate", ">", 1, "%")), Alert(7, "Somebody calls")],
        milestones=[Milestone(13, "Many users", Target(13, "Users", ">=", 1000))],
    )
    found = account(imported(draft))
    assert found["counts"] == {"alert": 2, "milestone": 1}
    assert found["items"][0 if found["items"][0]["kind"] == "alert" else 1]["target"]["criterion"] == "error_rate > 1%"
    assert {"place": "/later/alerts/0", "what": "alert without a number: Somebody calls"} in found["open"]
    assert [doubt["line"] for doubt in found["doubts"]] == [7]


def test_the_account_names_what_the_page_leaves_open() -> None:
    draft = beta()
    draft.phases[0].targets = [Target(7, "Daily users", ">", 1000)]
    found = account(imported(draft))
    assert {"place": "/metrics/daily_users", "what": "metric `daily_users` has no source"} in found["open"]
    assert {"place": "/phases/0/tasks/1", "what": "no owner and no proof: Backup"} in found["open"]


def test_the_account_is_data_and_adds_up() -> None:
    found = json.loads(json.dumps(account(imported(beta()))))
    lines = found["lines"]
    assert lines == {"total": 18, "blank": 7, "mapped": 5, "notes": 3, "structure": 2, "repeated": 1}
    assert found["page"] == "page.md"
    assert len(found["accounting"]) == lines["total"] - lines["blank"]


@pytest.mark.parametrize("number", range(5))
def test_the_real_pages_are_accounted_for_line_by_line(number: int) -> None:
    path = shared_pages()[number]
    data = path.read_bytes()
    result = import_page(data, path.name)
    found = account(result)
    total = found["lines"]["total"] - found["lines"]["blank"]
    assert len(found["accounting"]) == total == sum(1 for line in data.splitlines() if line.strip())
    assert sum(found["lines"][key] for key in ("mapped", "notes", "structure", "repeated")) == total
    for item in found["items"]:
        assert item["place"], item
        at(result.text, item["place"])
    for entry in found["accounting"]:
        assert entry["as"] == "structure" or entry["place"], entry
    _, problems = examine_texts({path.name: result.text})
    assert [str(one) for one in problems if one.severity == "error"] == []
    assert import_page(data, path.name).text == result.text


def test_no_value_of_a_variable_of_the_real_pages_gets_out() -> None:
    for path in shared_pages():
        text = path.read_text(encoding="utf-8", errors="replace")
        values = {
            value
            for line in text.splitlines()
            for name, equals, value in [line.strip().partition("=")]
            if equals
            and name.isupper()
            and len(value) > 8
            and any(word in name for word in ("SECRET", "KEY", "TOKEN", "PASS"))
        }
        result = import_page(path.read_bytes(), path.name)
        told = json.dumps(account(result)) + result.text
        assert [value for value in values if value in told] == []


def test_a_phase_that_the_page_does_not_name_is_no_item() -> None:
    report = account(import_page(b"# P\n\n- [ ] Load test\n- [ ] Backup\n", "page.md"))
    kinds = [(item["kind"], item["line"]) for item in report["items"]]
    assert kinds == [("box", 3), ("box", 4)]
