"""The pacer, against a simulated server with fixed windows, on a simulated clock: no network and no waiting."""

import math
from collections.abc import Callable

import pytest

from hublake.crawler.http.quota_pacer import LONGEST_PAUSE_SECONDS, QuotaPacer, Ticket
from hublake.lake.rate_limits import RateLimit
from tests.crawler.http.quota_simulation import SimulatedClock, SimulatedServer, Simulation, make_workers


def pacer_of(clock: SimulatedClock, quota: int = 100, window: float = 10.0) -> QuotaPacer:
    return QuotaPacer(quota, window, clock)


def limit_of(left: int, reset: float, quota: int = 100, window: float = 10.0) -> RateLimit:
    return RateLimit("api", left, reset, quota, window)


@pytest.mark.parametrize("rounded", [math.ceil, math.floor, round])
@pytest.mark.parametrize(
    ("quota", "window", "at_once", "latency"),
    [(500, 300.0, 1, 0.4), (3000, 300.0, 8, 0.2), (100, 10.0, 8, 0.05), (200, 6.0, 8, 0.1), (50, 5.0, 4, 0.02)],
)
@pytest.mark.parametrize("phase", [0.0, 3.3])
def test_all_of_the_quota_is_used_and_nothing_refused(
    quota: int, window: float, at_once: int, latency: float, phase: float, rounded: Callable[[float], int]
) -> None:
    clock, server = SimulatedClock(), SimulatedServer(quota, window, phase, rounded)
    Simulation(server, clock, latency, spread=0.2).run(make_workers(clock, 1, at_once), 8 * window)
    assert server.refusals == 0
    assert server.share_used() >= 0.98


def test_requests_are_spread_over_the_window() -> None:
    clock, server = SimulatedClock(), SimulatedServer(300, 30.0, phase=1000.0)
    Simulation(server, clock, 0.05).run(make_workers(clock, 1), 15.0)
    assert 0.45 * 300 <= server.used[0] <= 0.55 * 300


def test_what_others_spend_is_left_to_them() -> None:
    clock, server = SimulatedClock(), SimulatedServer(300, 30.0, phase=0.0)
    (worker,) = make_workers(clock, 1, at_once=4)
    Simulation(server, clock, 0.05, others_every=0.2).run([worker], 150.0)
    assert worker.pacer.spent < 0.75 * 5 * 300  # alone it would use up all five windows
    assert server.refusals == 0
    assert server.share_used() >= 0.95


def test_before_any_header_is_known_one_request_is_a_probe() -> None:
    pacer = pacer_of(SimulatedClock())
    assert pacer.wait_seconds() == 0
    pacer.send()
    assert pacer.wait_seconds() == math.inf


def test_if_the_first_request_is_lost_another_is_sent() -> None:
    pacer = pacer_of(SimulatedClock())
    pacer.record_loss(pacer.send())
    assert pacer.wait_seconds() == 0


def test_without_headers_the_configured_quota_applies() -> None:
    clock = SimulatedClock()
    pacer = pacer_of(clock, quota=100, window=10.0)
    pacer.record_answer(pacer.send(), None)
    assert pacer.wait_seconds() == pytest.approx(0.1)
    clock.now += 0.1
    assert pacer.wait_seconds() == 0


def test_a_configured_quota_of_zero_is_no_limit() -> None:
    pacer = pacer_of(SimulatedClock(), quota=0)
    pacer.record_answer(pacer.send(), None)
    assert pacer.wait_seconds() == 0
    assert pacer.share_used() is None


def test_headers_override_the_configured_quota() -> None:
    pacer = pacer_of(SimulatedClock(), quota=1, window=1000.0)
    pacer.record_answer(pacer.send(), limit_of(59, 6.0, quota=60))
    assert pacer.wait_seconds() == pytest.approx(5 / 59)  # 59 in the 5 s that the window certainly lasts
    assert pacer.quota == 60


def test_requests_in_flight_count_as_spent() -> None:
    clock = SimulatedClock()
    pacer = pacer_of(clock)
    pacer.record_answer(pacer.send(), limit_of(2, 1.0))
    pacer.send()
    pacer.send()
    clock.now += 0.5
    assert pacer.wait_seconds() == pytest.approx(1.5)  # until the latest end of the window


