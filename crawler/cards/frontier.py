"""The frontier of a card crawl: the cards that the newest listing contains and bronze does not store yet."""

from collections.abc import Iterator

from hublake.crawler.cards.response import CardTarget, card_target
from hublake.crawler.cards.stored import StoredCards
from hublake.crawler.listings.stored import StoredListing, stored_items
from hublake.crawler.shards import Shard
from hublake.lake.opt_out import load_opt_out
from hublake.lake.settings import Settings


def card_frontier(
    config: Settings, listing: StoredListing, repo_type: str, shard: Shard, stored: StoredCards
) -> Iterator[list[CardTarget]]:
    """Stream the cards to fetch, in batches of those among a few hundred listed items; a batch may be empty.

    Memory holds no more than a batch: what grows with the Hub is in `stored`.
    """
    opt_out = load_opt_out()
    for items in stored_items(config, listing, repo_type, ("hub_id", "repo_id", "body")):
        targets = (card_target(*item) for item in items if (item[0] or "") in shard)
        yield [target for target in targets if target is not None and target not in stored and target.repo_id not in opt_out]
