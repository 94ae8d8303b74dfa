"""Paces the requests of one quota bucket, from what each response reports as left.

The Hub counts requests in fixed windows. Each response reports how many are left (r) and in how many whole seconds the window ends (t),
so the pace is r spread over t. Workers that share a token do not communicate: what others use is missing from r, and
competing_traffic.py infers their pace from that. This module is pure: it neither sleeps nor owns a clock; middlewares.py waits.

- Requests in flight may or may not be counted in r yet. We assume that they are not and subtract them: the quota is never overdrawn.
- Requests that others may have sent since r was reported count as sent: the end of a window stays unused (cost: docs/method/pace.md).
- t is in whole seconds, rounded in an undocumented way: the window ends between t-1 and t+1. The pacer aims to have spent r by the
  earliest end, and relies on a new window only after the latest.
- If nothing is known of the current window, at the start or after one has ended, a single request goes ahead as a probe.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass, field
from time import monotonic

from hublake.crawler.http.competing_traffic import CompetingTraffic
from hublake.crawler.http.quota_window import QuotaWindow
from hublake.lake.rate_limits import RateLimit

ROUNDING_SECONDS = 1.0
LONGEST_PAUSE_SECONDS = 3600.0  # after a Retry-After of more than an hour, the next attempt is made after one hour
ROUND_TRIP_MEMORY = 0.9  # of the running mean: each response replaces a tenth of it
# A worker that shares its quota and joins a window late may send at most this many times the even pace. It knows the pace of the others
# only from the past: if all of them sped up at once, they would exceed the quota.
HASTE = 2.0


@dataclass(slots=True)
class Ticket:
    """One request that was allowed to leave, until its response arrives; `number` counts the bucket's requests from 1."""

    sent_at: float
    number: int
    is_probe: bool


