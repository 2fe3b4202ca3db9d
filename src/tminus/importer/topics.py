"""What a section of a page speaks of."""

from __future__ import annotations

from enum import StrEnum


class Topic(StrEnum):
    """The kinds of sections that launch plans have. A section without one belongs to what is around it."""

    PHASE = "phase"  # a part of the launch: `Phase 2: Gradual rollout`, `Week 1`, `Launch Day`
    PHASES = "phases"  # holds phases, or repeats them as an overview or a table
    OBJECTIVES = "objectives"
    TASKS = "tasks"  # checklists, deployment steps, what is to be done
    COMMANDS = "commands"  # a script that deploys
    CRITERIA = "criteria"  # what must hold at the end of a phase
    TARGETS = "targets"  # success metrics, KPIs, goals of the whole
    MEASURES = "measures"  # what is watched, with or without numbers
    STAGES = "stages"  # of a rollout
    FEATURES = "features"  # flags and what they switch
    AUDIENCE = "audience"  # who gets it: cohorts, beta groups
    EXPERIMENTS = "experiments"
    ALERTS = "alerts"
    TRIGGERS = "triggers"  # of a rollback
    ROLLBACK = "rollback"  # how one goes back
    INCIDENTS = "incidents"  # playbooks, contingencies
    ESCALATION = "escalation"
    SUPPORT = "support"  # tiers of support
    RISKS = "risks"
    BUDGET = "budget"
    VARIABLES = "variables"
    SERVICES = "services"  # compose files, containers
    RECOVERY = "recovery"  # backups, RTO, RPO
    ROUTINES = "routines"  # what is done daily, weekly, monthly
    MILESTONES = "milestones"  # at so many users do that
    CHANNELS = "channels"
    ANNOUNCEMENTS = "announcements"
    DASHBOARDS = "dashboards"
    ROLES = "roles"  # team, contacts, responsibilities
    BUGS = "bugs"  # priorities and by when they are fixed
    TIMELINE = "timeline"  # Gantt, dates; repeats phases
    ROADMAP = "roadmap"  # after the launch
    LATER = "later"  # the time right after the launch: stabilisation, first month
    TRAFFIC = "traffic"  # what load is expected
    FACTS = "facts"  # status, owner, version of the page itself
    NOTES = "notes"  # everything that is told and not done: architecture, conclusion
