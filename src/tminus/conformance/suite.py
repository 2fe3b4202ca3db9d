"""All clauses, in the order in which they are asked."""

from __future__ import annotations

from tminus.conformance import bulk, general, single
from tminus.conformance.clause import Clause, NotAsked, Verdict, Wrong
from tminus.conformance.exchange import Exchange
from tminus.errors import SourceError

CLAUSES: tuple[Clause, ...] = (*bulk.clauses.all, *single.clauses.all, *general.clauses.all)


def check_ofrep(exchange: Exchange) -> list[Verdict]:
    """Ask a server every clause. Raises SourceError where nothing answers at all."""
    return [_asked(clause, exchange) for clause in CLAUSES]


def _asked(clause: Clause, exchange: Exchange) -> Verdict:
    try:
        clause.ask(exchange)
    except SourceError as error:
        # One that answered before and breaks off here does otherwise; one that never answered is not there.
        if not exchange.statuses:
            raise
        return Verdict(clause, "failed", str(error))
    except Wrong as found:
        return Verdict(clause, "failed", str(found))
    except NotAsked as found:
        return Verdict(clause, "skipped", str(found))
    return Verdict(clause, "passed")
