"""What bronze already stores of the cards."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from hublake.crawler.cards.response import CardTarget
from hublake.crawler.cards.stored import load_stored_cards
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


def add_card(config: Settings, hub_id: str, sha: str | None, status: int, crawl_id: str = "old", etag: str | None = None) -> None:
    row = {"crawl_id": crawl_id, "snapshot_date": AT.date(), "repo_type": "model", "hub_id": hub_id, "sha": sha, "status": status}
    append(config.location, CARDS, [row | {"repo_id": "a/b", "fetched_at": AT, "is_truncated": False, "etag": etag}], {})


@pytest.mark.parametrize(
    ("hub_id", "sha", "status", "is_stored"),
    [
        ("1", SHA, 200, True),
        ("1", SHA, 304, True),
        ("1", SHA, 404, False),  # it may exist by now
        ("1", "another", 200, False),
        ("2", SHA, 200, False),
        ("1", None, 200, False),
    ],
)
def test_a_card_is_stored_if_this_commit_was_fetched(config: Settings, hub_id: str, sha: str | None, status: int, is_stored: bool) -> None:
    add_card(config, hub_id, sha, status)
    add_card(config, "9", "unrelated", 200)
    assert (TARGET in load_stored_cards(config, "model", "new", ALL)) is is_stored


def test_with_refusals_a_refused_commit_is_not_requested_again(config: Settings) -> None:
    add_card(config, "1", SHA, 401)
    assert TARGET not in load_stored_cards(config, "model", "new", ALL)
    assert TARGET in load_stored_cards(config, "model", "new", ALL, with_refusals=True)


def test_what_this_crawl_fetched_or_gave_up_is_settled_in_it(config: Settings) -> None:
    add_card(config, "1", "other", 404, crawl_id="this")
    failure = {"crawl_id": "this", "snapshot_date": AT.date(), "spider": "cards", "hub_id": "2", "url": "u", "reason": "r"}
    append(config.location, CRAWL_FAILURES, [failure | {"attempts": 1, "last_at": AT}], {})
    stored = load_stored_cards(config, "model", "this", ALL)
    assert (stored.rows, stored.failures) == (1, 1)
    assert [CardTarget(hub_id, "a/b", SHA) in stored for hub_id in ("1", "2", "3")] == [True, True, False]
    assert TARGET not in load_stored_cards(config, "model", "next", ALL)


def test_in_a_full_crawl_only_its_own_rows_count(config: Settings) -> None:
    add_card(config, "1", SHA, 200)
    assert TARGET not in load_stored_cards(config, "model", "full", ALL, own_crawl_only=True)
    add_card(config, "1", SHA, 200, crawl_id="full")
    assert TARGET in load_stored_cards(config, "model", "full", ALL, own_crawl_only=True)


def test_the_next_request_carries_the_etags_of_stored_cards(config: Settings) -> None:
    one, two = "1" * 40, "2" * 40
    for etag, status in ((one, 200), (two, 200), (one, 304), ("f-1", 200), ("a" * 64, 200), (None, 200)):
        add_card(config, "1", "s", status, etag=etag)
    add_card(config, "2", "s", 200, etag="3" * 40)
    stored = load_stored_cards(config, "model", "new", ALL)
    assert stored.etags_of("1") == [one, two]
    assert stored.etags_of("9") == []


def test_a_shard_loads_only_its_own_cards(config: Settings) -> None:
    for n in range(20):
        add_card(config, str(n), SHA, 200)
    stored = [load_stored_cards(config, "model", "new", Shard(i, 2)) for i in range(2)]
    assert sum(len(part.commits) for part in stored) == 20
    assert all(len(part.commits) > 3 for part in stored)


def test_in_an_empty_warehouse_nothing_is_stored(config: Settings) -> None:
    assert TARGET not in load_stored_cards(config, "model", "new", ALL)
