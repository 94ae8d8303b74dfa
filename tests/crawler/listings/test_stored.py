"""Which stored listing counts."""

from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from hublake.crawler.listings.stored import finished_listing, newest_hub_id, newest_listing
from hublake.lake.delta.tables import append
from hublake.lake.errors import MissingTable
from hublake.lake.schema.bronze import CRAWL_RUNS, LISTINGS
from hublake.lake.settings import Settings
from tests.crawler.stored_listings import AT, WITH_CARD, add_listing, add_run


@pytest.fixture
def config(tmp_path: Path) -> Settings:
    return Settings(warehouse=str(tmp_path))


def test_the_newest_finished_listing_is_taken(config: Settings) -> None:
    add_listing(config, "any", 1, WITH_CARD)
    add_run(config, "old", "finished", 1)
    add_run(config, "newest-whole", "finished", 2)
    add_run(config, "limited", "limited", 3)
    add_run(config, "cards-run", "finished", 4, spider="cards")
    add_run(config, "empty", "finished", 5, items=0)
    found = newest_listing(config, "model")
    assert (found.full.crawl_id, found.full.snapshot_date, found.full.is_finished) == ("newest-whole", date(2026, 8, 2), True)
    assert found.changes == ()


def test_without_a_finished_listing_the_newest_is_taken(config: Settings) -> None:
    add_listing(config, "any", 1, WITH_CARD)
    add_run(config, "limited", "limited", 1)
    add_run(config, "interrupted", "interrupted", 2)
    assert newest_listing(config, "model").newest.crawl_id == "interrupted"


def test_a_listing_whose_run_was_killed_before_its_record_is_taken_too(config: Settings) -> None:
    add_listing(config, "20260801T000000Z-a", 1, WITH_CARD)
    add_listing(config, "20260802T000000Z-a", 2, WITH_CARD, "{}")
    found = newest_listing(config, "model").full
    assert (found.crawl_id, found.items, found.is_finished) == ("20260802T000000Z-a", 2, False)


def test_a_listing_from_the_future_does_not_count(config: Settings) -> None:
    add_listing(config, "29990101T000000Z-a", 3, WITH_CARD)
    add_run(config, "present", "finished", 1)
    ahead = datetime(2999, 1, 1, tzinfo=UTC)
    run = {"crawl_id": "29990101T000000Z-a", "snapshot_date": ahead.date(), "spider": "models", "outcome": "finished", "items": 2}
    append(config.location, CRAWL_RUNS, [run | {"shard": "0/1", "started_at": ahead, "finished_at": ahead}], {})
    assert newest_listing(config, "model").newest.crawl_id == "present"


def test_a_listing_from_the_future_without_a_record_does_not_count_either(config: Settings) -> None:
    add_listing(config, "29990101T000000Z-a", 3, WITH_CARD)
    with pytest.raises(MissingTable, match="hublake crawl models"):
        newest_listing(config, "model")


def test_an_id_from_the_future_is_not_the_newest(config: Settings) -> None:
    shared = {"crawl_id": "c", "snapshot_date": date(2026, 8, 1), "repo_type": "model", "page": 0, "fetched_at": AT, "body": "{}"}
    ids = [f"{7:024x}", "f" * 24]
    append(config.location, LISTINGS, [{**shared, "position": n, "hub_id": hub_id, "repo_id": "a/b"} for n, hub_id in enumerate(ids)], {})
    assert newest_hub_id(config, newest_listing(config, "model"), "model") == f"{7:024x}"


def test_without_a_listing_the_error_names_the_command_that_creates_one(config: Settings) -> None:
    with pytest.raises(MissingTable, match="hublake crawl models"):
        newest_listing(config, "model")


def test_changes_after_the_full_listing_count(config: Settings) -> None:
    add_listing(config, "any", 1, WITH_CARD)
    for crawl_id, outcome, day, kind in (
        ("before", "finished", 1, "changed"),
        ("whole", "finished", 2, "whole"),
        ("later", "finished", 3, "changed"),
        ("cut", "interrupted", 4, "changed"),
    ):
        add_run(config, crawl_id, outcome, day, kind=kind)
    assert [crawl.crawl_id for crawl in newest_listing(config, "model").crawls] == ["cut", "later", "whole"]
    assert [crawl.crawl_id for crawl in finished_listing(config, "model").crawls] == ["later", "whole"]


def test_finding_changes_requires_a_finished_listing(config: Settings) -> None:
    add_listing(config, "any", 1, WITH_CARD)
    add_run(config, "limited", "limited", 1)
    with pytest.raises(MissingTable, match="no finished listing to compare with"):
        finished_listing(config, "model")


def test_the_newest_id_is_the_largest_valid_one(config: Settings) -> None:
    shared = {"crawl_id": "c", "snapshot_date": date(2026, 8, 1), "repo_type": "model", "page": 0, "fetched_at": AT, "body": "{}"}
    ids = [f"{7:024x}", f"{9:024x}", "zz", None, f"{8:024x}"]
    append(config.location, LISTINGS, [{**shared, "position": n, "hub_id": hub_id, "repo_id": "a/b"} for n, hub_id in enumerate(ids)], {})
    assert newest_hub_id(config, newest_listing(config, "model"), "model") == f"{9:024x}"
