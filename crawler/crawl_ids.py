"""Crawl ids and the clock of the crawler."""

import secrets
from datetime import UTC, datetime

from hublake.rules.listings.snapshot_crawls import CLOCK_TOLERANCE


def utc_now() -> datetime:
    """Return the current time with its zone, as every `_at` column stores it."""
    return datetime.now(UTC)


def is_in_future(moment: datetime | None) -> bool:
    """Whether a crawl that started then was made under a clock that was ahead."""
    return moment is not None and moment > utc_now() + CLOCK_TOLERANCE


def new_crawl_id(started_at: datetime) -> str:
    """Return an id that sorts by start time; the random suffix distinguishes two crawls that start in the same second."""
    return f"{started_at:%Y%m%dT%H%M%SZ}-{secrets.token_hex(3)}"


def crawl_start(crawl_id: str) -> datetime | None:
    """Return the start time in a crawl id; None if the id contains none.

    >>> crawl_start("20260821T010203Z-a1b2c3")
    datetime.datetime(2026, 8, 21, 1, 2, 3, tzinfo=datetime.timezone.utc)
    """
    try:
        return datetime.strptime(crawl_id.partition("-")[0], "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC)
    except ValueError:
        return None
