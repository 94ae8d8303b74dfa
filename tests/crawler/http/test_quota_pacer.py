"""The pace, against a made server with fixed windows, on a made clock: no network and no waiting."""

import math
from collections.abc import Callable

import pytest

from hublake.crawler.http.quota_pacer import LONGEST_PAUSE_SECONDS, QuotaPacer, Ticket
from hublake.crawler.hub_api import RateLimit
from tests.crawler.http.quota_simulation import Clock, Server, World, workers_of


def budget(clock: Clock, quota: int = 100, window: float = 10.0) -> QuotaPacer:
    return QuotaPacer(quota, window, clock)


def told(left: int, reset: float, quota: int = 100, window: float = 10.0) -> RateLimit:
    return RateLimit("api", left, reset, quota, window)


@pytest.mark.parametrize("rounded", [math.ceil, math.floor, round])
@pytest.mark.parametrize(
    ("quota", "window", "at_once", "latency"),
    [(500, 300.0, 1, 0.4), (3000, 300.0, 8, 0.2), (100, 10.0, 8, 0.05), (200, 6.0, 8, 0.1), (50, 5.0, 4, 0.02)],
)
@pytest.mark.parametrize("phase", [0.0, 3.3])
def test_the_whole_quota_is_used_and_nothing_refused(
    quota: int, window: float, at_once: int, latency: float, phase: float, rounded: Callable[[float], int]
) -> None:
    clock, server = Clock(), Server(quota, window, phase, rounded)
    World(server, clock, latency, spread=0.2).run(workers_of(clock, 1, at_once), 8 * window)
    assert server.refusals == 0
    assert server.share_used() >= 0.98


def test_requests_are_spread_over_the_window() -> None:
    clock, server = Clock(), Server(300, 30.0, phase=1000.0)
    World(server, clock, 0.05).run(workers_of(clock, 1), 15.0)
    assert 0.45 * 300 <= server.used[0] <= 0.55 * 300


def test_what_others_spend_is_left_to_them() -> None:
    clock, server = Clock(), Server(300, 30.0, phase=0.0)
    (worker,) = workers_of(clock, 1, at_once=4)
    World(server, clock, 0.05, others_every=0.2).run([worker], 150.0)
    assert worker.pace.spent < 0.75 * 5 * 300  # alone it would spend all of five windows
    assert server.refusals == 0
    assert server.share_used() >= 0.95


def test_before_any_header_is_known_one_request_goes_ahead() -> None:
    pace = budget(Clock())
    assert pace.wait_seconds() == 0
    pace.send()
    assert pace.wait_seconds() == math.inf


def test_a_first_request_that_dies_lets_another_try() -> None:
    pace = budget(Clock())
    pace.record_loss(pace.send())
    assert pace.wait_seconds() == 0


def test_without_headers_the_configured_quota_holds() -> None:
    clock = Clock()
    pace = budget(clock, quota=100, window=10.0)
    pace.record_answer(pace.send(), None)
    assert pace.wait_seconds() == pytest.approx(0.1)
    clock.now += 0.1
    assert pace.wait_seconds() == 0


def test_a_configured_quota_of_zero_is_no_limit() -> None:
    pace = budget(Clock(), quota=0)
    pace.record_answer(pace.send(), None)
    assert pace.wait_seconds() == 0
    assert pace.share_used() is None


def test_headers_overrule_the_configured_quota() -> None:
    pace = budget(Clock(), quota=1, window=1000.0)
    pace.record_answer(pace.send(), told(59, 6.0, quota=60))
    assert pace.wait_seconds() == pytest.approx(5 / 59)  # 59 in the 5 s that the window surely lasts
    assert pace.quota == 60


def test_requests_on_the_way_count_as_spent() -> None:
    clock = Clock()
    pace = budget(clock)
    pace.record_answer(pace.send(), told(2, 1.0))
    pace.send()
    pace.send()
    clock.now += 0.5
    assert pace.wait_seconds() == pytest.approx(1.5)  # to the latest end of the window


