"""Which crawls of a listing count."""

from datetime import UTC, date, datetime

import pytest

from hublake.rules.listings.crawls import Run, newest_crawls, snapshots, whole_listings


def run(crawl_id: str, day: int, outcome: str = "finished", kind: str | None = "whole", spider: str = "models", hour: int = 0) -> Run:
    return Run(crawl_id, spider, outcome, kind, date(2026, 1, day), datetime(2026, 1, day, hour, tzinfo=UTC))


RUNS = [
    run("later", 3, kind="changed"),
    run("early", 1, kind="changed"),
    run("whole", 2),
    run("cut", 4, outcome="interrupted", kind="changed"),
    run("lost pages", 4, outcome="incomplete"),
    run("of cards", 5, spider="cards"),
]


def test_changes_count_behind_a_whole_listing_alone() -> None:
    assert [found.crawl_id for found in snapshots(RUNS, "models")] == ["whole", "later"]
    assert newest_crawls(RUNS, "models") == ["whole", "later"]


def test_changes_before_the_newest_whole_listing_are_in_it() -> None:
    assert newest_crawls([*RUNS, run("newest", 6)], "models") == ["newest"]


@pytest.mark.parametrize("runs", [[], [run("early", 1, kind="changed")], [run("lost pages", 1, outcome="incomplete")]])
def test_without_a_whole_listing_there_is_no_snapshot(runs: list[Run]) -> None:
    assert (snapshots(runs, "models"), newest_crawls(runs, "models")) == ([], [])


def test_of_two_whole_listings_of_a_day_the_later_counts() -> None:
    assert newest_crawls([run("evening", 1, hour=20), run("morning", 1, hour=8)], "models") == ["evening"]


def test_a_listing_that_its_operator_limited_is_whole_and_so_is_one_from_before_kinds_were_told() -> None:
    runs = [run("limited", 2, outcome="limited"), run("old", 1, kind=None), run("changes", 3, kind="changed")]
    assert [found.crawl_id for found in whole_listings(runs, "models")] == ["old", "limited"]
