"""A circuit breaker for the hub: during an outage all requests wait, a probe tests the hub at intervals, then the crawl continues."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from time import monotonic

from hublake.crawler.retry import FIRST_PAUSE_SECONDS, LONGEST_PAUSE_SECONDS, GivenUp, Interrupted

logger = logging.getLogger(__name__)

# This many failures in a row, of any requests, without an answer in between: the hub may be failing rather than the requests. If it is
# not, the cost was one superfluous probe.
SUSPICIOUS_FAILURES = 5
POLL_SECONDS = 0.25  # how soon a waiting request notices that it may leave, or that the crawl is stopping

Probe = Callable[[str], Awaitable[bool]]


class CircuitBreaker:
    """Holds requests back while the hub answers none of them.

    The probe requests the last URL that was answered, so that one permanently broken page does not count as an outage. The breaker
    never opens before the hub's first answer: a wrong address is for the operator to correct.
    """

    def __init__(self, probe: Probe, is_stopping: Callable[[], bool], patience_seconds: float) -> None:
        self._probe, self._is_stopping, self._patience_seconds = probe, is_stopping, patience_seconds
        self._failures = 0
        self._known_good: str | None = None
        self._last_reason = ""
        self._recovery: asyncio.Task[None] | None = None
        self._is_given_up = self._is_reported = False
        self.is_confirmed = False  # whether a probe failed too

    @property
    def is_open(self) -> bool:
        """Whether a probe is under way. Until it is answered, failures use up no attempts.

        The failures that triggered the probe did, so no request is repeated for ever.
        """
        return self._recovery is not None

    @property
    def wait_reason(self) -> str:
        """Why no requests are sent, for the operator; empty while requests may leave."""
        return f"the hub does not answer ({' '.join(self._last_reason.split()):.80})" if self.is_confirmed else ""

    def record_answer(self, url: str) -> None:
        """Record a proper answer to a request for `url`."""
        self._failures = 0
        self._known_good = url

    def record_failure(self, reason: str) -> None:
        """Record a request without a proper answer; after several in a row all other requests wait for a probe."""
        self._failures += 1
        self._last_reason = reason
        if self._failures >= SUSPICIOUS_FAILURES and self._known_good is not None and self._recovery is None:
            self._recovery = asyncio.ensure_future(self._probe_until_answered(self._known_good))

    async def wait_until_closed(self) -> bool:
        """Return once requests may leave: True if there was an outage. Raises GivenUp if it outlasts the configured patience."""
        was_confirmed = False
        while self._recovery is not None:
            was_confirmed |= self.is_confirmed
            if self._is_stopping() or self._is_reported:
                raise Interrupted("the crawl is stopping")
            if self._is_given_up and not self._is_reported:  # one request reports it for all
                self._is_reported = True
                reason = f"no answer for {self._patience_seconds:g} s; last: {self._last_reason}"
                raise GivenUp(reason, status=None, attempts=1, is_outage=True)
            await asyncio.sleep(POLL_SECONDS)
        return was_confirmed

    async def _probe_until_answered(self, url: str) -> None:
        started_at, pause = monotonic(), FIRST_PAUSE_SECONDS
        while not self._is_stopping() and not await self._probe(url):
            if not self.is_confirmed:
                logger.warning("the hub does not answer (%s); all requests wait until it does", self._last_reason)
            self.is_confirmed = True
            if monotonic() - started_at >= self._patience_seconds:
                self._is_given_up = True
                return
            await asyncio.sleep(pause)
            pause = min(LONGEST_PAUSE_SECONDS, 2 * pause)
        if self.is_confirmed and not self._is_stopping():
            logger.warning("the hub answers again after %.0f s", monotonic() - started_at)
        self._failures, self._recovery, self.is_confirmed = 0, None, False
