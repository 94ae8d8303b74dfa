"""When everything waits, and what ends the waiting."""

import asyncio
from collections.abc import Iterator

import pytest

import hublake.crawler.http.circuit_breaker
from hublake.crawler.http.circuit_breaker import SUSPICIOUS_FAILURES, CircuitBreaker
from hublake.crawler.http.retry import GivenUp, Interrupted


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("POLL_SECONDS", "FIRST_PAUSE_SECONDS"):
        monkeypatch.setattr(hublake.crawler.http.circuit_breaker, name, 0.001)


class Probes:
    """Answers as written down, then always; `asked` are the addresses that it was sent for."""

    def __init__(self, *answers: bool) -> None:
        self._answers: Iterator[bool] = iter(answers)
        self.asked: list[str] = []

    async def __call__(self, url: str) -> bool:
        self.asked.append(url)
        return next(self._answers, True)


def failing(outage: CircuitBreaker, times: int = SUSPICIOUS_FAILURES) -> None:
    for _ in range(times):
        outage.record_failure("status 503")


def test_after_several_failures_in_a_row_a_probe_asks_for_what_was_answered_last() -> None:
    async def story() -> tuple[bool, list[str]]:
        probes = Probes(False, False, True)
        outage = CircuitBreaker(probes, lambda: False, 60.0)
        outage.record_answer("http://hub/a")
        outage.record_answer("http://hub/b")
        failing(outage)
        return await outage.wait_until_closed(), probes.asked

    assert asyncio.run(story()) == (True, ["http://hub/b"] * 3)


@pytest.mark.parametrize("answered_between", [True, False])
def test_failures_with_an_answer_between_are_no_outage(answered_between: bool) -> None:
    async def story() -> list[str]:
        probes = Probes()
        outage = CircuitBreaker(probes, lambda: False, 60.0)
        outage.record_answer("http://hub/a")
        failing(outage, SUSPICIOUS_FAILURES - 1)
        if answered_between:
            outage.record_answer("http://hub/a")
        failing(outage, 1)
        await outage.wait_until_closed()
        return probes.asked

    assert bool(asyncio.run(story())) is not answered_between


def test_tries_count_until_a_probe_is_out_and_again_once_it_is_answered() -> None:
    async def story() -> list[bool]:
        outage = CircuitBreaker(Probes(), lambda: False, 60.0)
        outage.record_answer("http://hub/a")
        suspected = []
        for _ in range(2):
            for _ in range(SUSPICIOUS_FAILURES):
                suspected.append(outage.is_open)
                outage.record_failure("status 503")
            suspected.append(outage.is_open)
            await outage.wait_until_closed()
        return suspected

    assert asyncio.run(story()) == [*[False] * SUSPICIOUS_FAILURES, True] * 2


def test_a_hub_that_answers_the_probe_was_never_out() -> None:
    async def story() -> bool:
        outage = CircuitBreaker(Probes(True), lambda: False, 60.0)
        outage.record_answer("http://hub/a")
        failing(outage)
        return await outage.wait_until_closed()

    assert asyncio.run(story()) is False


def test_a_hub_that_never_answered_is_not_waited_for() -> None:
    async def story() -> list[str]:
        probes = Probes(False)
        outage = CircuitBreaker(probes, lambda: False, 60.0)
        failing(outage, 100)
        await outage.wait_until_closed()
        return probes.asked

    assert asyncio.run(story()) == []


def test_patience_ends_with_one_request_given_up_for_all() -> None:
    async def story() -> list[type[BaseException]]:
        outage = CircuitBreaker(Probes(*[False] * 100), lambda: False, 0.01)
        outage.record_answer("http://hub/a")
        failing(outage)
        ends = await asyncio.gather(*(outage.wait_until_closed() for _ in range(3)), return_exceptions=True)
        return [type(end) for end in ends if isinstance(end, BaseException)]

    assert sorted(asyncio.run(story()), key=str) == [GivenUp, Interrupted, Interrupted]


def test_it_says_why_it_waits_as_long_as_it_does() -> None:
    async def story() -> list[str]:
        said: list[str] = []

        async def probe(_: str) -> bool:
            said.append(outage.wait_reason)
            return len(said) == 3

        outage = CircuitBreaker(probe, lambda: False, 60.0)
        outage.record_answer("http://hub/a")
        failing(outage)
        await outage.wait_until_closed()
        return [*said, outage.wait_reason]

    assert asyncio.run(story()) == ["", *["the hub does not answer (status 503)"] * 2, ""]


def test_a_crawl_that_ends_in_an_outage_does_not_say_that_the_hub_answers_again(caplog: pytest.LogCaptureFixture) -> None:
    async def story() -> None:
        asked: list[str] = []

        async def probe(url: str) -> bool:
            asked.append(url)
            return False

        outage = CircuitBreaker(probe, lambda: len(asked) == 2, 60.0)
        outage.record_answer("http://hub/a")
        failing(outage)
        with pytest.raises(Interrupted):
            while True:
                await outage.wait_until_closed()

    asyncio.run(story())
    assert [record.getMessage().partition(" (")[0] for record in caplog.records] == ["the hub does not answer"]


def test_a_crawl_that_is_to_end_waits_no_longer() -> None:
    async def story() -> None:
        outage = CircuitBreaker(Probes(*[False] * 100), lambda: bool(outage_seen), 60.0)
        outage_seen: list[bool] = []
        outage.record_answer("http://hub/a")
        failing(outage)
        outage_seen.append(True)
        with pytest.raises(Interrupted):
            await outage.wait_until_closed()

    asyncio.run(story())
