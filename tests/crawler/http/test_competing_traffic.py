"""Several workers on one token that do not know of each other: they use the quota, and no request is refused."""

import math
from collections.abc import Callable
from typing import Any

import pytest

from hublake.crawler.http.competing_traffic import CompetingTraffic
from tests.crawler.http.quota_simulation import SimulatedClock, SimulatedServer, Simulation, make_workers

MOST, SOME = 0.99, 0.95


@pytest.mark.parametrize(
    ("quota", "window", "rounded", "workers", "windows", "latency", "least_used"),
    [
        (3000, 300.0, math.ceil, 4, 4, 0.2, MOST),  # files, anonymous
        (500, 300.0, round, 2, 6, 0.4, 0.97),  # the API, anonymous
        (12_000, 300.0, math.ceil, 4, 1, 0.2, MOST),  # files, PRO
        (3000, 300.0, round, 16, 1, 0.2, SOME),
        (400, 5.0, math.ceil, 4, 10, 0.01, SOME),  # scaled down: the smaller the quota, the larger the part that is left to others
        (400, 5.0, math.floor, 4, 10, 0.01, SOME),
        (300, 10.0, round, 4, 10, 0.05, SOME),
    ],
)
def test_independent_workers_use_the_quota_and_are_never_refused(
    quota: int, window: float, rounded: Callable[[float], int], workers: int, windows: int, latency: float, least_used: float
) -> None:
    clock, server = SimulatedClock(), SimulatedServer(quota, window, 3.3, rounded)
    Simulation(server, clock, latency).run(make_workers(clock, workers), (windows + 1.5) * window)
    assert server.refusals == 0
    assert server.share_used() >= least_used


@pytest.mark.parametrize(
    ("phase", "late", "simulation"),
    [
        (1000 - 290.0, (0, 0, 0, 0), {}),  # all start ten seconds before a window's end
        (1000 - 298.5, (0, 0, 0, 0), {}),
        (0.0, (0, 150, 290, 500), {}),  # they start one after the other
        (0.0, (0, 0, 0, 0), {"silent": (100.0, 130.0)}),  # the server is out for half a minute
        (0.0, (0, 0, 0, 0), {"silent": (250.0, 310.0)}),  # including the end of a window
        (0.0, (0, 0, 0, 0), {"others_every": 0.2}),  # half of the quota goes to a client without pacing
        (0.0, (0, 0, 0, 0), {"latency": 2.0}),
        (0.0, (0, 0, 0, 0), {"spread": 10.0}),
    ],
)
def test_no_request_is_refused_in_adverse_conditions(phase: float, late: tuple[float, ...], simulation: dict[str, Any]) -> None:
    clock, server = SimulatedClock(), SimulatedServer(3000, 300.0, phase)
    Simulation(server, clock, **{"latency": 0.2, **simulation}).run(make_workers(clock, 4, 16, late), 1200.0)
    assert server.refusals == 0
    assert server.share_used() >= SOME


def test_the_shares_of_workers_converge() -> None:
    clock, server = SimulatedClock(), SimulatedServer(3000, 300.0, 0.0)
    workers = make_workers(clock, 3, starts_after=(0, 900, 900))
    Simulation(server, clock, 0.2).run(workers, 2100.0)
    for worker in workers:
        worker.starts_after = 0.0
    before = [worker.pacer.spent for worker in workers]
    Simulation(server, clock, 0.2).run(workers, 300.0)
    spent = [worker.pacer.spent - earlier for worker, earlier in zip(workers, before, strict=True)]
    assert min(spent) > 0.7 * max(spent)


def observed(own: int, others: int, elapsed: float) -> CompetingTraffic:
    """Return the estimate within one window of 100 requests in 10 seconds, after `elapsed` seconds."""
    traffic = CompetingTraffic()
    traffic.begin_window(1, 99, 100, 0.0, 10.0)
    traffic.observe(1, 99, 0.0)
    traffic.observe(own, 100 - own - others, elapsed)
    return traffic


@pytest.mark.parametrize(("own", "others", "is_alone"), [(10, 0, True), (99, 1, True), (50, 2, False), (1, 50, False)])
def test_a_tiny_share_of_others_is_our_own_traffic_misread(own: int, others: int, is_alone: bool) -> None:
    assert observed(own, others, 5.0).is_alone is is_alone


def test_a_small_share_claims_more_than_itself_and_never_zero() -> None:
    assert observed(30, 0, 5.0).claim() == 1
    assert observed(25, 25, 5.0).claim() == pytest.approx(0.5**0.75)
    assert observed(1, 90, 5.0).claim() == pytest.approx((1 / 16) ** 0.75)


def test_the_estimate_of_unseen_requests_grows_with_time_up_to_all_that_is_left() -> None:
    traffic = observed(10, 30, 5.0)  # 30 in 5 s plus 1 s of memory: 5 per second
    assert traffic.unseen(60, 0.0) == 0
    assert traffic.unseen(60, 2.0) == pytest.approx(60 * (1 - math.exp(-1 / 6)) + 2 * math.sqrt(60 * (1 - math.exp(-1 / 6))))
    assert traffic.unseen(60, 1e9) == pytest.approx(60 + 2 * math.sqrt(60))
    assert observed(10, 0, 5.0).unseen(60, 2.0) == 0
