"""Which extractor reads which section. Each takes a section's block and adds to the draft what it understood."""

from __future__ import annotations

from collections.abc import Callable

from tminus.importer.draft import Draft
from tminus.importer.extract_alerts import read_alerts
from tminus.importer.extract_budget import read_budget
from tminus.importer.extract_commands import read_commands, read_recovery
from tminus.importer.extract_environment import read_services, read_variables
from tminus.importer.extract_escalation import read_escalation
from tminus.importer.extract_features import read_audience, read_facts, read_features
from tminus.importer.extract_incidents import read_incidents
from tminus.importer.extract_people import read_announcements, read_bugs, read_channels, read_roles
from tminus.importer.extract_recurring import read_dashboards, read_measures, read_milestones, read_routines
from tminus.importer.extract_risks import read_risks
from tminus.importer.extract_rollback import read_rollback, read_trigger_section
from tminus.importer.extract_secrets import looks_secret, without_secrets
from tminus.importer.page import Block
from tminus.importer.topics import Topic

Extractor = Callable[[Block, Draft], None]

EXTRACTORS: dict[Topic, Extractor] = {
    Topic.ALERTS: read_alerts,
    Topic.TRIGGERS: read_trigger_section,
    Topic.ROLLBACK: read_rollback,
    Topic.INCIDENTS: read_incidents,
    Topic.ESCALATION: read_escalation,
    Topic.SUPPORT: read_escalation,
    Topic.RISKS: read_risks,
    Topic.BUDGET: read_budget,
    Topic.VARIABLES: read_variables,
    Topic.SERVICES: read_services,
    Topic.RECOVERY: read_recovery,
    Topic.ROUTINES: read_routines,
    Topic.MILESTONES: read_milestones,
    Topic.DASHBOARDS: read_dashboards,
    Topic.MEASURES: read_measures,
    Topic.CHANNELS: read_channels,
    Topic.ANNOUNCEMENTS: read_announcements,
    Topic.ROLES: read_roles,
    Topic.BUGS: read_bugs,
    Topic.FEATURES: read_features,
    Topic.FACTS: read_facts,
}
"""Topics that are missing here are read by the walker itself: phases, tasks, stages, criteria, targets; or stay notes."""

__all__ = ["EXTRACTORS", "Extractor", "looks_secret", "read_audience", "read_commands", "without_secrets"]
