"""What comes back, what is done at so many users, who does it, and how people are told."""

from __future__ import annotations

import pytest

from tminus.importer.draft import Draft
from tminus.importer.extracting import EXTRACTORS, read_audience
from tminus.importer.page import Block
from tminus.importer.scanning import scan_page
from tminus.importer.topics import Topic


def section(text: str) -> Block:
    """The first heading of a page, or the page itself."""
    root = scan_page(text).root
    return root.children[0] if len(root.children) == 1 else root


def drafted(topic: Topic, text: str) -> Draft:
    draft = Draft()
    EXTRACTORS[topic](section(text), draft)
    return draft


def routines(text: str) -> list[tuple[str, str, list[str]]]:
    return [(one.title, one.every, [step for _, step in one.steps]) for one in drafted(Topic.ROUTINES, text).routines]


@pytest.mark.parametrize(
    ("label", "every"),
    [
        ("Daily", "day"),
        ("Wöchentlich", "week"),
        ("Mensuel", "month"),
        ("Cada semana", "week"),
        ("Diariamente", "day"),
        ("Trimestrale", "quarter"),
        ("Dagelijks", "day"),
        ("Haftalık", "week"),
        ("Codziennie", "day"),
    ],
)
def test_a_label_says_how_often_in_every_language(label: str, every: str) -> None:
    assert routines(f"## Maintenance\n- **{label}:** logs, backups\n") == [(label, every, ["logs", "backups"])]


def test_a_meeting_has_its_time_its_length_and_its_agenda() -> None:
    text = """## Process
```yaml
Daily Standups:
  Time: 9:00 AM
  Duration: 15 minutes
  Focus: Feedback & blockers

Weekly Reviews:
  Time: Friday 2:00 PM
  Agenda:
    - Metrics
    - Bugs
```
"""
    daily, weekly = drafted(Topic.ROUTINES, text).routines
    assert (daily.every, daily.at, daily.lasts, daily.steps) == ("day", "09:00", "15m", [(6, "Feedback & blockers")])
    assert (weekly.every, weekly.at, weekly.steps) == ("week", "Friday 14:00", [(11, "Metrics"), (12, "Bugs")])
    assert weekly.lines == [9, 10, 11, 12]


def test_lists_under_headings_and_tables_with_a_frequency_are_routines() -> None:
    listed = "## After launch\n### Daily tasks\n- Read logs\n- Answer mail\n### Monthly\n- Restore a backup\n"
    assert routines(listed) == [
        ("Daily tasks", "day", ["Read logs", "Answer mail"]),
        ("Monthly", "month", ["Restore a backup"]),
    ]
    table = "## Routines\n| Task | Frequency |\n|--|--|\n| Restore test | quarterly |\n| Cake | when we like |\n"
    assert routines(table) == [("Restore test", "quarter", [])]


def test_milestones_have_a_number_of_users_and_what_is_done_then() -> None:
    text = """## 5.3 Scaling
```yaml
User milestones:
  500 users:
    - Add a cache
  10000+ users:
    - Second region
```
"""
    found = drafted(Topic.MILESTONES, text).milestones
    assert [(one.title, one.line, [step for _, step in one.steps]) for one in found] == [
        ("500 users", 4, ["Add a cache"]),
        ("10000+ users", 6, ["Second region"]),
    ]
    assert found[0].target is not None
    assert (found[0].target.comparator, found[0].target.number) == (">=", 500)
    (line,) = drafted(Topic.MILESTONES, "## Scaling\n- At 10k users: read replicas, sharding\n").milestones
    assert [step for _, step in line.steps] == ["read replicas", "sharding"]


def test_dashboards_by_audience_are_one_each_and_a_list_beneath_one_is_what_it_shows() -> None:
    found = drafted(
        Topic.DASHBOARDS, "## Dashboards\n- **Executive Dashboard**: KPIs\n- **Support Dashboard**: Tickets\n"
    ).dashboards
    assert [(one.title, one.audience) for one in found] == [
        ("Executive Dashboard", "Executive"),
        ("Support Dashboard", "Support"),
    ]
    (one,) = drafted(Topic.DASHBOARDS, "## Monitoring Dashboard\n- Errors\n- Payments\n").dashboards
    assert (one.line, one.shows) == (1, [(2, "Errors"), (3, "Payments")])


def test_kpis_by_day_and_week_are_measures_under_their_rhythm() -> None:
    text = """## KPI Dashboard
```javascript
const kpi = {
  daily: [
    "New signups",
    "Revenue"
  ],
  weekly: [
    "Churn"
  ]
};
```
"""
    draft = drafted(Topic.DASHBOARDS, text)
    assert draft.measures == [(5, "New signups", "daily"), (6, "Revenue", "daily"), (9, "Churn", "weekly")]
    assert [one.title for one in draft.dashboards] == ["KPI Dashboard"]


def test_a_measure_with_a_number_is_a_target_and_one_without_is_watched() -> None:
    draft = drafted(
        Topic.MEASURES, "## Metrics\n1. **Health**\n   - CPU usage < 80%\n2. **Business**\n   - Revenue per user\n"
    )
    assert [(one.metric, one.number, one.group) for one in draft.targets] == [("CPU usage", 80.0, "Health")]
    assert draft.measures == [(5, "Revenue per user", "Business")]


