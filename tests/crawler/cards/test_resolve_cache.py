"""Which cards are asked for at the cache of files, and when that is left."""

import hashlib

import pytest

from hublake.crawler.cards.resolve_cache import MISSES_AT_FIRST, MISSES_LATER, ResolveCache
from hublake.crawler.cards.response import CardTarget
from hublake.crawler.hub_api import cached_card_url
from hublake.lake.errors import WrongUse

SHA = "a" * 40
BLOB = hashlib.sha1(b"blob 4\0card").hexdigest()


@pytest.mark.parametrize(
    ("target", "suits"),
    [
        (CardTarget("1", "a/b", SHA), True),
        (CardTarget("1", "gpt2", SHA), False),  # a bare name is answered by /resolve/ at once
        (CardTarget("1", "a/b", None), False),
        (CardTarget("1", "a/b", "abcdef0"), False),
        (CardTarget("1", "a/b", SHA, is_gated=True), False),  # only /resolve/ opens there
    ],
)
def test_a_card_is_asked_for_directly_where_the_cache_can_have_it(target: CardTarget, suits: bool) -> None:
    assert ResolveCache("auto").accepts(target) is suits
    assert not ResolveCache("never").accepts(target)


@pytest.mark.parametrize(
    ("status", "body", "etag", "is_complete", "is_served"),
    [
        (200, b"card", BLOB, True, True),
        (200, b"car", BLOB, True, False),
        (200, b"car", BLOB, False, True),  # cut by us
        (200, b"card", '"f-1"', True, False),  # names no bytes
        (200, b"card", None, True, False),
        (304, b"", BLOB, True, True),
        (404, b"", None, True, False),
        (400, b"", None, True, False),
        (401, b"", None, True, False),
    ],
)
def test_an_answer_is_believed_when_its_etag_names_its_bytes(
    status: int, body: bytes, etag: str | None, is_complete: bool, is_served: bool
) -> None:
    assert ResolveCache("auto").is_hit(status, body, etag, is_complete=is_complete) is is_served


@pytest.mark.parametrize(("is_proven", "allowed"), [(False, MISSES_AT_FIRST), (True, MISSES_LATER)])
def test_a_hub_without_the_cache_is_left_alone_after_some_misses_in_a_row(is_proven: bool, allowed: int) -> None:
    direct = ResolveCache("auto")
    if is_proven:
        direct.is_hit(200, b"card", BLOB, is_complete=True)
    for _ in range(allowed - 1):
        direct.record_miss()
    assert direct.is_enabled
    direct.record_miss()
    assert not direct.is_enabled


def test_a_choice_that_is_none_is_wrong_use() -> None:
    with pytest.raises(WrongUse, match=r"crawl\.direct_cards"):
        ResolveCache("sometimes")


def test_the_address_of_a_cached_card() -> None:
    assert (
        cached_card_url("https://hub.example", "model", "a/b c", SHA)
        == f"https://hub.example/api/resolve-cache/models/a/b%20c/{SHA}/README.md"
    )
