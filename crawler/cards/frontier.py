"""The frontier of a card crawl: the cards that the newest listing contains and bronze does not store yet."""

from collections.abc import Iterator

from hublake.crawler.cards.response import CardTarget, card_target
from hublake.crawler.cards.stored import StoredCards
from hublake.crawler.listings.stored import StoredListing, stored_items
from hublake.crawler.shards import Shard
from hublake.lake.opt_out import load_opt_out
from hublake.lake.settings import Settings

Step = tuple[int, list[tuple[int, CardTarget]]]


def card_frontier(config: Settings, listing: StoredListing, repo_type: str, shard: Shard, stored: StoredCards) -> Iterator[Step]:
    """Stream the cards to fetch, in batches of a few hundred listed items.

    Each step is (number of the shard's listed items passed so far, cards to fetch in this batch), and each card comes with the number
    of listed items before it. Memory holds no more than a batch: what grows with the Hub is in `stored`.
    """
    passed, opt_out = 0, load_opt_out()
    for items in stored_items(config, listing, repo_type, ("hub_id", "repo_id", "body")):
        own = [item for item in items if (item[0] or "") in shard]
        targets = ((position, target) for position, item in enumerate(own, passed) if (target := card_target(*item)) is not None)
        missing = [(position, target) for position, target in targets if target not in stored and target.repo_id not in opt_out]
        passed += len(own)
        yield passed, missing
