"""What a worker does with garbage, and that the benchmark of cards begins each round afresh all the same."""

import gc
from collections.abc import Iterator

import pytest

from benchmarks.card_speed import forget
from hublake.rules.cards.passages import passage
from hublake.spark_jobs.dataframes.python_workers import YOUNG_OBJECTS, collect_seldom


@pytest.fixture(autouse=True)
def _as_before() -> Iterator[None]:
    thresholds = gc.get_threshold()
    collect_seldom.cache_clear()
    yield
    gc.unfreeze()
    gc.set_threshold(*thresholds)
    collect_seldom.cache_clear()


def test_cycles_are_looked_for_seldom_but_still() -> None:
    collect_seldom()
    assert gc.isenabled()
    assert gc.get_threshold()[0] == YOUNG_OBJECTS


def test_a_round_of_the_benchmark_forgets_what_the_one_before_it_read() -> None:
    read = passage("<p>Tuned.</p>")
    collect_seldom()
    forget()
    assert passage("<p>Tuned.</p>") is not read
