"""Reading one line of somebody's plan: numbers with meaning. Pure functions; each looks at the first 500 characters."""

from __future__ import annotations

from tminus.importer.durations import read_span, read_weeks
from tminus.importer.levels import read_every, read_minutes, read_recovery, read_severity
from tminus.importer.metric_names import less_is_better, metric_id, metric_name
from tminus.importer.moments import days_between, read_date, read_weektime
from tminus.importer.money import read_costs
from tminus.importer.shares import read_people, read_share, read_shares
from tminus.importer.target_text import criterion_metric, criterion_text, plan_unit
from tminus.importer.targets import read_targets

__all__ = [
    "criterion_metric",
    "criterion_text",
    "days_between",
    "less_is_better",
    "metric_id",
    "metric_name",
    "plan_unit",
    "read_costs",
    "read_date",
    "read_every",
    "read_minutes",
    "read_people",
    "read_recovery",
    "read_severity",
    "read_share",
    "read_shares",
    "read_span",
    "read_targets",
    "read_weeks",
    "read_weektime",
]
