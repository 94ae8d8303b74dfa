"""How fast one bucket of the Hub's quota may be spent, learnt from what each answer says is left.

The Hub counts requests in fixed windows. Each answer says how many are left (r) and in how many whole seconds the
window ends (t), so the pace is r spread over t. Workers that share a token never talk: what the others use is missing
in r, and shared.py reads their pace from it. Pure: no sleeping and no clock of its own; middlewares.py waits.

- Requests on the way may or may not be counted in r yet: they are taken as not, so the quota is never overdrawn.
- What others may have spent since r was said is left to them: the last of a window is nobody's. docs/method.md has what that costs.
- t is whole seconds, rounded nobody says how: the window ends between t-1 and t+1. We aim to have spent r by the
  earliest end, and trust in a new window only after the latest.
- Where nothing is known of the present window (at the start, or after one has ended) a single request goes ahead.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass, field
from time import monotonic

from hublake.crawler.hub_api import RateLimit
from hublake.crawler.shared import Shared
from hublake.crawler.window import Window

ROUNDING_SECONDS = 1.0
LONGEST_PAUSE_SECONDS = 3600.0  # a Retry-After beyond an hour is asked again after one
ROUND_TRIPS_REMEMBERED = 0.9  # of their running mean: a tenth of it is forgotten with each answer
# How much faster than an even pace a worker that is not alone may go to use up a window that it came late to: the
# others' pace is known from the past, and all of them speeding up at once would outrun that knowledge.
HASTE = 2.0


@dataclass(slots=True)
class Ticket:
    """One request that was let go, from its sending to its answer; `number` counts the bucket's requests from 1."""

    sent_at: float
    number: int
    is_probe: bool


@dataclass
class Budget:
    """The pace of one bucket. `quota` per `window_seconds` holds while the server sends no headers; 0 is no limit."""

    quota: int
    window_seconds: float
    clock: Callable[[], float] = monotonic
    spent: int = 0  # requests let go
    is_announced: bool = False  # whether an answer ever carried the bucket's headers
    _in_flight: int = 0
    _probes: int = 0
    _lost: int = 0  # requests that died; the server may have counted them, and the next answer sent after tells
    _lost_at: float = -math.inf
    _last_sent: float = -math.inf
    _blocked_until: float = -math.inf
    _refusals: int = 0  # 429 since the last answer that was none
    _has_answered: bool = False
    _started_at: float | None = None
    _numbered: int = 0
    _round_trip: float = 0.0
    _window: Window | None = None
    _shared: Shared = field(default_factory=Shared)

    def wait_seconds(self) -> float:
        """How long the next request must wait: 0 is now, inf until an answer brings news (each answer is a reason to ask again)."""
        now = self.clock()
        if now < self._blocked_until:
            return self._blocked_until - now
        if self._has_answered and not self.is_announced:
            return max(0.0, self._last_sent + self._configured_spacing() - now)
        if self._window is None or now >= self._window.latest_end:
            return math.inf if self._probes else 0.0
        left = self._ours(self._window, now)
        if left < 1:
            return self._window.latest_end - now
        return max(0.0, self._last_sent + self._spacing(self._window, now, left) - now)

    def _ours(self, window: Window, now: float) -> float:
        """What is left for all, less what is on its way to be counted: our own requests, and those that others may have sent."""
        left = window.lowest - self._in_flight - self._lost
        return left - self._shared.unseen(left, now + self._round_trip - window.counted_after)

    def _spacing(self, window: Window, now: float, left: float) -> float:
        even = max(0.0, window.earliest_end - now) / left
        if self._shared.is_alone:
            return even
        return max(even, self._configured_spacing() / HASTE) / self._shared.claim()

    def sent(self) -> Ticket:
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

    def answered(self, ticket: Ticket, limit: RateLimit | None) -> None:
        """Take in an answer other than 429; `limit` is None where it said nothing of this bucket."""
        self._has_answered = True
        self._refusals = 0
        if limit is None:
            self.lost(ticket)
            return
        self._release(ticket)
        self._learn(ticket, limit)

    def refused(self, ticket: Ticket, limit: RateLimit | None, retry_after_seconds: float | None) -> None:
        """Take in a 429: nothing leaves until the time it names, else until the window ends, else ever longer pauses."""
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

    def lost(self, ticket: Ticket) -> None:
        """Take in that no answer came, or one that says nothing: counted as spent until a later answer tells."""
        self._release(ticket)
        self._lost += 1
        self._lost_at = self.clock()

    def moved_to(self, other: "Budget", ticket: Ticket, limit: RateLimit) -> None:
        """Take in an answer that says that another bucket paid for the request."""
        self._release(ticket)
        self.spent -= 1
        other.spent += 1
        other._has_answered = True
        other._started_at = ticket.sent_at if other._started_at is None else other._started_at
        other._numbered += 1
        other._learn(Ticket(ticket.sent_at, other._numbered, ticket.is_probe), limit)

    def share_used(self) -> float | None:
        """Part of the quota since the first request that was spent, from 0 to 1; None where there is no quota."""
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
        self.is_announced = True
        self.quota = limit.quota or self.quota
        self.window_seconds = limit.window_seconds or self.window_seconds
        self._round_trip += (1 - ROUND_TRIPS_REMEMBERED) * (now - ticket.sent_at - self._round_trip)
        if ticket.sent_at > self._lost_at:
            self._lost = 0
        earliest, latest = ticket.sent_at + limit.reset_seconds - ROUNDING_SECONDS, now + limit.reset_seconds + ROUNDING_SECONDS
        told = Window(limit.left, ticket.sent_at, now, earliest, latest)
        if self._window is None or told.is_after(self._window):
            self._window = told
            self._shared.begin(ticket.number, limit.left, self.quota, latest - self.window_seconds, self.window_seconds)
        elif told.latest_end >= self._window.earliest_end:  # else a late answer of a window that is over
            self._window = self._window.narrowed(told)
        else:
            return
        self._shared.saw(ticket.number, limit.left, now)
