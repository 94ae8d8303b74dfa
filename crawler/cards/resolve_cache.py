"""Fetches cards straight from the Hub's resolve cache: one request instead of two, if the hub supports it.

For a plain file, /resolve/ responds with a redirect to that cache, and both requests cost quota. /resolve/ serves everything that the
cache does not (canonical names, LFS files, gated repositories), so a card that the cache refuses is requested from /resolve/.
"""

import logging
import re

from hublake.crawler.cards.response import CardTarget, bare_etag, is_content_digest, matches_etag
from hublake.lake.errors import WrongUse

logger = logging.getLogger(__name__)

CHOICES = ("auto", "never")
# Consecutive cards that /resolve/ served and the cache did not: before the cache has served any card, and after.
MISSES_AT_FIRST, MISSES_LATER = 3, 30


class ResolveCache:
    """Decides whether the cache is used. A hub that does not serve it, or serves bytes that do not match their ETags, disables it."""

    def __init__(self, choice: str) -> None:
        if choice not in CHOICES:
            raise WrongUse(f"crawl.direct_cards = {choice!r} is none of {', '.join(CHOICES)}")
        self.is_enabled = choice == "auto"
        self._is_proven = False
        self._misses = 0

    def accepts(self, target: CardTarget) -> bool:
        """Whether this card is requested from the cache: it has a full commit, and is not one that only /resolve/ can serve."""
        has_commit = target.sha is not None and re.fullmatch("[0-9a-f]{40}", target.sha) is not None
        return self.is_enabled and has_commit and "/" in target.repo_id and not target.is_gated

    def is_hit(self, status: int, body: bytes, etag: str | None, *, is_complete: bool) -> bool:
        """Whether the cache's response can be trusted; if not, the card must be requested from /resolve/."""
        bare = bare_etag(etag)
        is_trusted = status == 304 or (status == 200 and is_content_digest(bare) and (not is_complete or matches_etag(body, bare)))
        if is_trusted:
            self._is_proven, self._misses = True, 0
        return is_trusted

    def record_miss(self) -> None:
        """Record that /resolve/ served a card that the cache did not."""
        self._misses += 1
        if self.is_enabled and self._misses >= (MISSES_LATER if self._is_proven else MISSES_AT_FIRST):
            self.is_enabled = False
            logger.info("the hub's resolve cache does not serve cards; using /resolve/ from now on, with a redirect for each card")
