"""How often a request is asked again, and how a run that gave some up is called."""

from dataclasses import replace
from typing import Any

import pytest
from scrapy import Request
from scrapy.crawler import Crawler
from scrapy.statscollectors import MemoryStatsCollector
from scrapy.utils.test import get_crawler

from hublake.crawler.http.retry import LONGEST_PAUSE_SECONDS, REFUSALS_PER_ATTEMPT, GivenUp, RetryPolicy, backoff_seconds
from hublake.crawler.progress import CrawlProgress, ProgressDisplay, combine_progress, format_progress
from hublake.crawler.run_summary import RunSummary, closing_message, combine_summaries, run_outcome
from hublake.lake.enums import CRAWL_OUTCOMES


@pytest.fixture
def crawler() -> Crawler:
    crawler = get_crawler()
    crawler.stats = MemoryStatsCollector(crawler)
    return crawler


def tries(retries: RetryPolicy, *, status: int | None) -> tuple[int, GivenUp]:
    """How often one request is sent until it is given up, and what is said then."""
    request, sent = Request("http://hub.example/a"), 1
    while True:
        try:
            request = retries.retry(request, "broken", status=status)
        except GivenUp as problem:
            return sent, problem
        sent += 1


def answered_once(crawler: Crawler, max_attempts: int) -> RetryPolicy:
    retries = RetryPolicy(max_attempts, crawler)
    retries.record_answer()
    return retries


@pytest.mark.parametrize("status", [None, 503])
def test_a_fault_uses_up_an_attempt(crawler: Crawler, status: int | None) -> None:
    sent, problem = tries(answered_once(crawler, 5), status=status)
    assert (sent, problem.attempts, problem.status, problem.is_outage) == (5, 5, status, False)
    assert crawler.stats.get_value("hublake/retries") == 4


def test_a_429_uses_attempts_up_more_slowly(crawler: Crawler) -> None:
    sent, _ = tries(answered_once(crawler, 5), status=429)
    assert sent == 5 * REFUSALS_PER_ATTEMPT


def test_a_hub_that_never_let_us_connect_is_tried_less(crawler: Crawler) -> None:
    sent, problem = tries(RetryPolicy(8, crawler), status=None)
    assert (sent, problem.is_outage) == (3, True)


def test_a_request_that_is_given_up_says_nothing_of_a_hub_that_answered_others(crawler: Crawler) -> None:
    assert not tries(answered_once(crawler, 2), status=500)[1].is_outage


def test_pauses_double_within_bounds_and_differ() -> None:
    for attempt, full in [(1, 1.0), (2, 2.0), (5, 16.0), (40, LONGEST_PAUSE_SECONDS)]:
        pauses = {backoff_seconds(attempt) for _ in range(50)}
        assert full / 2 <= min(pauses) < max(pauses) <= full


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
        ("finished", {"hublake/interrupted": True}, False, "interrupted"),  # told to end before it had begun
    ],
)
def test_one_word_for_how_a_run_ended(crawler: Crawler, reason: str, stats: dict[str, Any], is_cut: bool, outcome: str) -> None:
    crawler.stats.set_stats(stats)
    assert run_outcome(reason, crawler.stats, is_cut=is_cut) == outcome
    assert outcome in CRAWL_OUTCOMES


@pytest.mark.parametrize(
    ("done", "total", "share", "given_up", "line"),
    [
        (50, 200, 0.96, 0, "cards: 50 of 200 models, 5.0 a second, 96 % of the quota, 0:00:30 left"),
        (50, None, None, 3, "cards: 50 models, 5.0 a second, 3 given up"),
        (0, 200, None, 0, "cards: 0 of 200 models, 0.0 a second"),
    ],
)
def test_progress_leaves_out_what_is_unknown(done: int, total: int | None, share: float | None, given_up: int, line: str) -> None:
    assert format_progress(CrawlProgress("cards", "models", done, total, share, given_up), 10.0) == line


def test_progress_of_a_crawl_that_waits_says_for_what_in_place_of_a_rate() -> None:
    state = CrawlProgress("cards", "models", 50, 200, None, 1, "the hub does not answer (status 503)")
    assert format_progress(state, 10.0) == "cards: 50 of 200 models, the hub does not answer (status 503), 1 given up"
    assert combine_progress([replace(state, wait_reason=""), state]).wait_reason == state.wait_reason


def test_what_a_hub_says_is_no_markup_of_the_bar() -> None:
    with ProgressDisplay(has_bar=True) as screen:
        screen.show(CrawlProgress("cards", "models", 50, 200, None, 0, "the hub does not answer ([/red])"))


def test_several_workers_are_shown_as_one() -> None:
    states = [CrawlProgress("cards", "models", 10, 100, 0.25, 1), CrawlProgress("cards", "models", 20, 100, 0.5, 0)]
    assert combine_progress(states) == CrawlProgress("cards", "models", 30, 200, 0.75, 1)


def test_several_runs_have_one_last_word() -> None:
    run = RunSummary("cards", "c", "w", "http://hub", "finished", items=10)
    runs = [run, replace(run, outcome="incomplete", failures=2, last_failure="http://hub/x: status 500"), replace(run, outcome="limited")]
    assert combine_summaries(runs) == replace(runs[1], items=30)
    assert "requests given up: 2 (last: http://hub/x: status 500); 30 cards stored in w" in str(closing_message(combine_summaries(runs)))
