"""From the page a team has to a plan that T-minus runs: read, understood, written, and accounted for line by line."""

from tminus.importer.importing import Imported, import_page
from tminus.importer.merging import Change, Merged, merge_plan
from tminus.importer.reporting import account, doubts, line_counts, open_ends

__all__ = [
    "Change",
    "Imported",
    "Merged",
    "account",
    "doubts",
    "import_page",
    "line_counts",
    "merge_plan",
    "open_ends",
]
