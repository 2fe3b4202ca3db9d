"""What alerts and triggers come out of lists, objects, rules, tables and sentences."""

from __future__ import annotations

import pytest

from tminus.importer.draft import Alert, Draft, Target
from tminus.importer.extract_common import flow_map
from tminus.importer.extracting import EXTRACTORS
from tminus.importer.page import Block
from tminus.importer.scanning import scan_page
from tminus.importer.topics import Topic


def section(text: str) -> Block:
    """The first heading of a page, or the page itself."""
    root = scan_page(text).root
    return root.children[0] if len(root.children) == 1 else root


def alerts(text: str) -> list[Alert]:
    draft = Draft()
    EXTRACTORS[Topic.ALERTS](section(text), draft)
    return draft.alerts


def said(target: Target | None) -> str:
    return "" if target is None else f"{target.metric} {target.comparator} {target.number:g}{target.unit}"


def rows(found: list[Alert]) -> list[tuple[str, str]]:
    return [(one.severity, said(one.target)) for one in found]


def test_a_priority_with_two_conditions_gives_two_alerts_of_its_line() -> None:
    found = alerts(
        "## Alerts\n- **High Priority**: Error rate > 0.5%, Response time > 3s\n- **Low Priority**: Slow trend\n"
    )
    assert rows(found) == [("high", "Error rate > 0.5%"), ("high", "Response time > 3s"), ("low", "")]
    assert [one.line for one in found] == [2, 2, 3]


def test_a_comma_within_a_description_does_not_split_it() -> None:
    found = alerts("## Alerts\n- **High**: Queue age > 6 min, as seen by the worker\n")
    assert len(found) == 1


@pytest.mark.parametrize(
    ("head", "severity"),
    [
        ("Critical Alerts", "critical"),
        ("Kritische Alarme", "critical"),
        ("Alertes critiques", "critical"),
        ("Alertas críticas", "critical"),
        ("Info Alerts", "info"),
        ("Warning Alerts", "medium"),
    ],
)
def test_a_heading_of_a_list_gives_its_severity_and_its_line(head: str, severity: str) -> None:
    found = alerts(f"## Alerts\n```yaml\n{head}:\n  - Service downtime\n  - Error rates (>5%)\n```\n")
    assert [one.severity for one in found] == [severity, severity]
    assert found[0].target is None
    assert said(found[1].target) == "Error rates > 5%"
    assert found[0].lines == [3]


def test_high_cpu_usage_is_no_severity() -> None:
    assert rows(alerts("## Alerts\n- High CPU usage: above 80%\n")) == [("", "CPU usage > 80%")]


def test_an_object_is_one_alert_with_duration_and_channels() -> None:
    text = """## Alerting
```typescript
const alerts = {
  errorRate: {
    threshold: '> 1%',
    duration: '5 minutes',
    channels: ['email', 'slack']
  },
  uptime: { threshold: '< 99%', duration: '1 minute' }
}
```
"""
    found = alerts(text)
    assert rows(found) == [("", "Error rate > 1%"), ("", "Uptime < 99%")]
    assert (found[0].lasting, found[0].channels, found[0].lines) == ("5m", ["email", "slack"], [5, 6, 7])
    assert (found[1].lasting, found[1].line) == ("1m", 9)


def test_a_yaml_mapping_says_the_same_as_an_object() -> None:
    text = "## Alerts\n```yaml\nerror_rate:\n  threshold: 2%\n  severity: critical\n  notify:\n    - '#ops'\n    - email\n```\n"
    (one,) = alerts(text)
    assert (one.severity, one.channels, one.lines) == ("critical", ["#ops", "email"], [4, 5, 6, 7, 8])


def test_prometheus_rules_are_read_with_the_severity_of_their_labels() -> None:
    text = """## Alerts
```yaml
groups:
  - name: shop
    rules:
      - alert: ShopErrors
        expr: error_rate > 0.01
        for: 5m
        labels: { severity: critical }
      - alert: ShopSlow
        expr: checkout_seconds > 0.4
        labels:
          severity: info
```
"""
    found = alerts(text)
    assert rows(found) == [("critical", "Error rate > 1%"), ("info", "Checkout > 0.4s")]
    assert found[0].lasting == "5m"
    assert found[0].target is not None
    assert "0.01" in found[0].target.doubt
    assert found[1].lines == [11, 12, 13]


def test_the_columns_of_a_table_are_told_by_their_names_in_french() -> None:
    text = """## Alertes
| Gravité | Condition | Pendant | Canal |
|---|---|---|---|
| Critique | échecs de paiement > 3 % | 5 min | SMS + #astreinte |
| Moyenne | stock négatif | | courriel |
"""
    found = alerts(text)
    assert rows(found) == [("critical", "Échecs de paiement > 3%"), ("medium", "")]
    assert (found[0].lasting, found[0].channels) == ("5m", ["SMS", "Slack #astreinte"])
    assert found[1].channels == ["email"]


def test_metric_and_threshold_of_two_columns_are_one_condition() -> None:
    text = "## Alerts\n| Sev | Signal | Threshold | For | Goes to |\n|--|--|--|--|--|\n"
    text += "| SEV2 | Failed logins | > 3% | 10 min | PagerDuty |\n"
    (one,) = alerts(text)
    assert (one.severity, said(one.target), one.lasting, one.channels) == (
        "high",
        "Failed logins > 3%",
        "10m",
        ["PagerDuty"],
    )


