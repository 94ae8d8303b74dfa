"""What a hub was asked, for tests and for the one who runs it."""

from collections import Counter, deque
from dataclasses import dataclass
from threading import Lock

from hublake.sample_hub.quota import Bucket

_KEPT = 100_000  # requests; the counts go on without bound


@dataclass(frozen=True, slots=True)
class Seen:
    """One request and the status it got."""

    bucket: Bucket
    method: str
    path: str  # with the query
    status: int


class RequestsSeen:
    """Counts of all requests, and the last of them in full, in the order of their answers."""

    def __init__(self) -> None:
        self._counts: Counter[tuple[Bucket, int]] = Counter()
        self._last: deque[Seen] = deque(maxlen=_KEPT)
        self._lock = Lock()

    def note(self, bucket: Bucket, method: str, path: str, status: int) -> None:
        with self._lock:
            self._counts[bucket, status] += 1
            self._last.append(Seen(bucket, method, path, status))

    def count(self, bucket: Bucket | None = None, status: int | None = None) -> int:
        """Requests of a bucket and status; None stands for all. `count(status=429)` were refused by quota or fault."""
        with self._lock:
            return sum(n for (b, s), n in self._counts.items() if bucket in (None, b) and status in (None, s))

    def last(self) -> list[Seen]:
        """The last requests, oldest first."""
        with self._lock:
            return list(self._last)

    def forget(self) -> None:
        """Begin anew, as between two crawls of one test."""
        with self._lock:
            self._counts.clear()
            self._last.clear()
