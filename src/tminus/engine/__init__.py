"""The loop: read what others recorded, observe, decide, record, perform. The same program in production and rehearsal."""

from tminus.engine.engine import Engine
from tminus.engine.ledger import Ledger
from tminus.engine.watch import Watch

__all__ = ["Engine", "Ledger", "Watch"]