def roles(text: str) -> list[tuple[str, str, list[str]]]:
    return [(one.title, one.contact, [duty for _, duty in one.duties]) for one in drafted(Topic.ROLES, text).roles]


def test_roles_have_duties_beneath_them_or_a_contact_beside_them() -> None:
    text = "## Team\n```yaml\nLaunch Director:\n  - Go decisions\nQA Lead:\n  - Gates\n```\n"
    assert roles(text) == [("Launch Director", "", ["Go decisions"]), ("QA Lead", "", ["Gates"])]
    contacts = "## Contacts\n- **Engineering Lead**: [Contact Info]\n- **Support**: help@shop.example\n"
    assert roles(contacts) == [("Engineering Lead", "Contact Info", []), ("Support", "help@shop.example", [])]


def test_a_raci_table_gives_each_column_its_duties() -> None:
    text = "## RACI\n| Work | Ann | Bo |\n|--|:-:|:-:|\n| Build | A | C |\n| Ship | R | |\n"
    assert roles(text) == [
        ("Ann", "", ["answers for: Build", "does: Ship"]),
        ("Bo", "", ["is asked about: Build"]),
    ]


def test_a_table_of_people_has_function_name_and_duties() -> None:
    text = "## Rollen\n| Rolle | Name | Aufgaben | Kontakt |\n|--|--|--|--|\n| Leitung | Ann | Plan, Freigabe | #leitung |\n"
    ((title, contact, duties),) = roles(text)
    assert (title, duties) == ("Leitung", ["Plan", "Freigabe"])
    assert "Ann" in contact
    assert "#leitung" in contact


def test_channels_are_internal_or_external_as_their_heading_says() -> None:
    text = "## Protocol\n### Internal communication\n- Slack: #launch\n### Extern\n- Status Page: https://status.shop.example\n"
    found = [(one.title, one.address, one.audience) for one in drafted(Topic.CHANNELS, text).channels]
    assert found == [("Slack", "#launch", "internal"), ("Status Page", "https://status.shop.example", "external")]


def test_rooms_named_in_a_sentence_are_channels() -> None:
    text = "## Dónde hablamos\nDiscord #obrador para el equipo, #panaderia para jugadores\n"
    found = [(one.title, one.address) for one in drafted(Topic.CHANNELS, text).channels]
    assert found == [("Discord #obrador", "#obrador"), ("Discord #panaderia", "#panaderia")]


def announcements(text: str) -> list[tuple[str, str, list[str]]]:
    return [(one.title, one.when, one.channels) for one in drafted(Topic.ANNOUNCEMENTS, text).announcements]


def test_announcements_say_when_and_where() -> None:
    assert announcements("## Comms\n- Announce the date (1 week before)\n- J-7 : courriel aux abonnés\n") == [
        ("Announce the date", "1 week before", []),
        ("courriel aux abonnés", "J-7", ["email"]),
    ]
    table = "## Plan\n| Date | Audience | Message | Channel |\n|--|--|--|--|\n| 12 May | Customers | New shop | Blog, mail |\n"
    assert announcements(table) == [("New shop", "12 May", ["Blog", "mail"])]


def test_the_items_beneath_announcement_channels_are_announcements_without_a_time() -> None:
    assert announcements("**Announcement channels:**\n- Email to the waitlist\n- Press\n") == [
        ("Email to the waitlist", "", ["email"]),
        ("Press", "", []),
    ]
    assert announcements("## Comms\n### Launch day\n- Blog post\n") == [("Blog post", "Launch day", [])]


def test_bug_priorities_are_read_with_their_deadline() -> None:
    found = drafted(
        Topic.BUGS, "## Bugs\n- P0: Blocker - Fix immediately\n- P4: Trivial - Backlog\n\nTracking: GitHub\n"
    ).bugs
    assert [(one.name, one.title, one.fix) for one in found] == [
        ("P0", "Blocker", "Fix immediately"),
        ("P4", "Trivial", "Backlog"),
    ]


def test_flags_are_on_or_off_and_keep_their_comment() -> None:
    text = "## Flags\n```javascript\nconst features = {\n  aiCoaching: true,\n  mobileApp: false // Q2 2025\n};\n```\n"
    found = drafted(Topic.FEATURES, text).flags
    assert [(one.name, one.on, one.notes) for one in found] == [
        ("aiCoaching", True, []),
        ("mobileApp", False, [(5, "Q2 2025")]),
    ]
    (one,) = drafted(Topic.FEATURES, "## Flags\nflag: `invoice_engine_v3`\n").flags
    assert (one.name, one.on) == ("invoice_engine_v3", None)


def test_an_audience_is_lines_with_how_many_people() -> None:
    text = "## Beta\n```yaml\nTarget Groups:\n  - Early clients: 50-100 users\n  - Internal team: everybody\n```\n"
    assert read_audience(section(text)) == [
        (4, "Early clients: 50-100 users", (50, 100)),
        (5, "Internal team: everybody", None),
    ]


def test_facts_are_pairs_and_tables_of_two_columns() -> None:
    text = "## About\n**Status**: ready\n\n| Field | Value |\n|--|--|\n| Owner | Ann |\n"
    assert drafted(Topic.FACTS, text).facts == [(2, "Status", "ready"), (6, "Owner", "Ann")]