@pytest.mark.parametrize(
    ("text", "target", "lasting", "channels"),
    [
        ("Page on-call if p95 latency > 800 ms for 10 min via PagerDuty", "Latency > 800ms", "10m", ["PagerDuty"]),
        ("- ALTA: fila de pedidos > 25 por 10 min -> WhatsApp do plantão", "Fila de pedidos > 25", "10m", ["WhatsApp"]),
    ],
)
def test_a_sentence_names_condition_duration_and_channel(
    text: str, target: str, lasting: str, channels: list[str]
) -> None:
    (one,) = alerts(f"## Alerts\n{text}\n")
    assert (said(one.target), one.lasting, one.channels) == (target, lasting, channels)


def test_prose_and_tasks_in_a_section_of_alerts_are_no_alerts() -> None:
    assert alerts("## Alerts\nWe keep 20 rules in one repository.\n\n- [ ] Set up the pager\n") == []
    assert alerts("## Alerts\n**Tool**: Grafana\n\n- Slack: the usual room\n- Channels: email and phone\n") == []


def test_channels_of_a_discord_are_not_taken_for_slack() -> None:
    (one,) = alerts("## Alerts\n- Errors > 5% -> Discord #backstage\n")
    assert one.channels == ["Discord #backstage"]


def triggers(text: str) -> list[tuple[str, str]]:
    draft = Draft()
    EXTRACTORS[Topic.TRIGGERS](section(text), draft)
    return [(one.text, said(one.target)) for one in draft.triggers]


def test_triggers_with_and_without_numbers_are_kept_in_order() -> None:
    found = triggers(
        "## Abbruchkriterien\n- Fehlerquote > 2 % über 10 Minuten,\n- ein Verdacht auf Datenabfluss besteht.\n"
    )
    assert found == [
        ("Fehlerquote > 2 % über 10 Minuten", "Fehlerquote > 2%"),
        ("ein Verdacht auf Datenabfluss besteht", ""),
    ]


def test_triggers_of_a_table_hold_for_or_over_as_its_column_says() -> None:
    draft = Draft()
    table = "| Signal | Bad when | {} |\n|--|--|--|\n| 5xx ratio | > 0.5% | 5 min |\n"
    EXTRACTORS[Topic.TRIGGERS](section("## Stop\n" + table.format("Held for")), draft)
    EXTRACTORS[Topic.TRIGGERS](section("## Stop\n" + table.format("Window")), draft)
    held, window = (one.target for one in draft.triggers)
    assert held is not None
    assert window is not None
    assert (held.lasting, held.over) == ("5m", "")
    assert (window.lasting, window.over) == ("", "5m")


def test_triggers_of_a_json_file_are_read_from_one_line_each() -> None:
    text = """## Rollback
```json
{ "triggers": [
  { "metric": "error_rate", "above": "2%", "for": "3m" },
  { "metric": "lost", "above": 50 }
] }
```
"""
    assert [target for _, target in triggers(text)] == ["Error rate > 2%", "Lost > 50"]


def test_semicolons_divide_and_the_label_names_the_channel() -> None:
    found = alerts("## Alarms\nLOUD (phone): registry unreachable 5 min; signature failures > 0\n")
    assert [(said(one.target), one.lasting, one.channels) for one in found] == [
        ("", "5m", ["phone"]),
        ("Signature failures > 0", "", ["phone"]),
    ]


def test_an_essay_about_alerts_is_no_alert() -> None:
    essay = "An alert that is right is a tragedy. If CPU > 90% wakes you, buy a pillow. I once saw one.\n"
    assert alerts(f"## On alerts\n{essay}") == []


def test_a_count_without_a_direction_is_no_threshold() -> None:
    assert triggers("## Stop\n| Trigger | Threshold |\n|--|--|\n| Wrong route | 1 report |\n") == [
        ("Wrong route 1 report", "")
    ]


def test_a_limit_in_words_is_a_number() -> None:
    draft = Draft()
    EXTRACTORS[Topic.TRIGGERS](section("## Stop if\n- the portal is unavailable for more than four hours;\n"), draft)
    assert [said(one.target) for one in draft.triggers] == ["Portal is unavailable > 4h"]


def test_what_is_done_upon_a_trigger_is_a_procedure() -> None:
    page = "## Suspension\n\ni. personal data are visible;\nii. the portal is down.\n\nUpon suspension: banner up, paper back\n"
    draft = Draft()
    EXTRACTORS[Topic.TRIGGERS](section(page), draft)
    assert [one.text for one in draft.triggers] == ["personal data are visible", "the portal is down"]
    assert [step for _, step in draft.procedures[0].steps] == ["banner up", "paper back"]


@pytest.mark.parametrize("written", ["{}", "{ }", "{a}", "{,}"])
def test_brackets_with_no_field_in_them_are_no_object(written: str) -> None:
    assert flow_map(written) == {}


def test_a_cell_that_is_an_accent_alone_says_neither_on_nor_off() -> None:
    draft = Draft()
    EXTRACTORS[Topic.FEATURES](section("## Flags\n\n| Flag | State |\n|---|---|\n| `new_cart` | ¸ |\n"), draft)
    assert [(flag.name, flag.on) for flag in draft.flags] == [("new_cart", None)]


@pytest.mark.parametrize(
    "header", ["| Ampel | Messwert | Grenze | Dauer | Meldung an |", "| Nível | Sinal | Limite | Por | Aviso |"]
)
def test_columns_of_a_table_of_alerts_are_known_in_other_languages(header: str) -> None:
    (alert,) = alerts(f"## X\n\n{header}\n|--|--|--|--|--|\n| critical | queue age | > 15 s | 10 min | Slack |\n")
    assert (said(alert.target), alert.severity, alert.lasting, alert.channels) == (
        "Queue age > 15s",
        "critical",
        "10m",
        ["Slack"],
    )
