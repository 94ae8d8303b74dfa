"""Which crawls of a listing make up a snapshot."""

from datetime import UTC, date, datetime

import pytest

from hublake.rules.listings.snapshot_crawls import CrawlRun, full_listings, future_runs, latest_crawl_ids, snapshot_runs


def run(crawl_id: str, day: int, outcome: str = "finished", kind: str | None = "whole", spider: str = "models", hour: int = 0) -> CrawlRun:
    return CrawlRun(crawl_id, spider, outcome, kind, date(2026, 1, day), datetime(2026, 1, day, hour, tzinfo=UTC))


RUNS = [
    run("later", 3, kind="changed"),
    run("early", 1, kind="changed"),
    run("whole", 2),
    run("cut", 4, outcome="interrupted", kind="changed"),
    run("lost pages", 4, outcome="incomplete"),
    run("of cards", 5, spider="cards"),
]


def test_changes_count_only_after_a_full_listing() -> None:
    assert [found.crawl_id for found in snapshot_runs(RUNS, "models")] == ["whole", "later"]
    assert latest_crawl_ids(RUNS, "models") == ["whole", "later"]


def test_changes_before_the_newest_full_listing_are_part_of_it() -> None:
    assert latest_crawl_ids([*RUNS, run("newest", 6)], "models") == ["newest"]


@pytest.mark.parametrize("runs", [[], [run("early", 1, kind="changed")], [run("lost pages", 1, outcome="incomplete")]])
def test_without_a_full_listing_there_is_no_snapshot(runs: list[CrawlRun]) -> None:
    assert (snapshot_runs(runs, "models"), latest_crawl_ids(runs, "models")) == ([], [])


def test_the_later_of_two_full_listings_on_one_day_counts() -> None:
    assert latest_crawl_ids([run("evening", 1, hour=20), run("morning", 1, hour=8)], "models") == ["evening"]


def test_limited_listings_and_listings_without_a_recorded_kind_count_as_full() -> None:
    runs = [run("limited", 2, outcome="limited"), run("old", 1, kind=None), run("changes", 3, kind="changed")]
    assert [found.crawl_id for found in full_listings(runs, "models")] == ["old", "limited"]


def test_a_run_is_from_the_future_if_it_starts_more_than_a_day_from_now() -> None:
    runs = [run("yesterday", 9), run("ahead of our clock", 10, hour=23), run("a year ahead", 30)]
    assert [found.crawl_id for found in future_runs(runs, datetime(2026, 1, 10, tzinfo=UTC))] == ["a year ahead"]
