"""Garbage collection in workers, and the independence of the rounds of the card benchmark."""

import gc
from collections.abc import Iterator

import pytest

from benchmarks.card_throughput import clear_caches
from hublake.rules.cards.section_content import section_content
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


def test_a_round_of_the_benchmark_starts_with_empty_caches() -> None:
    content = section_content("<p>Tuned.</p>")
    reduce_gc_frequency()
    clear_caches()
    assert section_content("<p>Tuned.</p>") is not content
