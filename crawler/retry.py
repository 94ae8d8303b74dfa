"""When a request is asked again, how long it waits before, and when it is given up."""

import random
from time import monotonic

from scrapy import Request
from scrapy.crawler import Crawler
from scrapy.exceptions import IgnoreRequest

FIRST_PAUSE_SECONDS = 1.0
LONGEST_PAUSE_SECONDS = 60.0
# A 429 says that the Hub is well and we were too fast, so it wears a request out more slowly than a fault does.
REFUSALS_PER_ATTEMPT = 4
# No connection at all, and never one before: hardly a passing trouble, but a wrong address or a hub that is not up.
ATTEMPTS_TO_CONNECT = 3


class GivenUp(IgnoreRequest):
    """A request that will not be sent again in this crawl; `is_outage` where the hub as a whole seems to fail."""

    def __init__(self, reason: str, *, status: int | None, attempts: int, is_outage: bool) -> None:
        super().__init__(reason)
        self.reason, self.status, self.attempts, self.is_outage = reason, status, attempts, is_outage


class Interrupted(IgnoreRequest):
    """A request that was waiting when the crawl was told to end."""


def pause_before(attempt: int) -> float:
    """Seconds before try `attempt` + 1: doubling from one second to a minute, half of it at random, so that requests
    that failed together do not return together."""
    full = min(LONGEST_PAUSE_SECONDS, FIRST_PAUSE_SECONDS * 2.0 ** (attempt - 1))
    return full * random.uniform(0.5, 1.0)  # noqa: S311  # no secret


class Retries:
    """The one place that decides on a further try; counts under `hublake/` in the crawl's stats."""

    def __init__(self, max_attempts: int, crawler: Crawler) -> None:
        self._max_attempts = max_attempts
        self._crawler = crawler
        self._has_answered = False

    def answered(self) -> None:
        """Note that the hub gave some request a proper answer."""
        self._has_answered = True

    def again(self, request: Request, reason: str, *, status: int | None = None) -> Request:
        """The same request, to be sent after a pause; raises GivenUp when its attempts are used up."""
        meta = request.meta
        faults, refusals = meta.get("faults", 0) + (status != 429), meta.get("refusals", 0) + (status == 429)
        is_first_contact = not self._has_answered and status is None
        allowed = min(self._max_attempts, ATTEMPTS_TO_CONNECT) if is_first_contact else self._max_attempts
        if faults + refusals // REFUSALS_PER_ATTEMPT >= allowed:
            raise GivenUp(reason, status=status, attempts=faults + refusals, is_outage=not self._has_answered)
        self._crawler.stats.inc_value("hublake/retries")
        pause = 0.0 if status == 429 else pause_before(faults)  # after a 429 the bucket's budget does the waiting
        fresh = {"faults": faults, "refusals": refusals, "not_before": monotonic() + pause}
        return request.replace(dont_filter=True, meta={**meta, **fresh})
