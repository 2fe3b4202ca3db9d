"""A page imported again: the plan follows the page where nobody touched it, and keeps byte for byte what a hand has made."""

from __future__ import annotations

import copy
from collections.abc import Callable

import pytest

from tminus.errors import UsageError
from tminus.importer import Merged, merge_plan
from tminus.importer.draft import Alert, Box, Draft, Phase, Risk, Role, Stage, Target, Variable
from tminus.importer.importing import Imported, import_draft
from tminus.importer.page import Block, Kind, Page
from tminus.plan import examine_texts


def page_draft() -> Draft:
    """A small page with most of what a merge meets: groups, flow and block style, criteria, names."""
    return Draft(
        title="Shop",
        title_line=1,
        summary="A new checkout.",
        phases=[
            Phase(
                3,
                "Beta",
                lasts="1w",
                boxes=[
                    Box(5, "Load test", owner="Dev Lead", priority="high", group="Ready"),
                    Box(6, "Database backup", checked=False, group="Ready"),
                    Box(7, "Tell the support team"),
                ],
                stages=[Stage(9, "First", share=0.05, lasts="1d"), Stage(10, "Half", share=0.5, lasts="2d")],
                targets=[Target(12, "Error rate", "<", 0.1, "%"), Target(13, "Uptime", ">", 99.5, "%")],
                roles=["Dev Lead"],
                notes=[(14, "Slides are on the wiki")],
            ),
            Phase(20, "Launch", boxes=[Box(21, "Press release")], targets=[Target(22, "Error rate", "<", 0.1, "%")]),
        ],
        alerts=[Alert(30, "Errors", "high", Target(30, "Error rate", ">", 1, "%"), lasting="5m")],
        risks=[Risk(40, "It breaks", "high", "low"), Risk(41, "It is slow", "low", "low")],
        roles=[Role(50, "Dev Lead")],
        variables=[Variable(60, "SHOP_URL"), Variable(61, "SHOP_KEY", secret=True)],
        notes=[(70, "More on the wiki")],
    )


def imported(draft: Draft) -> Imported:
    return import_draft(copy.deepcopy(draft), Page(Block(Kind.HEADING, 0, ""), []), "page.md")


def again(present: str, change: Callable[[Draft], None]) -> Merged:
    """Merge the page after a change to it."""
    draft = page_draft()
    change(draft)
    merged = merge_plan(present, imported(draft), "plan.yaml")
    _, problems = examine_texts({"plan.yaml": merged.text})
    assert [str(one) for one in problems if one.severity == "error"] == []
    return merged


def said(merged: Merged) -> list[tuple[str, str]]:
    return [(change.what, change.place) for change in merged.changes]


def body(text: str) -> str:
    return text.partition("\n# tminus import")[0]


FIRST = imported(page_draft()).text


def nothing(_: Draft) -> None:
    pass


def test_the_same_page_again_changes_no_byte() -> None:
    merged = again(FIRST, nothing)
    assert merged.text == FIRST
    assert merged.changes == ()


def test_the_same_page_again_keeps_every_byte_that_a_hand_has_made() -> None:
    mine = FIRST.replace("error_rate < 0.1%  # line 12", "{ that: error_rate < 0.2%, point: true }  # ours").replace(
        "alerts:\n", "# my own words\nalerts:\n"
    )
    mine = mine.replace("metrics:\n", "metrics:\n  mine: { title: Mine, attest: dev-lead }\n")
    assert "# ours" in mine
    merged = again(mine, nothing)
    assert merged.text == mine
    assert merged.changes == ()


def test_a_value_that_nobody_touched_follows_the_page() -> None:
    def change(draft: Draft) -> None:
        draft.phases[0].targets[0].number = 0.2
        draft.phases[0].boxes[1].checked = True
        draft.risks[0].probability = "medium"

    merged = again(FIRST, change)
    assert sorted(said(merged)) == [
        ("added", "phases/beta/tasks/Ready/tasks/Database backup/done"),
        ("changed", "phases/beta/exit/error_rate<"),
        ("changed", "risks/It breaks/probability"),
    ]
    assert "- error_rate < 0.2%  # line 12\n" in merged.text
    assert "- { do: Database backup, done: true }  # line 6\n" in merged.text
    assert body(merged.text).replace("0.2%  # line 12", "0.1%  # line 12").replace(", done: true", "").replace(
        "probability: medium", "probability: high"
    ) == body(FIRST)


def test_what_a_hand_has_changed_stays_and_is_reported() -> None:
    mine = FIRST.replace("- error_rate < 0.1%  # line 12", "- error_rate < 0.5%  # line 12")

    def change(draft: Draft) -> None:
        draft.phases[0].targets[0].number = 0.2

    merged = again(mine, change)
    assert body(merged.text) == body(mine)
    assert [(one.what, one.before, one.after) for one in merged.changes] == [
        ("kept", "error_rate < 0.5%", "error_rate < 0.2%")
    ]
    assert again(merged.text, change).changes == ()  # said once, and then it is known


