"""Who is called and when, what a playbook says, and how conditions and steps of a rollback are told apart."""

from __future__ import annotations

import pytest

from tminus.importer.draft import Draft
from tminus.importer.extracting import EXTRACTORS
from tminus.importer.scanning import scan_page
from tminus.importer.topics import Topic
from tminus.importer.understanding import understand


def drafted(topic: Topic, text: str) -> Draft:
    draft = Draft()
    root = scan_page(text).root
    EXTRACTORS[topic](root.children[0] if len(root.children) == 1 else root, draft)
    return draft


def levels(text: str) -> list[tuple[str, float | None, float | None]]:
    return [(one.who, one.since, one.until) for one in drafted(Topic.ESCALATION, text).escalation]


@pytest.mark.parametrize(
    "text",
    [
        "## Escalation\n```markdown\nLevel 1 (0-5 min): On-call\nLevel 2 (5-15 min): Lead\nLevel 3 (15+ min): CTO\n```\n",
        "## Escalation\n- T+0: On-call\n- T+5: Lead\n- T+15: CTO\n",
        "## Eskalation\n| Ebene | Wer | Ab | Bis |\n|--|--|--|--|\n| 1 | On-call | 0 min | 5 min |\n"
        "| 2 | Lead | 5 min | 15 min |\n| 3 | CTO | 15 min | – |\n",
        "## Contatos\n0 a 5 min: On-call\n5 a 15 min: Lead\nmais de 15 min: CTO\n",
    ],
)
def test_the_same_three_levels_are_read_from_every_style(text: str) -> None:
    assert levels(text) == [("On-call", 0, 5), ("Lead", 5, 15), ("CTO", 15, None)]


def test_levels_without_minutes_are_levels_and_opening_hours_are_none() -> None:
    text = "## Support\n**Hours**: 8 AM - 6 PM\n\n- Level 1: Support team\n- Level 2: Dev team\n"
    assert levels(text) == [("Support team", None, None), ("Dev team", None, None)]


def test_tiers_of_support_are_kept_apart_from_levels() -> None:
    draft = drafted(Topic.SUPPORT, "## Support\n- **Tier 1:** FAQ\n- **Tier 2:** Live chat\n")
    assert [(one.title, one.who) for one in draft.tiers] == [("Tier 1", "FAQ"), ("Tier 2", "Live chat")]
    assert draft.escalation == []


def procedures(topic: Topic, text: str) -> list[tuple[str, str, str, list[str]]]:
    found = drafted(topic, text).procedures
    return [(one.title, one.kind, one.within, [step for _, step in one.steps]) for one in found]


def test_each_heading_of_an_incident_plan_is_one_playbook_in_order() -> None:
    text = "## Incident response\n### System down\n1. **Alert** (automatic)\n2. Tell the team\n"
    text += "### Slow database\n1. Check the pool\n"
    assert procedures(Topic.INCIDENTS, text) == [
        ("System down", "incident", "", ["Alert (automatic)", "Tell the team"]),
        ("Slow database", "incident", "", ["Check the pool"]),
    ]


def test_the_groups_of_a_scenario_are_one_procedure_with_its_time() -> None:
    text = """## Contingency plans
#### Scenario 1: Data breach
```bash
# Immediate response (< 15 minutes)
1. Isolate systems
2. Keep evidence

# Legal
1. Call counsel
```
"""
    assert procedures(Topic.INCIDENTS, text) == [
        ("Scenario 1: Data breach", "contingency", "15m", ["Isolate systems", "Keep evidence", "Call counsel"])
    ]


def test_bold_labels_within_a_playbook_do_not_divide_it() -> None:
    text = "## Störungen\n### Ausfall\n**Sofort:**\n- Status setzen\n\n**Danach:**\n- Ursache suchen\n"
    assert procedures(Topic.INCIDENTS, text) == [("Ausfall", "incident", "", ["Status setzen", "Ursache suchen"])]


def test_a_rollback_section_divides_into_triggers_and_procedures() -> None:
    text = """## Rollback strategy
### Automated triggers
- Error rate > 1%
- Data loss
### Manual procedures
1. **Immediate rollback** (< 5 minutes)
   - Revert
   - Turn flags off
2. **Database rollback** (if needed)
   - Restore the backup
"""
    draft = drafted(Topic.ROLLBACK, text)
    assert [one.text for one in draft.triggers] == ["Error rate > 1%", "Data loss"]
    assert procedures(Topic.ROLLBACK, text) == [
        ("Immediate rollback", "rollback", "5m", ["Revert", "Turn flags off"]),
        ("Database rollback (if needed)", "rollback", "", ["Restore the backup"]),
    ]


