"""Which cards are requested from the resolve cache, and when it is disabled."""

import hashlib

import pytest

from hublake.crawler.cards.resolve_cache import MISSES_AT_FIRST, MISSES_LATER, ResolveCache
from hublake.crawler.cards.response import CardTarget
from hublake.crawler.hub_api import cached_card_url
from hublake.lake.errors import WrongUse

SHA = "a" * 40
BLOB = hashlib.sha1(b"blob 4\0card").hexdigest()


@pytest.mark.parametrize(
    ("target", "accepts"),
    [
        (CardTarget("1", "a/b", SHA), True),
        (CardTarget("1", "gpt2", SHA), False),  # /resolve/ serves a canonical name without a redirect
        (CardTarget("1", "a/b", None), False),
        (CardTarget("1", "a/b", "abcdef0"), False),
        (CardTarget("1", "a/b", SHA, is_gated=True), False),  # only /resolve/ grants access
    ],
)
def test_a_card_is_requested_from_the_cache_if_the_cache_can_have_it(target: CardTarget, accepts: bool) -> None:
    assert ResolveCache("auto").accepts(target) is accepts
    assert not ResolveCache("never").accepts(target)


@pytest.mark.parametrize(
    ("status", "body", "etag", "is_complete", "is_hit"),
    [
        (200, b"card", BLOB, True, True),
        (200, b"car", BLOB, True, False),
        (200, b"car", BLOB, False, True),  # truncated by us
        (200, b"card", '"f-1"', True, False),  # identifies no bytes
        (200, b"card", None, True, False),
        (304, b"", BLOB, True, True),
        (404, b"", None, True, False),
        (400, b"", None, True, False),
        (401, b"", None, True, False),
    ],
)
def test_a_response_is_trusted_if_its_etag_matches_its_bytes(
    status: int, body: bytes, etag: str | None, is_complete: bool, is_hit: bool
) -> None:
    assert ResolveCache("auto").is_hit(status, body, etag, is_complete=is_complete) is is_hit


@pytest.mark.parametrize(("is_proven", "allowed"), [(False, MISSES_AT_FIRST), (True, MISSES_LATER)])
def test_consecutive_misses_disable_the_cache(is_proven: bool, allowed: int) -> None:
    cache = ResolveCache("auto")
    if is_proven:
        cache.is_hit(200, b"card", BLOB, is_complete=True)
    for _ in range(allowed - 1):
        cache.record_miss()
    assert cache.is_enabled
    cache.record_miss()
    assert not cache.is_enabled


def test_an_unknown_choice_is_wrong_use() -> None:
    with pytest.raises(WrongUse, match=r"crawl\.direct_cards"):
        ResolveCache("sometimes")


def test_the_url_of_a_cached_card() -> None:
    assert (
        cached_card_url("https://hub.example", "model", "a/b c", SHA)
        == f"https://hub.example/api/resolve-cache/models/a/b%20c/{SHA}/README.md"
    )
