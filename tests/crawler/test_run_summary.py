"""The outcome of a run, and the closing message."""

from dataclasses import replace
from typing import Any

import pytest
from scrapy.statscollectors import MemoryStatsCollector
from scrapy.utils.test import get_crawler

from hublake.crawler.run_summary import RunSummary, closing_message, combine_summaries, run_outcome
from hublake.lake.enums import CRAWL_OUTCOMES


@pytest.mark.parametrize(
    ("reason", "stats", "is_cut", "outcome"),
    [
        ("finished", {}, False, "finished"),
        ("finished", {}, True, "limited"),
        ("finished", {"hublake/failures": 1}, True, "incomplete"),
        ("shutdown", {"hublake/failures": 1}, False, "interrupted"),
        ("unreachable", {"hublake/failures": 1}, False, "failed"),
        ("pipeline_failed", {}, False, "failed"),
        ("start_error", {}, False, "failed"),
        ("finished", {"spider_exceptions/count": 1}, False, "failed"),
        ("shutdown", {"hublake/problem": "disk full"}, False, "failed"),
        ("finished", {"hublake/interrupted": True}, False, "interrupted"),  # stopped before it had started
    ],
)
def test_the_outcome_follows_from_scrapys_reason_and_the_stats(reason: str, stats: dict[str, Any], is_cut: bool, outcome: str) -> None:
    collector = MemoryStatsCollector(get_crawler())
    collector.set_stats(stats)
    assert run_outcome(reason, collector, is_cut=is_cut) == outcome
    assert outcome in CRAWL_OUTCOMES


def test_several_runs_have_one_closing_message() -> None:
    run = RunSummary("cards", "c", "w", "http://hub", "finished", items=10)
    runs = [run, replace(run, outcome="incomplete", failures=2, last_failure="http://hub/x: status 500"), replace(run, outcome="limited")]
    assert combine_summaries(runs) == replace(runs[1], items=30)
    assert "requests given up: 2 (last: http://hub/x: status 500); 30 cards stored in w" in str(closing_message(combine_summaries(runs)))
