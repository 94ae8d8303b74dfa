"""The retry policy: when a request is sent again, how long it waits before that, and when it is given up."""

import random
from time import monotonic

from scrapy import Request
from scrapy.crawler import Crawler
from scrapy.exceptions import IgnoreRequest

FIRST_PAUSE_SECONDS = 1.0
LONGEST_PAUSE_SECONDS = 60.0
# A 429 means that the Hub is healthy and we were too fast, so it uses up a request's attempts more slowly than a fault does.
REFUSALS_PER_ATTEMPT = 4
# No connection, or nothing usable in the response, and never anything before: probably not a transient fault, but a wrong address, or a
# hub that is not running.
ATTEMPTS_AT_FIRST = 3
RETRIED_STATUSES = frozenset({408, 429, 500, 502, 503, 504, 520, 521, 522, 523, 524})  # 52x: the CDN cannot reach its origin
FIREWALL_STATUSES = frozenset({403, 405})  # with a foreign HTML page: a firewall has blocked us temporarily as a bot


class GivenUp(IgnoreRequest):
    """A request that will not be sent again in this crawl; `is_outage` if the hub as a whole seems to fail."""

    def __init__(self, reason: str, *, status: int | None, attempts: int, is_outage: bool) -> None:
        super().__init__(reason)
        self.reason, self.status, self.attempts, self.is_outage = reason, status, attempts, is_outage


class Interrupted(IgnoreRequest):
    """A request that was still waiting when the crawl was stopped."""


def backoff_seconds(attempt: int) -> float:
    """Return the pause after try `attempt`: it doubles from one second to one minute.

    Half of it is random, so that requests that failed together do not return together.
    """
    full = min(LONGEST_PAUSE_SECONDS, FIRST_PAUSE_SECONDS * 2.0 ** (attempt - 1))
    return full * random.uniform(0.5, 1.0)  # noqa: S311  # not a secret


class RetryPolicy:
    """Decides on every retry; counts under `hublake/` in the crawl's stats."""

    def __init__(self, max_attempts: int, crawler: Crawler) -> None:
        self._max_attempts = max_attempts
        self._crawler = crawler
        self._has_answered = False
        self._last_reason = ""

    def record_answer(self) -> None:
        """Record that the hub gave a usable answer: one that led to rows."""
        self._has_answered = True

    @property
    def wait_reason(self) -> str:
        """Why nothing arrives, for the operator; empty once there was a usable answer."""
        return "" if self._has_answered or not self._last_reason else f"no usable answer yet ({self._last_reason:.80})"

    def reschedule(self, request: Request, reason: str, *, status: int | None = None) -> Request:
        """Return the same request, to be sent after a pause. Raises GivenUp if its attempts are used up."""
        meta = request.meta
        faults, refusals = meta.get("faults", 0) + (status != 429), meta.get("refusals", 0) + (status == 429)
        self._last_reason = " ".join(reason.split())
        is_first_contact = not self._has_answered and status not in RETRIED_STATUSES
        allowed = min(self._max_attempts, ATTEMPTS_AT_FIRST) if is_first_contact else self._max_attempts
        if faults + refusals // REFUSALS_PER_ATTEMPT >= allowed:
            raise GivenUp(reason, status=status, attempts=faults + refusals, is_outage=not self._has_answered)
        self._crawler.stats.inc_value("hublake/retries")
        pause = 0.0 if status == 429 else backoff_seconds(faults)  # after a 429 the quota pacer waits
        updated = {"faults": faults, "refusals": refusals, "not_before": monotonic() + pause}
        return request.replace(dont_filter=True, meta={**meta, **updated})