def test_after_the_window_one_request_probes_the_new_one() -> None:
    clock = SimulatedClock()
    pacer = pacer_of(clock)
    pacer.record_answer(pacer.send(), limit_of(0, 3.0, quota=1))
    clock.now += 4.0
    assert pacer.wait_seconds() == 0
    probe = pacer.send()
    assert pacer.wait_seconds() == math.inf
    pacer.record_answer(probe, limit_of(99, 9.0))
    clock.now += 0.1
    assert pacer.wait_seconds() == 0


def test_a_response_overtaken_by_another_gives_nothing_back() -> None:
    clock = SimulatedClock()
    pacer = pacer_of(clock)
    pacer.record_answer(pacer.send(), limit_of(3, 1.0))
    first, second = pacer.send(), pacer.send()
    clock.now += 0.1
    pacer.record_answer(second, limit_of(1, 1.0))
    pacer.record_answer(first, limit_of(2, 1.0))
    pacer.send()
    assert pacer.wait_seconds() > 1  # none left before the window ends


def test_lost_requests_count_until_a_later_response_shows_otherwise() -> None:
    clock = SimulatedClock()
    pacer = pacer_of(clock)
    pacer.record_answer(pacer.send(), limit_of(2, 1.0))
    lost, sent = pacer.send(), pacer.send()
    pacer.record_loss(lost)
    pacer.record_answer(sent, limit_of(1, 1.0))
    assert pacer.wait_seconds() == pytest.approx(2.0)  # the one that is left may belong to the lost request
    clock.now += 2.0
    pacer.record_answer(pacer.send(), limit_of(99, 10.0))
    clock.now += 1.0
    assert pacer.wait_seconds() == 0


@pytest.mark.parametrize(
    ("limit", "retry_after", "expected"),
    [
        (limit_of(0, 7.0), None, 8.0),  # r = 0: until the window has certainly ended
        (limit_of(0, 7.0), 2.0, 8.0),  # the longer of the two
        (limit_of(60, 7.0), 20.0, 21.0),  # a limit of its own while the window has quota left
        (limit_of(60, 7.0), None, 2.0),  # without a duration
        (None, None, 2.0),
        (None, 5.0, 6.0),
        (None, 10.0**9, LONGEST_PAUSE_SECONDS),
    ],
)
def test_a_429_stops_the_bucket(limit: RateLimit | None, retry_after: float | None, expected: float) -> None:
    pacer = pacer_of(SimulatedClock())
    pacer.record_refusal(pacer.send(), limit, retry_after)
    assert pacer.wait_seconds() == pytest.approx(expected)


def test_each_further_429_without_a_duration_waits_longer_up_to_a_window() -> None:
    clock = SimulatedClock()
    pacer, waits = pacer_of(clock, window=10.0), []
    for _ in range(5):
        pacer.record_refusal(pacer.send(), None, None)
        waits.append(pacer.wait_seconds())
        clock.now += waits[-1]
    assert waits == pytest.approx([2.0, 4.0, 8.0, 10.0, 10.0])


def test_after_a_429_one_request_is_a_probe() -> None:
    clock = SimulatedClock()
    pacer = pacer_of(clock)
    pacer.record_answer(pacer.send(), limit_of(50, 9.0))
    pacer.record_refusal(pacer.send(), limit_of(49, 9.0), 1.0)
    clock.now += 2.0
    assert pacer.wait_seconds() == 0
    pacer.send()
    assert pacer.wait_seconds() == math.inf


def test_the_bucket_that_paid_learns_from_the_response() -> None:
    clock = SimulatedClock()
    ours, theirs = pacer_of(clock), pacer_of(clock)
    ours.transfer(theirs, ours.send(), limit_of(10, 5.0))
    assert (ours.spent, theirs.spent) == (0, 1)
    assert ours.wait_seconds() == 0
    assert theirs.is_announced
    assert not ours.is_announced


def test_the_used_share_refers_to_the_quota_of_the_elapsed_time() -> None:
    clock = SimulatedClock()
    pacer = pacer_of(clock)
    tickets: list[Ticket] = [pacer.send()]
    pacer.record_answer(tickets[0], limit_of(99, 10.0))
    clock.now += 20.0
    assert pacer.share_used() == pytest.approx(1 / 200)
