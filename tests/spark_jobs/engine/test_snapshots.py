"""Which snapshot a build takes, by the crawl runs of a warehouse."""

from datetime import UTC, date, datetime
from types import SimpleNamespace
from typing import Any

import pytest

from hublake.lake.errors import HublakeError
from hublake.spark_jobs.engine.results import Notice
from hublake.spark_jobs.engine.snapshots import select_snapshot

NOW = datetime(2026, 1, 10, tzinfo=UTC)


def warehouse(*runs: tuple[str, datetime]) -> Any:
    """A warehouse with finished listings: crawl_id, start."""
    common = {"spider": "models", "outcome": "finished", "kind": "whole"}
    rows = [{"crawl_id": crawl_id, "snapshot_date": start.date(), "started_at": start, **common} for crawl_id, start in runs]
    return SimpleNamespace(address="w", read_small_table=lambda *_: rows)


PRESENT, AHEAD = ("present", datetime(2026, 1, 9, tzinfo=UTC)), ("ahead", datetime(2027, 1, 9, tzinfo=UTC))


def test_a_listing_from_the_future_is_ignored_with_a_warning() -> None:
    reported: list[str] = []
    assert select_snapshot(warehouse(PRESENT, AHEAD), None, reported.append, NOW) == date(2026, 1, 9)
    assert reported == ["warning: ignored a listing from the future: crawl ahead started at 2027-01-09 00:00 UTC"]
    assert isinstance(reported[0], Notice), "a plain text is shown only until the next step begins"


def test_a_listing_from_the_future_counts_if_it_is_named() -> None:
    reported: list[str] = []
    assert select_snapshot(warehouse(PRESENT, AHEAD), "ahead", reported.append, NOW) == date(2027, 1, 9)
    assert reported == []


def test_without_another_listing_there_is_no_snapshot() -> None:
    with pytest.raises(HublakeError, match="no crawl of the listing was completed"):
        select_snapshot(warehouse(AHEAD), None, now=NOW)