def test_after_the_window_one_request_learns_what_the_new_one_holds() -> None:
    clock = Clock()
    pace = budget(clock)
    pace.record_answer(pace.send(), told(0, 3.0, quota=1))
    clock.now += 4.0
    assert pace.wait_seconds() == 0
    probe = pace.send()
    assert pace.wait_seconds() == math.inf
    pace.record_answer(probe, told(99, 9.0))
    clock.now += 0.1
    assert pace.wait_seconds() == 0


def test_an_answer_overtaken_by_another_gives_nothing_back() -> None:
    clock = Clock()
    pace = budget(clock)
    pace.record_answer(pace.send(), told(3, 1.0))
    first, second = pace.send(), pace.send()
    clock.now += 0.1
    pace.record_answer(second, told(1, 1.0))
    pace.record_answer(first, told(2, 1.0))
    pace.send()
    assert pace.wait_seconds() > 1  # none left before the window ends


def test_requests_that_died_count_until_a_later_answer_tells() -> None:
    clock = Clock()
    pace = budget(clock)
    pace.record_answer(pace.send(), told(2, 1.0))
    lost, sent = pace.send(), pace.send()
    pace.record_loss(lost)
    pace.record_answer(sent, told(1, 1.0))
    assert pace.wait_seconds() == pytest.approx(2.0)  # the one left may be the lost one's
    clock.now += 2.0
    pace.record_answer(pace.send(), told(99, 10.0))
    clock.now += 1.0
    assert pace.wait_seconds() == 0


@pytest.mark.parametrize(
    ("limit", "retry_after", "expected"),
    [
        (told(0, 7.0), None, 8.0),  # r = 0: until the window surely ended
        (told(0, 7.0), 2.0, 8.0),  # the longer of the two
        (told(60, 7.0), 20.0, 21.0),  # a limit of its own while the window has quota left
        (told(60, 7.0), None, 2.0),  # not said how long
        (None, None, 2.0),
        (None, 5.0, 6.0),
        (None, 10.0**9, LONGEST_PAUSE_SECONDS),
    ],
)
def test_a_429_stops_the_bucket(limit: RateLimit | None, retry_after: float | None, expected: float) -> None:
    pace = budget(Clock())
    pace.record_refusal(pace.send(), limit, retry_after)
    assert pace.wait_seconds() == pytest.approx(expected)


def test_every_further_429_that_says_nothing_waits_longer_up_to_a_window() -> None:
    clock = Clock()
    pace, waits = budget(clock, window=10.0), []
    for _ in range(5):
        pace.record_refusal(pace.send(), None, None)
        waits.append(pace.wait_seconds())
        clock.now += waits[-1]
    assert waits == pytest.approx([2.0, 4.0, 8.0, 10.0, 10.0])


def test_after_a_429_one_request_goes_ahead() -> None:
    clock = Clock()
    pace = budget(clock)
    pace.record_answer(pace.send(), told(50, 9.0))
    pace.record_refusal(pace.send(), told(49, 9.0), 1.0)
    clock.now += 2.0
    assert pace.wait_seconds() == 0
    pace.send()
    assert pace.wait_seconds() == math.inf


def test_another_bucket_that_paid_learns_from_the_answer() -> None:
    clock = Clock()
    ours, theirs = budget(clock), budget(clock)
    ours.transfer(theirs, ours.send(), told(10, 5.0))
    assert (ours.spent, theirs.spent) == (0, 1)
    assert ours.wait_seconds() == 0
    assert theirs.is_announced
    assert not ours.is_announced


def test_share_used_is_of_the_quota_that_the_time_gave() -> None:
    clock = Clock()
    pace = budget(clock)
    tickets: list[Ticket] = [pace.send()]
    pace.record_answer(tickets[0], told(99, 10.0))
    clock.now += 20.0
    assert pace.share_used() == pytest.approx(1 / 200)
