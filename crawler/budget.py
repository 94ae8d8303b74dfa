"""How fast one bucket of the Hub's quota may be spent, learnt from what each answer says is left.

The Hub counts requests in fixed windows. Each answer says how many are left (r) and in how many whole seconds the
window ends (t), so the pace is r spread over t, and it needs no word from other workers: what they use is missing in r.
Pure: no sleeping and no clock of its own; middlewares.py waits.

- Requests on the way may or may not be counted in r yet: they are taken as not, so the quota is never overdrawn.
- t is whole seconds, rounded nobody says how: the window ends between t-1 and t+1. We aim to have spent r by the
  earliest end, and trust in a new window only after the latest.
- Where nothing is known of the present window (at the start, or after one has ended) a single request goes ahead.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from time import monotonic

from crawler.hub_api import RateLimit

ROUNDING_SECONDS = 1.0
LONGEST_PAUSE_SECONDS = 3600.0  # a Retry-After beyond an hour is asked again after one


@dataclass(slots=True)
class Ticket:
    """One request that was let go, from its sending to its answer."""

    sent_at: float
    is_probe: bool


@dataclass(frozen=True, slots=True)
class Window:
    """What is known of the server's present window; `lowest` is the smallest r seen in it, at `seen_at`."""

    lowest: int
    seen_at: float
    earliest_end: float
    latest_end: float


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
    _window: Window | None = field(default=None)

    def wait_seconds(self) -> float:
        """How long the next request must wait: 0 is now, inf until an answer brings news (each answer is a reason to ask again)."""
        now = self.clock()
        if now < self._blocked_until:
            return self._blocked_until - now
        if self._has_answered and not self.is_announced:
            return max(0.0, self._last_sent + self._configured_spacing() - now)
        if self._window is None or now >= self._window.latest_end:
            return math.inf if self._probes else 0.0
        left = self._window.lowest - self._in_flight - self._lost
        if left <= 0:
            return self._window.latest_end - now
        return max(0.0, self._last_sent + max(0.0, self._window.earliest_end - now) / left - now)

    def sent(self) -> Ticket:
        """Count a request that leaves now."""
        now = self.clock()
        self._started_at = now if self._started_at is None else self._started_at
        ticket = Ticket(now, is_probe=self._window is None or now >= self._window.latest_end)
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
        self._learn(ticket.sent_at, limit)

    def refused(self, ticket: Ticket, limit: RateLimit | None, retry_after_seconds: float | None) -> None:
        """Take in a 429: nothing leaves until the time it names, else until the window ends, else ever longer pauses."""
        self._release(ticket)
        self._has_answered = True
        self._refusals += 1
        pauses = [] if retry_after_seconds is None else [retry_after_seconds + ROUNDING_SECONDS]
        if limit is not None:
            self._learn(ticket.sent_at, limit)
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
        other._learn(ticket.sent_at, limit)

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

    def _learn(self, sent_at: float, limit: RateLimit) -> None:
        now = self.clock()
        self.is_announced = True
        self.quota = limit.quota or self.quota
        self.window_seconds = limit.window_seconds or self.window_seconds
        if sent_at > self._lost_at:
            self._lost = 0
        told = Window(limit.left, now, sent_at + limit.reset_seconds - ROUNDING_SECONDS, now + limit.reset_seconds + ROUNDING_SECONDS)
        if self._window is None or _is_later(told, self._window, sent_at):
            self._window = told
        elif told.latest_end >= self._window.earliest_end:  # else a late answer of a window that is over
            self._window = _narrowed(self._window, told)


def _is_later(told: Window, known: Window, sent_at: float) -> bool:
    """Whether an answer speaks of a new window: it ends later than the known one can, or more is left than was."""
    return told.earliest_end > known.latest_end or (told.lowest > known.lowest and sent_at > known.seen_at)


def _narrowed(known: Window, told: Window) -> Window:
    """Both tell of one window: r only falls in it, and its end lies where both say."""
    earliest, latest = max(known.earliest_end, told.earliest_end), min(known.latest_end, told.latest_end)
    if earliest > latest:  # clocks of several servers differ: believe the last
        earliest, latest = told.earliest_end, told.latest_end
    if told.lowest < known.lowest:
        return Window(told.lowest, told.seen_at, earliest, latest)
    return replace(known, earliest_end=earliest, latest_end=latest)
