"""Cards straight from the Hub's cache of files: one request instead of two, where it works.

/resolve/ answers for a plain file with a redirect to that cache, and both cost quota. What the cache does not serve
(canonical names, LFS files, gated repositories), /resolve/ does, so whoever is refused here is asked for there.
"""

import logging
import re

from hublake.crawler.card_answer import CardTarget, bare_etag, is_digest, is_named_by
from hublake.lake.errors import WrongUse

logger = logging.getLogger(__name__)

CHOICES = ("auto", "never")
# Cards that /resolve/ served after the cache had not, in a row: before the cache served any, and after.
MISSES_AT_FIRST, MISSES_LATER = 3, 30


class DirectCards:
    """Whether the cache is asked. A hub that does not serve it, or whose bytes are not those its ETags name, is left alone for good."""

    def __init__(self, choice: str) -> None:
        if choice not in CHOICES:
            raise WrongUse(f"crawl.direct_cards = {choice!r} is none of {', '.join(CHOICES)}")
        self.is_on = choice == "auto"
        self._is_proven = False
        self._misses = 0

    def suits(self, target: CardTarget) -> bool:
        """Whether this card is asked for at the cache: by its whole commit, and not where only /resolve/ opens."""
        has_commit = target.sha is not None and re.fullmatch("[0-9a-f]{40}", target.sha) is not None
        return self.is_on and has_commit and "/" in target.repo_id and not target.is_gated

    def served(self, status: int, body: bytes, etag: str | None, *, is_whole: bool) -> bool:
        """Whether the cache's answer can be believed; if not, /resolve/ is to be asked."""
        bare = bare_etag(etag)
        is_served = status == 304 or (status == 200 and is_digest(bare) and (not is_whole or is_named_by(body, bare)))
        if is_served:
            self._is_proven, self._misses = True, 0
        return is_served

    def missed(self) -> None:
        """Note that /resolve/ served a card that the cache had not."""
        self._misses += 1
        if self.is_on and self._misses >= (MISSES_LATER if self._is_proven else MISSES_AT_FIRST):
            self.is_on = False
            logger.info("the hub does not serve cards directly; asking by /resolve/ from now on, with a redirect each")
