"""Whether a server keeps to OFREP, clause by clause, asked over plain HTTP.

Written from the protocol's text, version 0.3.0 (open-feature/protocol: service/openapi.yaml and service/adrs).
"""

from tminus.conformance.clause import Clause, Verdict
from tminus.conformance.exchange import Exchange
from tminus.conformance.report import as_junit, as_rows, summary
from tminus.conformance.suite import CLAUSES, check_ofrep

__all__ = ["CLAUSES", "Clause", "Exchange", "Verdict", "as_junit", "as_rows", "check_ofrep", "summary"]