@pytest.mark.parametrize(
    ("when", "how"),
    [
        ("We roll back if:", "How:"),
        ("Wir brechen ab, sobald:", "Vorgehen:"),
        ("On revient en arrière si :", "Procédure :"),
        ("Volvemos atrás cuando:", "Pasos:"),
        ("Suspendemos quando:", "Passos:"),
        ("Wycofujemy, gdy:", "Kroki:"),
    ],
)
def test_conditions_and_steps_are_told_apart_in_other_languages(when: str, how: str) -> None:
    draft = drafted(Topic.ROLLBACK, f"## Rollback\n{when}\n\n- errors > 5 %\n- too quiet\n\n{how}\n\n1. x\n2. y\n")
    assert [one.text for one in draft.triggers] == ["errors > 5 %", "too quiet"]
    assert [[step for _, step in one.steps] for one in draft.procedures] == [["x", "y"]]


def test_labels_with_what_has_failed_are_triggers_and_a_plan_in_one_line_is_a_procedure() -> None:
    draft = drafted(
        Topic.ROLLBACK, "## Rollback\n- **Automated:** Health check failures\n- **Manual:** Critical issues\n"
    )
    assert len(draft.triggers) == 2
    assert draft.procedures == []
    assert procedures(Topic.ROLLBACK, "**Rollback Plan**: Revert to the previous image\n") == [
        ("Rollback Plan", "rollback", "", ["Revert to the previous image"])
    ]


def test_plain_steps_are_a_procedure() -> None:
    assert procedures(Topic.ROLLBACK, "## Rollback\n- Revert the deployment\n- Turn the flag off\n") == [
        ("Rollback", "rollback", "", ["Revert the deployment", "Turn the flag off"])
    ]


def test_a_procedure_within_a_section_of_triggers_is_no_trigger() -> None:
    text = "## Rollback criteria\n- errors > 5 %\n- too quiet\n### How to roll back\n1. Pin the old version\n2. Watch\n"
    draft = drafted(Topic.TRIGGERS, text)
    assert [one.text for one in draft.triggers] == ["errors > 5 %", "too quiet"]
    assert [[step for _, step in one.steps] for one in draft.procedures] == [["Pin the old version", "Watch"]]


def test_lines_that_begin_with_minutes_are_levels_each_on_its_own_line() -> None:
    found = drafted(
        Topic.ESCALATION, "## Phone tree\n\n0-5 min     Ann\n5-20 min    Bo, then Cy\n20+ min     Head of Data\n"
    ).escalation
    assert [(one.line, one.who, one.since, one.until) for one in found] == [
        (3, "Ann", 0, 5),
        (4, "Bo, then Cy", 5, 20),
        (5, "Head of Data", 20, None),
    ]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        (
            "## Who answers\n\n1. Primary, at once\n2. Secondary, after 8 minutes\n3. Director, after 1 hour (only at night)\n",
            [("Primary", 0, 8), ("Secondary", 8, 60), ("Director", 60, None)],
        ),
        (
            "## Escalate\n\nT+0 first on-call · T+15 second on-call · T+40 director\n",
            [("first on-call", 0, 15), ("second on-call", 15, 40), ("director", 40, None)],
        ),
        (
            "## Wer hilft\n\n- Stufe A (sofort): Leitstand\n- Stufe B (nach 20 min): Direktion\n",
            [("Leitstand", 0, 20), ("Direktion", 20, None)],
        ),
        ("## Escalation\n\n- até 15 min: Zeca\n- depois de 15 min: Neusa\n", [("Zeca", 0, 15), ("Neusa", 15, None)]),
        (
            "## Nights\n\nAnn for the first 20 minutes, Bo until the hour is over, after that we wake the publisher.\n",
            [("Ann", 0, 20), ("Bo", 20, 60), ("publisher", 60, None)],
        ),
    ],
)
def test_levels_are_read_however_people_and_minutes_are_ordered(
    text: str, found: list[tuple[str, float | None, float | None]]
) -> None:
    assert levels(text) == found


def test_a_title_that_asks_for_people_makes_an_escalation_of_lines_with_rising_times() -> None:
    def told(title: str, lines: str) -> int:
        return len(understand(scan_page(f"# P\n\n## {title}\n\n{lines}")).escalation)

    assert told("Wie bel je", "0-15 minuten: beheerder\n15-60 minuten: Fenna\nmeer dan 60 minuten: directeur\n") == 3
    assert told("Run sheet", "- T+0: open the doors\n- T+15: look at the errors\n") == 0
    assert told("Who is invited", "- 10% of staff after 5 min\n- 40% of staff after 20 min\n") == 0


def test_conditions_in_one_line_are_each_a_trigger() -> None:
    text = "## Halt\n\nHalt both stores if: crash-free sessions < 99%, ANR rate > 0.9%, or one lost document\n"
    found = [one.text for one in drafted(Topic.TRIGGERS, text).triggers]
    assert found == ["crash-free sessions < 99%", "ANR rate > 0.9%", "one lost document"]
