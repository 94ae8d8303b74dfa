"""Estimates what other clients spend of a shared quota, from how much faster r falls than our own requests explain.

The clients do not communicate and nobody counts them: the estimate covers only the pace of all others together, and our share of the total.
"""

import math
from dataclasses import dataclass

# Weight of the past, as a part of a window: long enough to be stable, short enough to follow clients that come and go.
MEMORY = 0.1
# Each client claims slightly more than its share of what is left, and the more so the smaller its share is. Shares therefore converge:
# a worker with half the share of another one claims 0.6 of what that one claims. Four equal workers claim 1.4 together, so they spend a
# little faster at the beginning of a window, and more slowly at its end, where their knowledge of r must be freshest.
EVENING = 0.75
LEAST_SHARE = 1 / 16  # the initial share of a client that joins late or returns
ALONE = 0.02  # a smaller share of others is our own traffic, misread because responses overtake each other


@dataclass
class CompetingTraffic:
    """The request rates of one bucket per second, ours and all others', and the counts of the current window that they come from."""

    window_seconds: float = 0.0
    _own_pace: float = 0.0  # before this window
    _others_pace: float = 0.0
    _started_at: float = 0.0
    _first: int = 0  # the number of our first request in this window
    _full: int = 0  # r at its start
    _own: int = 0
    _others: int = 0
    _elapsed: float = 0.0
    _is_known: bool = False

    def begin_window(self, number: int, left: int, quota: int, started_at: float, window_seconds: float) -> None:
        """Start a new window, which the response to our request `number` revealed."""
        self._own_pace, self._others_pace = self._paces()
        self._started_at, self.window_seconds = started_at, window_seconds
        self._first, self._full = number, max(quota, left + 1)
        self._own = self._others = 0
        self._elapsed = 0.0

    def observe(self, number: int, left: int, now: float) -> None:
        """Record a response in this window: r after our request `number`, and all of our earlier ones, were counted."""
        own = number - self._first + 1
        self._own = max(self._own, own)
        self._others = max(self._others, self._full - left - own)
        self._elapsed = max(self._elapsed, now - self._started_at)
        if not self._is_known:  # assume that earlier clients continue, and leave us half until we know better
            self._is_known = True
            self._own_pace = self._others_pace = self._others / max(self._elapsed, MEMORY * self.window_seconds)

    @property
    def is_alone(self) -> bool:
        """Whether no other client spends this quota, as far as r shows."""
        own, others = self._paces()
        return others <= ALONE * (own + others)

    def claim(self) -> float:
        """Return the part of what is left that we take for ourselves, from 0 to 1."""
        own, others = self._paces()
        share = own / (own + others) if own + others else 1.0
        return math.pow(max(share, LEAST_SHARE), EVENING)

    def unseen(self, left: float, seconds: float) -> float:
        """Return the most that others may have spent of `left` in the seconds since it was counted.

        Others spend less as less is left, so the expected value tends to `left` and never exceeds it. Twice its square root is added as a
        margin, as for independent arrivals; an even pace needs less.
        """
        others = self._paces()[1]
        if self.is_alone or left <= 0:
            return 0.0
        expected = left * (1 - math.exp(-others * seconds / left))
        return expected + 2 * math.sqrt(expected)

    def _paces(self) -> tuple[float, float]:
        memory = MEMORY * self.window_seconds
        seconds = self._elapsed + memory
        if not seconds:
            return 0.0, 0.0
        return (self._own + self._own_pace * memory) / seconds, (self._others + self._others_pace * memory) / seconds
