"""When the hub as a whole fails: every request waits, a probe asks now and then, and the crawl goes on once it is answered."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from time import monotonic

from hublake.crawler.retry import FIRST_PAUSE_SECONDS, LONGEST_PAUSE_SECONDS, GivenUp, Interrupted

logger = logging.getLogger(__name__)

# So many failures in a row, of whatever requests, with no answer between: it may be the hub that fails, not they. If it is not,
# the probe was one request too many, and that is all.
SUSPICIOUS_FAILURES = 5
LOOK_SECONDS = 0.25  # how soon a waiting request notices that it may go, or that the crawl is to end

Probe = Callable[[str], Awaitable[bool]]


class Outage:
    """Holds requests back while the hub answers none of them.

    The probe asks for the last address that was answered, so that a page which is broken for good is no outage. Before its
    first answer a hub is not waited for: a wrong address is for the operator to mend.
    """

    def __init__(self, probe: Probe, is_ending: Callable[[], bool], patience_seconds: float) -> None:
        self._probe, self._is_ending, self._patience_seconds = probe, is_ending, patience_seconds
        self._failures = 0
        self._known_good: str | None = None
        self._last_reason = ""
        self._watch: asyncio.Task[None] | None = None
        self._is_given_up = self._is_said = False
        self.is_confirmed = False  # whether a probe failed too

    @property
    def is_suspected(self) -> bool:
        """Whether a probe is out. Until it is answered tries do not count, but those did that sent it: nothing is asked for ever."""
        return self._watch is not None

    @property
    def waiting(self) -> str:
        """Why nothing is asked for, in words; empty while requests may leave."""
        return f"the hub does not answer ({' '.join(self._last_reason.split()):.80})" if self.is_confirmed else ""

    def answered(self, url: str) -> None:
        """Note a proper answer to a request for `url`."""
        self._failures = 0
        self._known_good = url

    def failed(self, reason: str) -> None:
        """Note a request that got no proper answer; after several in a row all others wait for a probe."""
        self._failures += 1
        self._last_reason = reason
        if self._failures >= SUSPICIOUS_FAILURES and self._known_good is not None and self._watch is None:
            self._watch = asyncio.ensure_future(self._until_answered(self._known_good))

    async def passed(self) -> bool:
        """Return as soon as requests may leave, True if an outage was sat out; raises GivenUp when patience has come to its end."""
        was_confirmed = False
        while self._watch is not None:
            was_confirmed |= self.is_confirmed
            if self._is_ending() or self._is_said:
                raise Interrupted("the crawl is ending")
            if self._is_given_up and not self._is_said:  # by one request, for all of them
                self._is_said = True
                reason = f"no answer for {self._patience_seconds:g} s; last: {self._last_reason}"
                raise GivenUp(reason, status=None, attempts=1, is_outage=True)
            await asyncio.sleep(LOOK_SECONDS)
        return was_confirmed

    async def _until_answered(self, url: str) -> None:
        began_at, pause = monotonic(), FIRST_PAUSE_SECONDS
        while not self._is_ending() and not await self._probe(url):
            if not self.is_confirmed:
                logger.warning("the hub does not answer (%s); all requests wait until it does", self._last_reason)
            self.is_confirmed = True
            if monotonic() - began_at >= self._patience_seconds:
                self._is_given_up = True
                return
            await asyncio.sleep(pause)
            pause = min(LONGEST_PAUSE_SECONDS, 2 * pause)
        if self.is_confirmed and not self._is_ending():
            logger.warning("the hub answers again after %.0f s", monotonic() - began_at)
        self._failures, self._watch, self.is_confirmed = 0, None, False
