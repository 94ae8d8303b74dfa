"""Which cards are to be fetched."""

from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest

from hublake.crawler.cards.frontier import card_frontier
from hublake.crawler.cards.response import CardTarget
from hublake.crawler.cards.stored import StoredCards
from hublake.crawler.listings.stored import finished_listing, newest_hub_id, newest_listing
from hublake.crawler.shards import Shard
from hublake.lake.delta.tables import append
from hublake.lake.errors import MissingTable
from hublake.lake.schema.bronze import CRAWL_RUNS, LISTINGS
from hublake.lake.settings import Settings

AT = datetime(2026, 8, 21, tzinfo=UTC)
SHA = "c0ffee0"
WITH_CARD = f'{{"sha": "{SHA}", "siblings": [{{"rfilename": "README.md"}}]}}'


@pytest.fixture
def config(tmp_path: Path) -> Settings:
    return Settings(warehouse=str(tmp_path))


def put_run(
    config: Settings, crawl_id: str, outcome: str, day: int, items: int = 2, spider: str = "models", kind: str | None = None
) -> None:
    moment = datetime(2026, 8, day, tzinfo=UTC)
    run: dict[str, Any] = {"crawl_id": crawl_id, "snapshot_date": moment.date(), "spider": spider, "outcome": outcome, "items": items}
    append(config.location, CRAWL_RUNS, [run | {"kind": kind} | {"shard": "0/1", "started_at": moment, "finished_at": moment}], {})


def put_listed(config: Settings, crawl_id: str, day: int, *bodies: str) -> None:
    shared = {"crawl_id": crawl_id, "snapshot_date": date(2026, 8, day), "repo_type": "model", "page": 0, "fetched_at": AT}
    rows = [{**shared, "position": n, "hub_id": str(n), "repo_id": f"a/{n}", "body": body} for n, body in enumerate(bodies)]
    append(config.location, LISTINGS, rows, {})


ALL = Shard(0, 1)


def test_the_newest_finished_listing_is_taken(config: Settings) -> None:
    put_listed(config, "any", 1, WITH_CARD)
    put_run(config, "old", "finished", 1)
    put_run(config, "newest-whole", "finished", 2)
    put_run(config, "limited", "limited", 3)
    put_run(config, "cards-run", "finished", 4, spider="cards")
    put_run(config, "empty", "finished", 5, items=0)
    found = newest_listing(config, "model")
    assert (found.full.crawl_id, found.full.snapshot_date, found.full.is_finished) == ("newest-whole", date(2026, 8, 2), True)
    assert found.changes == ()


def test_without_a_finished_one_the_newest_is_taken(config: Settings) -> None:
    put_listed(config, "any", 1, WITH_CARD)
    put_run(config, "limited", "limited", 1)
    put_run(config, "interrupted", "interrupted", 2)
    assert newest_listing(config, "model").newest.crawl_id == "interrupted"


def test_a_listing_that_was_killed_before_its_record_is_taken_too(config: Settings) -> None:
    put_listed(config, "20260801T000000Z-a", 1, WITH_CARD)
    put_listed(config, "20260802T000000Z-a", 2, WITH_CARD, "{}")
    found = newest_listing(config, "model").full
    assert (found.crawl_id, found.items, found.is_finished) == ("20260802T000000Z-a", 2, False)


def test_without_a_listing_the_way_to_one_is_said(config: Settings) -> None:
    with pytest.raises(MissingTable, match="hublake crawl models"):
        newest_listing(config, "model")


def test_changes_count_that_came_after_the_whole_listing(config: Settings) -> None:
    put_listed(config, "any", 1, WITH_CARD)
    for crawl_id, outcome, day, kind in (
        ("before", "finished", 1, "changed"),
        ("whole", "finished", 2, "whole"),
        ("later", "finished", 3, "changed"),
        ("cut", "interrupted", 4, "changed"),
    ):
        put_run(config, crawl_id, outcome, day, kind=kind)
    assert [crawl.crawl_id for crawl in newest_listing(config, "model").crawls] == ["cut", "later", "whole"]
    assert [crawl.crawl_id for crawl in finished_listing(config, "model").crawls] == ["later", "whole"]


def test_changes_are_looked_for_since_a_finished_listing_only(config: Settings) -> None:
    put_listed(config, "any", 1, WITH_CARD)
    put_run(config, "limited", "limited", 1)
    with pytest.raises(MissingTable, match="no finished listing to compare with"):
        finished_listing(config, "model")


def test_the_newest_id_is_the_largest_that_is_one(config: Settings) -> None:
    shared = {"crawl_id": "c", "snapshot_date": date(2026, 8, 1), "repo_type": "model", "page": 0, "fetched_at": AT, "body": "{}"}
    ids = [f"{7:024x}", f"{9:024x}", "zz", None, f"{8:024x}"]
    append(config.location, LISTINGS, [{**shared, "position": n, "hub_id": hub_id, "repo_id": "a/b"} for n, hub_id in enumerate(ids)], {})
    assert newest_hub_id(config, newest_listing(config, "model"), "model") == f"{9:024x}"


def test_only_promised_cards_of_that_listing(config: Settings) -> None:
    put_listed(config, "other", 1, WITH_CARD)
    put_listed(config, "this", 1, WITH_CARD, "{}", WITH_CARD, WITH_CARD)
    put_run(config, "this", "finished", 1, items=4)
    found = list(card_frontier(config, newest_listing(config, "model"), "model", ALL, StoredCards()))
    assert found == [(4, [(n, CardTarget(str(n), f"a/{n}", SHA)) for n in (0, 2, 3)])]


def test_a_repository_that_changed_is_asked_for_at_its_new_commit_alone(config: Settings) -> None:
    newer = WITH_CARD.replace(SHA, "beef123")
    put_listed(config, "whole", 1, WITH_CARD, WITH_CARD)
    put_listed(config, "changed", 2, newer)
    put_run(config, "whole", "finished", 1)
    put_run(config, "changed", "finished", 2, items=1, kind="changed")
    found = [
        target for _, batch in card_frontier(config, newest_listing(config, "model"), "model", ALL, StoredCards()) for _, target in batch
    ]
    assert found == [CardTarget("0", "a/0", "beef123"), CardTarget("1", "a/1", SHA)]


def test_shards_split_the_frontier_without_gap_or_overlap(config: Settings) -> None:
    put_listed(config, "this", 1, *[WITH_CARD] * 40)
    put_run(config, "this", "finished", 1, items=40)
    listing = newest_listing(config, "model")
    parts = [list(card_frontier(config, listing, "model", Shard(i, 3), StoredCards())) for i in range(3)]
    asked = [[target.hub_id for _, batch in part for _, target in batch] for part in parts]
    assert sorted(hub_id for part in asked for hub_id in part) == sorted(str(n) for n in range(40))
    assert sum(part[-1][0] for part in parts) == 40
    assert all(5 < len(part) < 25 for part in asked)
