"""The log of requests that a hub received, for tests and for the summary that `hublake hub` prints."""

from collections import Counter, deque
from dataclasses import dataclass
from threading import Lock

from hublake.sample_hub.server.quota import Bucket

_KEPT = 100_000  # requests; the counts are unbounded


@dataclass(frozen=True, slots=True)
class LoggedRequest:
    """One request and the status of its response."""

    bucket: Bucket
    method: str
    path: str  # with the query
    status: int


class RequestLog:
    """Counts of all requests, and the latest requests in the order of their responses."""

    def __init__(self) -> None:
        self._counts: Counter[tuple[Bucket, int]] = Counter()
        self._latest: deque[LoggedRequest] = deque(maxlen=_KEPT)
        self._lock = Lock()

    def add(self, bucket: Bucket, method: str, path: str, status: int) -> None:
        with self._lock:
            self._counts[bucket, status] += 1
            self._latest.append(LoggedRequest(bucket, method, path, status))

    def count(self, bucket: Bucket | None = None, status: int | None = None) -> int:
        """Requests of a bucket and status; None means any. `count(status=429)` were refused by the quota or by a fault."""
        with self._lock:
            return sum(n for (b, s), n in self._counts.items() if bucket in (None, b) and status in (None, s))

    def last(self) -> list[LoggedRequest]:
        """The latest requests, oldest first."""
        with self._lock:
            return list(self._latest)

    def clear(self) -> None:
        """Forget all requests, for instance between two crawls of one test."""
        with self._lock:
            self._counts.clear()
            self._latest.clear()
