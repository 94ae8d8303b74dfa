"""How Python behaves in a worker process that reads millions of rows."""

import gc
from functools import cache

# Objects made and not yet gone before they are looked through for cycles; Python's own 700 are those of three cards.
GC_THRESHOLD = 50_000


@cache
def reduce_gc_frequency() -> None:
    """Looks for cycles of garbage seldom, and never among what is loaded by now.

    Rules make rows and tuples, which go when the last reference does; cycles come of errors alone. Looking for them after each
    few cards, among all rows of a batch, takes a twentieth of a worker's time and finds none.
    """
    gc.freeze()
    gc.set_threshold(GC_THRESHOLD, *gc.get_threshold()[1:])
