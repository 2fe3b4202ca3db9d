"""A plan's timeline, drawn: as text, as a Mermaid chart, as a calendar, as a page, as data. Text out, nothing else."""

from tminus.show.calendar import as_calendar
from tminus.show.data import as_data, as_json_text
from tminus.show.gantt import as_mermaid
from tminus.show.page import as_page
from tminus.show.terminal import as_text

__all__ = ["as_calendar", "as_data", "as_json_text", "as_mermaid", "as_page", "as_text"]
