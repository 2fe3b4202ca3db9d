"""Where launches are kept: an append-only, hash-chained log in SQL, or in memory for rehearsals."""

from tminus.store.lock import ControllerLock
from tminus.store.memory import MemoryEventLog
from tminus.store.sql import SqlEventLog

__all__ = ["ControllerLock", "MemoryEventLog", "SqlEventLog"]
