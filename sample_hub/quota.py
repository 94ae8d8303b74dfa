"""Rate limits in fixed windows, one bucket for the API, one for files and one for pages, as the Hub counts them.

Header forms follow draft 9 of the IETF RateLimit fields, as the Hub sends them.
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
    """What one request was told of its bucket."""

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
    """Files are cheap, everything else below /api is dear, and the site's pages are dearest."""
    if "/resolve/" in path or path.startswith("/api/resolve-cache/"):
        return "resolvers"
    return "api" if path.startswith("/api/") else "pages"


@dataclass(frozen=True)
class Quotas:
    """Requests a client may send per window; the defaults are those of an anonymous client of the Hub."""

    window_seconds: float = 300
    api: int = 500
    resolvers: int = 3000
    pages: int = 100


class Windows:
    """Counts requests per client; all windows begin together, so what was counted can be forgotten when they end."""

    def __init__(self, quotas: Quotas, clock: Callable[[], float] = time.monotonic) -> None:
        self._quotas, self._clock = quotas, clock
        self._began = clock()
        self._window = 0
        self._used: Counter[tuple[str, Bucket]] = Counter()
        self._ended: deque[Counter[tuple[str, Bucket]]] = deque(maxlen=_WINDOWS_KEPT)

    def granted(self, bucket: Bucket) -> list[int]:
        """Requests of the busiest client in each window that has ended and in which somebody asked for anything, oldest first."""
        quota: int = getattr(self._quotas, bucket)
        return [min(quota, max((used for (_, of), used in ended.items() if of == bucket), default=0)) for ended in self._ended]

    def take(self, client: str, bucket: Bucket) -> Allowance:
        """Count one request of a client; past the quota it is refused until the window ends."""
        elapsed = self._clock() - self._began
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
