"""Which items a traversal of a listing has met: shows a walk that does not get anywhere. Memory: eight bytes per item."""

from collections.abc import Sequence
from hashlib import blake2b

import pyarrow as pa
import pyarrow.compute as pc

from hublake.crawler.listings.page import ListedItem

DIGEST_BYTES = 8


class SeenItems:
    """The items of one traversal. Pages that are sorted by `_id` are compared with earlier ones only if an item has no `_id`."""

    def __init__(self) -> None:
        self._digests: list[pa.UInt64Array] = []
        self._highest = ""  # `_id`

    def count_new(self, items: Sequence[ListedItem]) -> int:
        """Return how many of a page's items no earlier page had, and remember them."""
        keys = {item.hub_id or item.repo_id or item.text for item in items}
        if not keys:
            return 0
        page = pa.array([_digest(key) for key in keys], pa.uint64())
        ids = [item.hub_id or "" for item in items]
        if min(ids) <= self._highest and self._digests:
            known = pa.chunked_array(self._digests)
            known = known.filter(pc.is_in(known, page))  # the page is the short side: a table of it is built, not of all that is known
            page = page.filter(pc.invert(pc.is_in(page, known)))
        self._highest = max(self._highest, *ids)
        self._digests.append(page)
        return len(page)


def _digest(key: str) -> int:
    return int.from_bytes(blake2b(key.encode("utf-8", "surrogatepass"), digest_size=DIGEST_BYTES).digest(), "big")
