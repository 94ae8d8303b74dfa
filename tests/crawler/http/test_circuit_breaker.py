"""When the breaker opens, and what closes it."""

import asyncio
from collections.abc import Iterator

import pytest

import hublake.crawler.http.circuit_breaker
from hublake.crawler.http.circuit_breaker import SUSPICIOUS_FAILURES, CircuitBreaker
from hublake.crawler.retry import GivenUp, Interrupted


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("POLL_SECONDS", "FIRST_PAUSE_SECONDS"):
        monkeypatch.setattr(hublake.crawler.http.circuit_breaker, name, 0.001)


class Probes:
    """Probes with the given results, and True afterwards; `urls` are the requested ones."""

    def __init__(self, *answers: bool) -> None:
        self._answers: Iterator[bool] = iter(answers)
        self.urls: list[str] = []

    async def __call__(self, url: str) -> bool:
        self.urls.append(url)
        return next(self._answers, True)


def failing(breaker: CircuitBreaker, times: int = SUSPICIOUS_FAILURES) -> None:
    for _ in range(times):
        breaker.record_failure("status 503")


def test_after_several_failures_in_a_row_a_probe_requests_the_last_answered_url() -> None:
    async def scenario() -> tuple[bool, list[str]]:
        probes = Probes(False, False, True)
        breaker = CircuitBreaker(probes, lambda: False, 60.0)
        breaker.record_answer("http://hub/a")
        breaker.record_answer("http://hub/b")
        failing(breaker)
        return await breaker.wait_until_closed(), probes.urls

    assert asyncio.run(scenario()) == (True, ["http://hub/b"] * 3)


@pytest.mark.parametrize("answered_between", [True, False])
def test_failures_with_an_answer_in_between_are_not_an_outage(answered_between: bool) -> None:
    async def scenario() -> list[str]:
        probes = Probes()
        breaker = CircuitBreaker(probes, lambda: False, 60.0)
        breaker.record_answer("http://hub/a")
        failing(breaker, SUSPICIOUS_FAILURES - 1)
        if answered_between:
            breaker.record_answer("http://hub/a")
        failing(breaker, 1)
        await breaker.wait_until_closed()
        return probes.urls

    assert bool(asyncio.run(scenario())) is not answered_between


def test_failures_use_up_attempts_except_while_a_probe_is_under_way() -> None:
    async def scenario() -> list[bool]:
        breaker = CircuitBreaker(Probes(), lambda: False, 60.0)
        breaker.record_answer("http://hub/a")
        suspected = []
        for _ in range(2):
            for _ in range(SUSPICIOUS_FAILURES):
                suspected.append(breaker.is_open)
                breaker.record_failure("status 503")
            suspected.append(breaker.is_open)
            await breaker.wait_until_closed()
        return suspected

    assert asyncio.run(scenario()) == [*[False] * SUSPICIOUS_FAILURES, True] * 2


def test_a_hub_that_answers_the_first_probe_had_no_outage() -> None:
    async def scenario() -> bool:
        breaker = CircuitBreaker(Probes(True), lambda: False, 60.0)
        breaker.record_answer("http://hub/a")
        failing(breaker)
        return await breaker.wait_until_closed()

    assert asyncio.run(scenario()) is False


def test_the_breaker_never_opens_before_the_first_answer() -> None:
    async def scenario() -> list[str]:
        probes = Probes(False)
        breaker = CircuitBreaker(probes, lambda: False, 60.0)
        failing(breaker, 100)
        await breaker.wait_until_closed()
        return probes.urls

    assert asyncio.run(scenario()) == []


def test_when_patience_ends_one_request_is_given_up_for_all() -> None:
    async def scenario() -> list[type[BaseException]]:
        breaker = CircuitBreaker(Probes(*[False] * 100), lambda: False, 0.01)
        breaker.record_answer("http://hub/a")
        failing(breaker)
        ends = await asyncio.gather(*(breaker.wait_until_closed() for _ in range(3)), return_exceptions=True)
        return [type(end) for end in ends if isinstance(end, BaseException)]

    assert sorted(asyncio.run(scenario()), key=str) == [GivenUp, Interrupted, Interrupted]


def test_the_reason_is_reported_while_requests_wait() -> None:
    async def scenario() -> list[str]:
        reasons: list[str] = []

        async def probe(_: str) -> bool:
            reasons.append(breaker.wait_reason)
            return len(reasons) == 3

        breaker = CircuitBreaker(probe, lambda: False, 60.0)
        breaker.record_answer("http://hub/a")
        failing(breaker)
        await breaker.wait_until_closed()
        return [*reasons, breaker.wait_reason]

    assert asyncio.run(scenario()) == ["", *["the hub does not answer (status 503)"] * 2, ""]


def test_a_crawl_that_stops_in_an_outage_does_not_report_that_the_hub_answers_again(caplog: pytest.LogCaptureFixture) -> None:
    async def scenario() -> None:
        urls: list[str] = []

        async def probe(url: str) -> bool:
            urls.append(url)
            return False

        breaker = CircuitBreaker(probe, lambda: len(urls) == 2, 60.0)
        breaker.record_answer("http://hub/a")
        failing(breaker)
        with pytest.raises(Interrupted):
            while True:
                await breaker.wait_until_closed()

    asyncio.run(scenario())
    assert [record.getMessage().partition(" (")[0] for record in caplog.records] == ["the hub does not answer"]


def test_a_stopping_crawl_does_not_wait() -> None:
    async def scenario() -> None:
        breaker = CircuitBreaker(Probes(*[False] * 100), lambda: bool(stopping), 60.0)
        stopping: list[bool] = []
        breaker.record_answer("http://hub/a")
        failing(breaker)
        stopping.append(True)
        with pytest.raises(Interrupted):
            await breaker.wait_until_closed()

    asyncio.run(scenario())