@dataclass
class QuotaPacer:
    """The pace of one bucket. `quota` per `window_seconds` applies while the server sends no headers; 0 means no limit."""

    quota: int
    window_seconds: float
    clock: Callable[[], float] = monotonic
    spent: int = 0  # requests sent
    is_announced: bool = False  # whether any response carried the bucket's headers
    _in_flight: int = 0
    _probes: int = 0
    _lost: int = 0  # requests without a response: the server may have counted them, which the next later response shows
    _lost_at: float = -math.inf
    _last_sent: float = -math.inf
    _blocked_until: float = -math.inf
    _refusals: int = 0  # consecutive responses with status 429
    _has_answered: bool = False
    _is_cached: bool = False  # whether the last answer came from a cache, and cost nothing
    _started_at: float | None = None
    _numbered: int = 0
    _round_trip: float = 0.0
    _window: QuotaWindow | None = None
    _traffic: CompetingTraffic = field(default_factory=CompetingTraffic)

    def wait_seconds(self) -> float:
        """Return how long the next request must wait: 0 means now, inf until a response brings news. Ask again after each response."""
        now = self.clock()
        if now < self._blocked_until:
            return self._blocked_until - now
        if self._has_answered and not self.is_announced:
            return max(0.0, self._last_sent + self._configured_spacing() - now)
        if self._window is None or now >= self._window.latest_end:
            if self._is_cached:  # a cache answers no probe: keep to the quota that is known
                return max(0.0, self._last_sent + self._configured_spacing() - now)
            return math.inf if self._probes else 0.0
        left = self._own_quota_left(self._window, now)
        if left < 1:
            return self._window.latest_end - now
        return max(0.0, self._last_sent + self._spacing(self._window, now, left) - now)

    def _own_quota_left(self, window: QuotaWindow, now: float) -> float:
        """Return the server's figure minus our requests in flight and those that others may have sent."""
        left = window.lowest - self._in_flight - self._lost
        return left - self._traffic.unseen(left, now + self._round_trip - window.counted_after)

    def _spacing(self, window: QuotaWindow, now: float, left: float) -> float:
        even = max(0.0, window.earliest_end - now) / left
        if self._traffic.is_alone:
            return even
        return max(even, self._configured_spacing() / HASTE) / self._traffic.claim()

    def send(self) -> Ticket:
        """Count a request that leaves now."""
        now = self.clock()
        self._started_at = now if self._started_at is None else self._started_at
        self._numbered += 1
        ticket = Ticket(now, self._numbered, is_probe=self._window is None or now >= self._window.latest_end)
        self._probes += ticket.is_probe
        self._in_flight += 1
        self._last_sent = now
        self.spent += 1
        return ticket

    def record_answer(self, ticket: Ticket, limit: RateLimit | None) -> None:
        """Record a response other than 429; `limit` is None if it says nothing about this bucket."""
        self._has_answered = True
        self._refusals = 0
        if limit is None:
            self.record_loss(ticket)
            return
        self._release(ticket)
        self._learn(ticket, limit)

    def record_cached_answer(self, ticket: Ticket) -> None:
        """Record an answer of a cache: it cost none of our quota and says nothing about it."""
        self._has_answered = self._is_cached = True
        self._refusals = 0
        self._release(ticket)

    def blocked_seconds(self) -> float:
        """Return how long a 429 still forbids all requests; 0 if it does not."""
        return max(0.0, self._blocked_until - self.clock())

    def record_refusal(self, ticket: Ticket, limit: RateLimit | None, retry_after_seconds: float | None) -> None:
        """Record a 429: pause until Retry-After, without it until the window ends, without either for a pause that grows each time."""
        self._release(ticket)
        self._has_answered = True
        self._refusals += 1
        pauses = [] if retry_after_seconds is None else [retry_after_seconds + ROUNDING_SECONDS]
        if limit is not None:
            self._learn(ticket, limit)
            if limit.left == 0:
                pauses.append(limit.reset_seconds + ROUNDING_SECONDS)
        pause = max(pauses, default=min(self.window_seconds, 2.0 ** min(self._refusals, 16)))
        self._blocked_until = max(self._blocked_until, self.clock() + min(pause, LONGEST_PAUSE_SECONDS))
        self._window = None

    def record_loss(self, ticket: Ticket) -> None:
        """Record that no response came, or one without headers: the request counts as spent until a later response shows otherwise."""
        self._release(ticket)
        self._lost += 1
        self._lost_at = self.clock()

    def transfer(self, other: "QuotaPacer", ticket: Ticket, limit: RateLimit) -> None:
        """Record a response that says that another bucket paid for the request."""
        self._release(ticket)
        self.spent -= 1
        other.spent += 1
        other._has_answered = True
        other._started_at = ticket.sent_at if other._started_at is None else other._started_at
        other._numbered += 1
        other._learn(Ticket(ticket.sent_at, other._numbered, ticket.is_probe), limit)

    def share_used(self) -> float | None:
        """Return the part of the quota since the first request that was spent, from 0 to 1; None if there is no quota."""
        if self._started_at is None or not self.quota:
            return None
        windows = max(1.0, (self.clock() - self._started_at) / self.window_seconds)
        return min(1.0, self.spent / (self.quota * windows))

    def _configured_spacing(self) -> float:
        return self.window_seconds / self.quota if self.quota else 0.0

    def _release(self, ticket: Ticket) -> None:
        self._in_flight -= 1
        self._probes -= ticket.is_probe

    def _learn(self, ticket: Ticket, limit: RateLimit) -> None:
        now = self.clock()
        self.is_announced, self._is_cached = True, False
        self.quota = limit.quota or self.quota
        self.window_seconds = limit.window_seconds or self.window_seconds
        self._round_trip += (1 - ROUND_TRIP_MEMORY) * (now - ticket.sent_at - self._round_trip)
        if ticket.sent_at > self._lost_at:
            self._lost = 0
        earliest, latest = ticket.sent_at + limit.reset_seconds - ROUNDING_SECONDS, now + limit.reset_seconds + ROUNDING_SECONDS
        reported = QuotaWindow(limit.left, ticket.sent_at, now, earliest, latest)
        if self._window is None or reported.is_after(self._window):
            self._window = reported
            self._traffic.begin_window(ticket.number, limit.left, self.quota, latest - self.window_seconds, self.window_seconds)
        elif reported.latest_end >= self._window.earliest_end:  # else a late response from a window that is over
            self._window = self._window.narrowed(reported)
        else:
            return
        self._traffic.observe(ticket.number, limit.left, now)
