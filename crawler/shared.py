"""What others spend of a quota that we share with them, seen in how r falls faster than by our own requests.

Nobody is asked and nobody is counted: there is only the others' pace, all together, and our share of the whole.
"""

import math
from dataclasses import dataclass

# The past weighs as much as this part of a window does: long enough to be calm, short enough to follow who comes and goes.
MEMORY = 0.1
# Each claims a little more than its share of what is left, the more the smaller the share is, so that shares become even: a
# worker with half of another's share claims 0.6 of what that one claims. Four even ones claim 1.4 together, so they spend
# a bit faster at a window's beginning and more slowly at its end, where their knowledge of r must be freshest.
EVENING = 0.75
LEAST_SHARE = 1 / 16  # what one that comes late, or comes back, starts with
ALONE = 0.02  # others that take less than this are ourselves, misread: answers overtake each other


@dataclass
class Shared:
    """The paces of one bucket in requests a second, and the counts of the present window that they come from."""

    window_seconds: float = 0.0
    _own_pace: float = 0.0  # before this window
    _others_pace: float = 0.0
    _began_at: float = 0.0
    _first: int = 0  # number of our first request in this window
    _full: int = 0  # r at its beginning
    _own: int = 0
    _others: int = 0
    _elapsed: float = 0.0
    _is_known: bool = False

    def begin(self, number: int, left: int, quota: int, began_at: float, window_seconds: float) -> None:
        """A new window, of which our request `number` brought the first news."""
        self._own_pace, self._others_pace = self._paces()
        self._began_at, self.window_seconds = began_at, window_seconds
        self._first, self._full = number, max(quota, left + 1)
        self._own = self._others = 0
        self._elapsed = 0.0

    def saw(self, number: int, left: int, now: float) -> None:
        """An answer in this window: r after our request `number` was counted, and all of ours before it."""
        own = number - self._first + 1
        self._own = max(self._own, own)
        self._others = max(self._others, self._full - left - own)
        self._elapsed = max(self._elapsed, now - self._began_at)
        if not self._is_known:  # whoever was here before us goes on, and leaves us half until we know better
            self._is_known = True
            self._own_pace = self._others_pace = self._others / max(self._elapsed, MEMORY * self.window_seconds)

    @property
    def is_alone(self) -> bool:
        """Whether nobody else spends of this quota, as far as r shows."""
        own, others = self._paces()
        return others <= ALONE * (own + others)

    def claim(self) -> float:
        """The part of what is left that we take for ours, from 0 to 1."""
        own, others = self._paces()
        share = own / (own + others) if own + others else 1.0
        return math.pow(max(share, LEAST_SHARE), EVENING)

    def unseen(self, left: float, seconds: float) -> float:
        """How much of `left` others have spent at most, in so many seconds since it was counted.

        They spend less as less is left, so the expectation tends to `left` and not beyond; twice the root of it is added
        for luck, as for independent arrivals, which an even pace does not even need.
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
