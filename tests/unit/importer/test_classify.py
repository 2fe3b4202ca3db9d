"""Topics by words in ten languages, by columns, and by content."""

from __future__ import annotations

import pytest

from tminus.importer.classify import topic_of, topic_of_content, topic_of_table
from tminus.importer.scanning import scan_page
from tminus.importer.topics import Topic


@pytest.mark.parametrize(
    ("words", "topic"),
    [
        ("Success Criteria", Topic.CRITERIA),
        ("Erfolgskriterien", Topic.CRITERIA),
        ("Critères de sortie", Topic.CRITERIA),
        ("Criterios de éxito", Topic.CRITERIA),
        ("Só seguimos se", Topic.CRITERIA),
        ("Criteri di successo", Topic.CRITERIA),
        ("Succescriteria", Topic.CRITERIA),
        ("Başarı kriterleri", Topic.CRITERIA),
        ("Kryteria sukcesu", Topic.CRITERIA),
        ("Abbruchkriterien", Topic.TRIGGERS),
        ("Risiken", Topic.RISKS),
        ("Riesgos", Topic.RISKS),
        ("Budżet", Topic.BUDGET),
        ("Bütçe", Topic.BUDGET),
        ("Plan de communication", Topic.ANNOUNCEMENTS),
        ("Kontrol listesi", Topic.TASKS),
        ("Retour arrière", Topic.ROLLBACK),
        ("Harmonogram", Topic.TIMELINE),
        ("growthTargets", Topic.TARGETS),
    ],
)
def test_a_heading_names_its_topic_in_many_languages(words: str, topic: Topic) -> None:
    assert topic_of(words) is topic


def test_the_longest_phrase_decides_what_a_heading_is_about() -> None:
    assert topic_of("Automated Rollback Triggers") is Topic.TRIGGERS
    assert topic_of("Manual Rollback Procedures") is Topic.ROLLBACK
    assert topic_of("Post-Launch Goals (30 days)") is Topic.TARGETS
    assert topic_of("Risk Checklist of the kitchen") is Topic.TASKS


def test_whole_words_are_not_found_within_others() -> None:
    assert topic_of("Gatewater") is None
    assert topic_of("The celery stew") is None


def test_a_heading_without_a_known_word_has_no_topic() -> None:
    assert topic_of("Zebras") is None


@pytest.mark.parametrize(
    ("header", "topic"),
    [
        (("Risk", "Probability", "Impact"), Topic.RISKS),
        (("Risiko", "Eintritt", "Auswirkung"), Topic.RISKS),
        (("Phase", "Duration", "Start", "End"), Topic.TIMELINE),
        (("Step", "Share of fleets", "Regions"), Topic.STAGES),
        (("Semana", "Bairros", "% dos clientes"), Topic.STAGES),
        (("Metric", "Baseline", "Target"), Topic.TARGETS),
        (("Severity", "Condition", "Channel"), Topic.ALERTS),
        (("Level", "Who", "After"), Topic.ESCALATION),
        (("Item", "Owner", "Due"), Topic.TASKS),
        (("Pack", "Price", "Bonus %"), None),
        (("Document", "Purpose"), None),
    ],
)
def test_columns_say_what_a_table_lists(header: tuple[str, ...], topic: Topic | None) -> None:
    assert topic_of_table(header) is topic


@pytest.mark.parametrize(
    ("fence", "topic"),
    [
        ("```bash\nAPI_URL=https://a.example\nTOKEN=x\n```", Topic.VARIABLES),
        ("```yaml\nservices:\n  api:\n    image: api:1\n    healthcheck:\n      test: curl\n```", Topic.SERVICES),
        ("```mermaid\ngantt\n    dateFormat YYYY-MM-DD\n    Build :2026-01-01, 2d\n```", Topic.TIMELINE),
        ("```mermaid\ngraph TD\n    A --> B\n```", Topic.NOTES),
    ],
)
def test_a_fence_tells_by_its_content(fence: str, topic: Topic) -> None:
    page = scan_page(f"# A\n\n## Zebras\n\n{fence}\n")
    blocks = [block for block in page.root.walk() if block.kind == "fence"]
    assert topic_of_content(blocks[0]) is topic


def test_levels_in_a_row_are_an_escalation_whatever_the_heading() -> None:
    page = scan_page("# A\n\n## Zebras\n\n- Level 1: support\n- Level 2: developers\n")
    section = next(block for block in page.root.walk() if block.text == "Zebras")
    assert topic_of_content(section) is Topic.ESCALATION


def test_objects_that_compare_and_say_how_bad_it_is_are_alerts_whatever_stands_over_them() -> None:
    rule = "- alert: {0}\n  expr: rate > 0.01\n  for: 5m\n"
    page = scan_page(f"# P\n\n```yaml\nrules:\n{rule.format('A')}{rule.format('B')}```\n")
    assert topic_of_content(page.root.children[0].children[0]) is Topic.ALERTS
