"""Python's collector of cycles, kept out of the way while many objects are made at once."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def collector_paused() -> Iterator[None]:
    """Collect nothing meanwhile, in the whole process.

    Decoding and compiling only add objects. A collection among 10,000 half-made flags walks them all and finds nothing,
    again and again: it takes as long as the compiling.
    """
    running = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if running:
            gc.enable()
