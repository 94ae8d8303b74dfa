"""What bronze holds of the cards already."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from hublake.crawler.cards.response import CardTarget
from hublake.crawler.cards.stored import load_stored_cards
from hublake.crawler.packed_records import PackedRecords
from hublake.crawler.shards import Shard
from hublake.lake.delta.tables import append
from hublake.lake.schema.bronze import CARDS, CRAWL_FAILURES
from hublake.lake.settings import Settings

AT = datetime(2026, 8, 21, tzinfo=UTC)
SHA = "c0ffee0"
TARGET = CardTarget("1", "a/b", SHA)
ALL = Shard(0, 1)


@pytest.fixture
def config(tmp_path: Path) -> Settings:
    return Settings(warehouse=str(tmp_path))


def put_card(config: Settings, hub_id: str, sha: str | None, status: int, crawl_id: str = "old", etag: str | None = None) -> None:
    row = {"crawl_id": crawl_id, "snapshot_date": AT.date(), "repo_type": "model", "hub_id": hub_id, "sha": sha, "status": status}
    append(config.location, CARDS, [row | {"repo_id": "a/b", "fetched_at": AT, "is_truncated": False, "etag": etag}], {})


@pytest.mark.parametrize(
    ("hub_id", "sha", "status", "is_held"),
    [
        ("1", SHA, 200, True),
        ("1", SHA, 304, True),
        ("1", SHA, 404, False),  # it may be there now
        ("1", "another", 200, False),
        ("2", SHA, 200, False),
        ("1", None, 200, False),
    ],
)
def test_a_card_is_here_when_this_commit_was_fetched(config: Settings, hub_id: str, sha: str | None, status: int, is_held: bool) -> None:
    put_card(config, hub_id, sha, status)
    put_card(config, "9", "unrelated", 200)
    assert (TARGET in load_stored_cards(config, "model", "new", ALL)) is is_held


def test_a_refused_commit_is_not_asked_for_again_where_refusals_count(config: Settings) -> None:
    put_card(config, "1", SHA, 401)
    assert TARGET not in load_stored_cards(config, "model", "new", ALL)
    assert TARGET in load_stored_cards(config, "model", "new", ALL, with_refusals=True)


def test_whatever_this_crawl_answered_or_gave_up_is_settled_in_it(config: Settings) -> None:
    put_card(config, "1", "other", 404, crawl_id="this")
    failure = {"crawl_id": "this", "snapshot_date": AT.date(), "spider": "cards", "hub_id": "2", "url": "u", "reason": "r"}
    append(config.location, CRAWL_FAILURES, [failure | {"attempts": 1, "last_at": AT}], {})
    held = load_stored_cards(config, "model", "this", ALL)
    assert (held.rows, held.failures) == (1, 1)
    assert [CardTarget(hub_id, "a/b", SHA) in held for hub_id in ("1", "2", "3")] == [True, True, False]
    assert TARGET not in load_stored_cards(config, "model", "next", ALL)


def test_in_a_full_crawl_only_its_own_answers_count(config: Settings) -> None:
    put_card(config, "1", SHA, 200)
    assert TARGET not in load_stored_cards(config, "model", "full", ALL, own_crawl_only=True)
    put_card(config, "1", SHA, 200, crawl_id="full")
    assert TARGET in load_stored_cards(config, "model", "full", ALL, own_crawl_only=True)


def test_etags_of_the_cards_here_go_with_the_next_request(config: Settings) -> None:
    one, two = "1" * 40, "2" * 40
    for etag, status in ((one, 200), (two, 200), (one, 304), ("f-1", 200), ("a" * 64, 200), (None, 200)):
        put_card(config, "1", "s", status, etag=etag)
    put_card(config, "2", "s", 200, etag="3" * 40)
    held = load_stored_cards(config, "model", "new", ALL)
    assert held.etags_of("1") == [one, two]
    assert held.etags_of("9") == []


def test_a_shard_holds_what_is_its_own(config: Settings) -> None:
    for n in range(20):
        put_card(config, str(n), SHA, 200)
    held = [load_stored_cards(config, "model", "new", Shard(i, 2)) for i in range(2)]
    assert sum(len(part.commits) for part in held) == 20
    assert all(len(part.commits) > 3 for part in held)


def test_in_an_empty_warehouse_nothing_is_here(config: Settings) -> None:
    assert TARGET not in load_stored_cards(config, "model", "new", ALL)


def test_packed_records_are_found_by_their_beginning() -> None:
    packed = PackedRecords(b"bb2aa1bb1cc1", width=3)
    assert list(packed) == [b"aa1", b"bb1", b"bb2", b"cc1"]
    assert list(packed.with_prefix(b"bb")) == [b"bb1", b"bb2"]
    assert (b"aa1" in packed, b"aa2" in packed, len(packed)) == (True, False, 4)
