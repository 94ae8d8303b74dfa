"""Garbage collection in workers; the benchmark of cards clears its caches before each round all the same."""

import gc
from collections.abc import Iterator

import pytest

from benchmarks.card_speed import forget
from hublake.rules.cards.passages import passage
from hublake.spark_jobs.dataframes.python_workers import GC_THRESHOLD, reduce_gc_frequency


@pytest.fixture(autouse=True)
def _as_before() -> Iterator[None]:
    thresholds = gc.get_threshold()
    reduce_gc_frequency.cache_clear()
    yield
    gc.unfreeze()
    gc.set_threshold(*thresholds)
    reduce_gc_frequency.cache_clear()


def test_garbage_is_still_collected_but_rarely() -> None:
    reduce_gc_frequency()
    assert gc.isenabled()
    assert gc.get_threshold()[0] == GC_THRESHOLD


def test_a_round_of_the_benchmark_forgets_what_the_one_before_it_read() -> None:
    read = passage("<p>Tuned.</p>")
    reduce_gc_frequency()
    forget()
    assert passage("<p>Tuned.</p>") is not read
