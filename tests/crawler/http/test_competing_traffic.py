"""Several workers on one token, none of which knows of the others: the quota is used, and nothing is refused."""

import math
from collections.abc import Callable
from typing import Any

import pytest

from hublake.crawler.http.competing_traffic import CompetingTraffic
from tests.crawler.http.quota_simulation import Clock, Server, World, workers_of

MOST, SOME = 0.99, 0.95


@pytest.mark.parametrize(
    ("quota", "window", "rounded", "workers", "windows", "latency", "least_used"),
    [
        (3000, 300.0, math.ceil, 4, 4, 0.2, MOST),  # files, anonymous
        (500, 300.0, round, 2, 6, 0.4, 0.97),  # the API, anonymous
        (12_000, 300.0, math.ceil, 4, 1, 0.2, MOST),  # files, PRO
        (3000, 300.0, round, 16, 1, 0.2, SOME),
        (400, 5.0, math.ceil, 4, 10, 0.01, SOME),  # scaled down: what is left to others weighs more, the smaller the quota is
        (400, 5.0, math.floor, 4, 10, 0.01, SOME),
        (300, 10.0, round, 4, 10, 0.05, SOME),
    ],
)
def test_blind_workers_use_the_quota_and_are_never_refused(
    quota: int, window: float, rounded: Callable[[float], int], workers: int, windows: int, latency: float, least_used: float
) -> None:
    clock, server = Clock(), Server(quota, window, 3.3, rounded)
    World(server, clock, latency).run(workers_of(clock, workers), (windows + 1.5) * window)
    assert server.refusals == 0
    assert server.share_used() >= least_used


@pytest.mark.parametrize(
    ("phase", "late", "world"),
    [
        (1000 - 290.0, (0, 0, 0, 0), {}),  # all start ten seconds before a window's end
        (1000 - 298.5, (0, 0, 0, 0), {}),
        (0.0, (0, 150, 290, 500), {}),  # they come one after the other
        (0.0, (0, 0, 0, 0), {"silent": (100.0, 130.0)}),  # the server is out for half a minute
        (0.0, (0, 0, 0, 0), {"silent": (250.0, 310.0)}),  # and over a window's end
        (0.0, (0, 0, 0, 0), {"others_every": 0.2}),  # half of the quota goes to somebody who paces nothing
        (0.0, (0, 0, 0, 0), {"latency": 2.0}),
        (0.0, (0, 0, 0, 0), {"spread": 10.0}),
    ],
)
def test_nor_when_things_go_badly(phase: float, late: tuple[float, ...], world: dict[str, Any]) -> None:
    clock, server = Clock(), Server(3000, 300.0, phase)
    World(server, clock, **{"latency": 0.2, **world}).run(workers_of(clock, 4, 16, late), 1200.0)
    assert server.refusals == 0
    assert server.share_used() >= SOME


def test_workers_become_even() -> None:
    clock, server = Clock(), Server(3000, 300.0, 0.0)
    workers = workers_of(clock, 3, starts_after=(0, 900, 900))
    World(server, clock, 0.2).run(workers, 2100.0)
    for worker in workers:
        worker.starts_after = 0.0
    before = [worker.pace.spent for worker in workers]
    World(server, clock, 0.2).run(workers, 300.0)
    spent = [worker.pace.spent - earlier for worker, earlier in zip(workers, before, strict=True)]
    assert min(spent) > 0.7 * max(spent)


def seen(own: int, others: int, elapsed: float) -> CompetingTraffic:
    """One window of 100 requests in 10 seconds, as far as it went."""
    shared = CompetingTraffic()
    shared.begin_window(1, 99, 100, 0.0, 10.0)
    shared.observe(1, 99, 0.0)
    shared.observe(own, 100 - own - others, elapsed)
    return shared


@pytest.mark.parametrize(("own", "others", "is_alone"), [(10, 0, True), (99, 1, True), (50, 2, False), (1, 50, False)])
def test_who_takes_next_to_nothing_is_ourselves_misread(own: int, others: int, is_alone: bool) -> None:
    assert seen(own, others, 5.0).is_alone is is_alone


def test_a_small_share_claims_more_than_itself_and_never_nothing() -> None:
    assert seen(30, 0, 5.0).claim() == 1
    assert seen(25, 25, 5.0).claim() == pytest.approx(0.5**0.75)
    assert seen(1, 90, 5.0).claim() == pytest.approx((1 / 16) ** 0.75)


def test_what_others_may_have_spent_grows_with_time_up_to_all_that_is_left() -> None:
    shared = seen(10, 30, 5.0)  # 30 in 5 s and the memory's 1 s: 5 a second
    assert shared.unseen(60, 0.0) == 0
    assert shared.unseen(60, 2.0) == pytest.approx(60 * (1 - math.exp(-1 / 6)) + 2 * math.sqrt(60 * (1 - math.exp(-1 / 6))))
    assert shared.unseen(60, 1e9) == pytest.approx(60 + 2 * math.sqrt(60))
    assert seen(10, 0, 5.0).unseen(60, 2.0) == 0
