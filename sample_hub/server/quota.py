"""Rate limits in fixed windows. As on the Hub there is one bucket for the API, one for files and one for pages.

Header formats follow draft 9 of the IETF RateLimit fields, as the Hub sends them.
"""

import math
import time
from collections import Counter, deque
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

Bucket = Literal["api", "resolvers", "pages"]

_WINDOWS_KEPT = 1000


@dataclass(frozen=True)
class Allowance:
    """The state of a bucket after one request."""

    bucket: Bucket
    is_granted: bool
    left: int
    reset_seconds: int
    quota: int
    window_seconds: float

    @property
    def headers(self) -> dict[str, str]:
        return {
            "ratelimit": f'"{self.bucket}";r={self.left};t={self.reset_seconds}',
            "ratelimit-policy": f'"fixed window";"{self.bucket}";q={self.quota};w={self.window_seconds:g}',
        }


def bucket_of(path: str) -> Bucket:
    """The bucket that a path is counted in. Files have the largest quota, then the rest of /api, then the pages of the site."""
    if "/resolve/" in path or path.startswith("/api/resolve-cache/"):
        return "resolvers"
    return "api" if path.startswith("/api/") else "pages"


@dataclass(frozen=True)
class Quotas:
    """Requests that a client may send per window. The defaults are those of an anonymous client of the Hub."""

    window_seconds: float = 300
    api: int = 500
    resolvers: int = 3000
    pages: int = 100


class RateLimiter:
    """Counts requests per client. All clients share one window, so its counts are dropped when it ends."""

    def __init__(self, quotas: Quotas, clock: Callable[[], float] = time.monotonic) -> None:
        self._quotas, self._clock = quotas, clock
        self._start = clock()
        self._window = 0
        self._used: Counter[tuple[str, Bucket]] = Counter()
        self._ended: deque[Counter[tuple[str, Bucket]]] = deque(maxlen=_WINDOWS_KEPT)

    def granted(self, bucket: Bucket) -> list[int]:
        """Granted requests of the busiest client per ended window, oldest first; only windows in which a request came."""
        quota: int = getattr(self._quotas, bucket)
        return [min(quota, max((used for (_, of), used in ended.items() if of == bucket), default=0)) for ended in self._ended]

    def take(self, client: str, bucket: Bucket) -> Allowance:
        """Count one request of a client. Beyond the quota it is refused until the window ends."""
        elapsed = self._clock() - self._start
        seconds = self._quotas.window_seconds
        window = int(elapsed // seconds)
        if window != self._window:
            self._window = window
            self._ended.append(self._used)
            self._used = Counter()
        quota: int = getattr(self._quotas, bucket)
        self._used[client, bucket] += 1
        left = quota - self._used[client, bucket]
        reset = math.ceil((window + 1) * seconds - elapsed)
        return Allowance(bucket, left >= 0, max(left, 0), max(reset, 1), quota, seconds)
