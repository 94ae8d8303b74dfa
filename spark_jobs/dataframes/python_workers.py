"""Garbage collection in Python workers that process millions of rows."""

import gc
from functools import cache

# Objects allocated and not yet freed before Python searches them for cycles. Python's default of 700 is reached after three cards.
GC_THRESHOLD = 50_000


@cache
def reduce_gc_frequency() -> None:
    """Search for reference cycles rarely, and never among the objects that exist by now.

    Rules create rows and tuples, which are freed with their last reference; only exceptions create cycles. A search after every few cards,
    among all rows of a batch, takes a twentieth of a worker's time and finds none.
    """
    gc.freeze()
    gc.set_threshold(GC_THRESHOLD, *gc.get_threshold()[1:])
