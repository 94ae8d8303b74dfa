"""Which cards are to be fetched."""

import asyncio
from pathlib import Path

import pytest

from hublake.crawler.cards.frontier import card_frontier
from hublake.crawler.cards.response import CardTarget
from hublake.crawler.cards.stored import StoredCards
from hublake.crawler.listings.stored import newest_listing
from hublake.crawler.shards import Shard
from hublake.crawler.spiders.cards import CardsSpider
from hublake.lake.settings import Settings
from tests.crawler.stored_listings import SHA, WITH_CARD, add_listing, add_run

ALL = Shard(0, 1)


@pytest.fixture
def config(tmp_path: Path) -> Settings:
    return Settings(warehouse=str(tmp_path))


def test_only_items_of_the_listing_that_have_a_card_are_fetched(config: Settings) -> None:
    add_listing(config, "other", 1, WITH_CARD)
    add_listing(config, "this", 1, WITH_CARD, "{}", WITH_CARD, WITH_CARD)
    add_run(config, "this", "finished", 1, items=4)
    found = list(card_frontier(config, newest_listing(config, "model"), "model", ALL, StoredCards()))
    assert found == [[CardTarget(str(n), f"a/{n}", SHA) for n in (0, 2, 3)]]


def test_a_changed_repository_is_fetched_at_its_new_commit_only(config: Settings) -> None:
    newer = WITH_CARD.replace(SHA, "beef123")
    add_listing(config, "whole", 1, WITH_CARD, WITH_CARD)
    add_listing(config, "changed", 2, newer)
    add_run(config, "whole", "finished", 1)
    add_run(config, "changed", "finished", 2, items=1, kind="changed")
    batches = card_frontier(config, newest_listing(config, "model"), "model", ALL, StoredCards())
    found = [target for batch in batches for target in batch]
    assert found == [CardTarget("0", "a/0", "beef123"), CardTarget("1", "a/1", SHA)]


def test_shards_split_the_frontier_without_gap_or_overlap(config: Settings) -> None:
    add_listing(config, "this", 1, *[WITH_CARD] * 40)
    add_run(config, "this", "finished", 1, items=40)
    listing = newest_listing(config, "model")
    parts = [list(card_frontier(config, listing, "model", Shard(i, 3), StoredCards())) for i in range(3)]
    fetched = [[target.hub_id for batch in part for target in batch] for part in parts]
    assert sorted(hub_id for part in fetched for hub_id in part) == sorted(str(n) for n in range(40))
    assert all(5 < len(part) < 25 for part in fetched)


@pytest.mark.parametrize(("limit", "total"), [(None, 3), (2, 2), (9, 3)])
def test_progress_counts_the_cards_to_fetch_not_the_listed_models(config: Settings, limit: int | None, total: int) -> None:
    add_listing(config, "this", 1, WITH_CARD, "{}", WITH_CARD, WITH_CARD)
    add_run(config, "this", "finished", 1, items=4)
    spider = CardsSpider(limit=limit)
    spider.config, spider.listing = config, newest_listing(config, "model")
    asyncio.run(spider._count_frontier())
    assert spider.total == total
