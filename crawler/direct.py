"""The way to a card that saves a hop: straight to where /resolve/ redirects, for as long as the hub answers there."""

import logging
import re

from crawler.card_answer import CardTarget
from crawler.hub_api import cached_card_url

logger = logging.getLogger(__name__)
FAIR_TRIAL = 8  # answers without a single card by which the direct way is given up: a hub where it works serves most


class DirectWay:
    """Off unless the setting crawl.direct_cards is on. What it does not serve (LFS files, canonical names) goes by /resolve/."""

    def __init__(self, *, is_on: bool) -> None:
        self._is_on = is_on
        self._served = self._missed = 0

    def url_of(self, endpoint: str, repo_type: str, target: CardTarget) -> str | None:
        """The card's address in the cache; None where it has none: the cache wants an owner and a whole commit."""
        has_place = "/" in target.repo_id and re.fullmatch("[0-9a-f]{40}", target.sha or "")
        return cached_card_url(endpoint, repo_type, target.repo_id, str(target.sha)) if self._is_on and has_place else None

    def note(self, *, is_card: bool) -> None:
        """What a direct request brought. Where the first ones bring nothing, this hub does not answer there."""
        self._served += is_card
        self._missed += not is_card
        if self._is_on and not self._served and self._missed >= FAIR_TRIAL:
            self._is_on = False
            logger.info("the hub serves no cards from its cache directly; asking by /resolve/ from now on")
