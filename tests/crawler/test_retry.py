"""How often a request is sent again, and with which pauses."""

import pytest
from scrapy import Request
from scrapy.crawler import Crawler
from scrapy.statscollectors import MemoryStatsCollector
from scrapy.utils.test import get_crawler

from hublake.crawler.retry import LONGEST_PAUSE_SECONDS, REFUSALS_PER_ATTEMPT, GivenUp, RetryPolicy, backoff_seconds


@pytest.fixture
def crawler() -> Crawler:
    crawler = get_crawler()
    crawler.stats = MemoryStatsCollector(crawler)
    return crawler


def send_until_given_up(policy: RetryPolicy, *, status: int | None) -> tuple[int, GivenUp]:
    """Return how often a request is sent until it is given up, and the error."""
    request, sent = Request("http://hub.example/a"), 1
    while True:
        try:
            request = policy.reschedule(request, "broken", status=status)
        except GivenUp as problem:
            return sent, problem
        sent += 1


def policy_after_an_answer(crawler: Crawler, max_attempts: int) -> RetryPolicy:
    policy = RetryPolicy(max_attempts, crawler)
    policy.record_answer()
    return policy


@pytest.mark.parametrize("status", [None, 503])
def test_a_fault_uses_up_an_attempt(crawler: Crawler, status: int | None) -> None:
    sent, problem = send_until_given_up(policy_after_an_answer(crawler, 5), status=status)
    assert (sent, problem.attempts, problem.status, problem.is_outage) == (5, 5, status, False)
    assert crawler.stats.get_value("hublake/retries") == 4


def test_a_429_uses_up_attempts_more_slowly(crawler: Crawler) -> None:
    sent, _ = send_until_given_up(policy_after_an_answer(crawler, 5), status=429)
    assert sent == 5 * REFUSALS_PER_ATTEMPT


@pytest.mark.parametrize("status", [None, 200, 403])
def test_a_hub_that_never_gave_a_usable_answer_gets_fewer_tries(crawler: Crawler, status: int | None) -> None:
    sent, problem = send_until_given_up(RetryPolicy(8, crawler), status=status)
    assert (sent, problem.is_outage) == (3, True)


def test_a_failing_request_is_not_an_outage_if_the_hub_answered_others(crawler: Crawler) -> None:
    assert not send_until_given_up(policy_after_an_answer(crawler, 2), status=500)[1].is_outage


def test_pauses_double_within_bounds_and_are_random() -> None:
    for attempt, full in [(1, 1.0), (2, 2.0), (5, 16.0), (40, LONGEST_PAUSE_SECONDS)]:
        pauses = {backoff_seconds(attempt) for _ in range(50)}
        assert full / 2 <= min(pauses) < max(pauses) <= full