def test_keys_added_by_hand_stay_while_the_rest_of_the_entry_follows_the_page() -> None:
    mine = FIRST.replace(
        "{ do: Load test, owner: dev-lead, priority: high }",
        "{ do: Load test, owner: dev-lead, id: load, priority: high }",
    ).replace("  error_rate: {", "  error_rate: { source: events, bad: failed, total: request, window: 5m,")
    assert mine.count("id: load") == 1

    def change(draft: Draft) -> None:
        draft.phases[0].boxes[0].priority = "critical"

    merged = again(mine, change)
    assert "{ do: Load test, owner: dev-lead, id: load, priority: critical }" in merged.text
    assert "error_rate: { source: events, bad: failed, total: request, window: 5m," in merged.text
    assert said(merged) == [("changed", "phases/beta/tasks/Ready/tasks/Load test/priority")]


def test_what_is_new_on_the_page_is_put_in_at_its_place() -> None:
    def change(draft: Draft) -> None:
        draft.phases[0].boxes.insert(1, Box(6, "Penetration test", owner="Security", group="Ready"))
        draft.phases[0].stages.insert(1, Stage(10, "Quarter", share=0.25, lasts="1d"))
        draft.phases.insert(1, Phase(18, "Pilot", boxes=[Box(19, "Ask ten users")]))
        draft.risks.insert(0, Risk(39, "Nobody comes", "low", "high"))
        draft.targets.append(Target(80, "Revenue", ">", 10, "$"))

    merged = again(FIRST, change)
    plan, _ = examine_texts({"plan.yaml": merged.text})
    assert plan is not None
    assert [phase.id for phase in plan.phases] == ["beta", "pilot", "launch"]
    ready = plan.phases[0].tasks[0]
    assert [task.do for task in ready.tasks] == ["Load test", "Penetration test", "Database backup"]
    assert plan.phases[0].rollout is not None
    assert [stage.to for stage in plan.phases[0].rollout.stages] == [0.05, 0.25, 0.5]
    assert [risk.risk for risk in plan.risks] == ["Nobody comes", "It breaks", "It is slow"]
    assert [str(kpi.that) for kpi in plan.kpis] == ["revenue > $10"]
    assert "security" in plan.roles
    assert {what for what, _ in said(merged)} == {"added"}
    fresh = imported_text(change)
    assert examine_texts({"plan.yaml": fresh})[0] == plan


def imported_text(change: Callable[[Draft], None]) -> str:
    draft = page_draft()
    change(draft)
    return imported(draft).text


def test_what_is_gone_from_the_page_goes_where_nobody_touched_it() -> None:
    def change(draft: Draft) -> None:
        del draft.phases[0].boxes[2]
        del draft.risks[0]
        draft.alerts.clear()
        del draft.variables[0]
        draft.notes.clear()

    merged = again(FIRST, change)
    assert {what for what, _ in said(merged)} == {"removed"}
    assert examine_texts({"p": merged.text})[0] == examine_texts({"p": imported_text(change)})[0]


def test_what_is_gone_from_the_page_stays_where_a_hand_was() -> None:
    mine = FIRST.replace("{ risk: It breaks,", "{ risk: It breaks, owner: dev-lead,")

    def change(draft: Draft) -> None:
        draft.risks.clear()

    merged = again(mine, change)
    assert sorted(said(merged)) == [("kept", "risks/It breaks"), ("removed", "risks/It is slow")]
    plan, _ = examine_texts({"plan.yaml": merged.text})
    assert plan is not None
    assert [risk.risk for risk in plan.risks] == ["It breaks"]


def test_what_was_taken_out_by_hand_does_not_come_back() -> None:
    mine = "".join(line for line in FIRST.splitlines(keepends=True) if "Tell the support team" not in line)
    merged = again(mine, nothing)
    assert merged.text == mine
    assert merged.changes == ()


def test_a_line_that_the_page_words_otherwise_keeps_what_a_hand_has_added_to_it() -> None:
    mine = FIRST.replace("{ do: Database backup }", "{ do: Database backup, owner: dev-lead, id: backup-done }")
    mine = mine.replace("{ do: Tell the support team }", "{ do: Tell the support team, owner: dev-lead }")
    assert mine.count("owner: dev-lead }") >= 1

    def change(draft: Draft) -> None:
        draft.phases[0].boxes[2].text = "Tell the whole support team"

    merged = again(mine, change)
    assert "{ do: Tell the whole support team, owner: dev-lead }" in merged.text
    assert [what for what, _ in said(merged)] == ["changed"]


def test_line_numbers_follow_the_page_and_are_no_change() -> None:
    def change(draft: Draft) -> None:
        for phase in draft.phases:
            for box in phase.boxes:
                box.line += 100

    merged = again(FIRST, change)
    assert merged.changes == ()
    assert "{ do: Tell the support team }  # line 107\n" in merged.text
    assert "# line 7\n" not in merged.text


def test_windows_line_ends_stay_windows_line_ends() -> None:
    def change(draft: Draft) -> None:
        draft.risks.append(Risk(42, "It rains", "low", "low"))

    merged = again(FIRST.replace("\n", "\r\n"), change)
    assert "It rains" in merged.text
    assert "\n" not in merged.text.replace("\r\n", "")


def test_a_file_that_no_import_has_written_is_not_touched() -> None:
    with pytest.raises(UsageError, match="no import has written it"):
        merge_plan("tminus: 1\ntitle: Mine\nphases: [{ id: a }]\n", imported(page_draft()), "plan.yaml")


def test_a_file_that_is_no_yaml_any_more_is_not_touched() -> None:
    with pytest.raises(UsageError, match="no YAML") as caught:
        merge_plan(FIRST.replace("phases:", "phases: ["), imported(page_draft()), "plan.yaml")
    assert caught.value.code == "cannot-merge"
