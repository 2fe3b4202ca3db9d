"""The plan: text in, a checked `Plan` out, or every problem with its place."""

from tminus.plan.model import Plan
from tminus.plan.pace import paced
from tminus.plan.reading import examine_plan, examine_texts, read_plan, read_plan_text
from tminus.plan.schema import json_schema

__all__ = ["Plan", "examine_plan", "examine_texts", "json_schema", "paced", "read_plan", "read_plan_text"]
