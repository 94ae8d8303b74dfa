"""Which cards are to be fetched."""

from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest

from crawler.card_answer import CardTarget
from crawler.delta import append
from crawler.frontier import Fetched, newest_listing, targets
from lake.errors import MissingTable
from lake.settings import Settings
from lake.tables.bronze import CARDS, CRAWL_RUNS, LISTINGS

AT = datetime(2026, 8, 21, tzinfo=UTC)
SHA = "c0ffee0"
WITH_CARD = f'{{"sha": "{SHA}", "siblings": [{{"rfilename": "README.md"}}]}}'


@pytest.fixture
def config(tmp_path: Path) -> Settings:
    return Settings(warehouse=str(tmp_path))


def put_run(config: Settings, crawl_id: str, outcome: str, day: int, items: int = 2, spider: str = "models") -> None:
    moment = datetime(2026, 8, day, tzinfo=UTC)
    run: dict[str, Any] = {"crawl_id": crawl_id, "snapshot_date": moment.date(), "spider": spider, "outcome": outcome, "items": items}
    append(config, CRAWL_RUNS, [run | {"shard": "0/1", "started_at": moment, "finished_at": moment}], {})


def put_listed(config: Settings, crawl_id: str, day: int, *bodies: str) -> None:
    shared = {"crawl_id": crawl_id, "snapshot_date": date(2026, 8, day), "repo_type": "model", "page": 0, "fetched_at": AT}
    rows = [{**shared, "position": n, "hub_id": str(n), "repo_id": f"a/{n}", "body": body} for n, body in enumerate(bodies)]
    append(config, LISTINGS, rows, {})


def put_card(config: Settings, hub_id: str, sha: str | None, status: int) -> None:
    row = {"crawl_id": "c", "snapshot_date": AT.date(), "repo_type": "model", "hub_id": hub_id, "sha": sha, "status": status}
    append(config, CARDS, [row | {"repo_id": "a/b", "fetched_at": AT, "is_truncated": False}], {})


def test_the_newest_finished_listing_is_taken(config: Settings) -> None:
    put_listed(config, "any", 1, WITH_CARD)
    put_run(config, "old", "finished", 1)
    put_run(config, "newest-whole", "finished", 2)
    put_run(config, "limited", "limited", 3)
    put_run(config, "cards-run", "finished", 4, spider="cards")
    put_run(config, "empty", "finished", 5, items=0)
    found = newest_listing(config, "model")
    assert (found.crawl_id, found.snapshot_date, found.is_whole) == ("newest-whole", date(2026, 8, 2), True)


def test_without_a_finished_one_the_newest_is_taken(config: Settings) -> None:
    put_listed(config, "any", 1, WITH_CARD)
    put_run(config, "limited", "limited", 1)
    put_run(config, "interrupted", "interrupted", 2)
    assert newest_listing(config, "model").crawl_id == "interrupted"


def test_a_listing_that_was_killed_before_its_record_is_taken_too(config: Settings) -> None:
    put_listed(config, "20260801T000000Z-a", 1, WITH_CARD)
    put_listed(config, "20260802T000000Z-a", 2, WITH_CARD, "{}")
    found = newest_listing(config, "model")
    assert (found.crawl_id, found.items, found.is_whole) == ("20260802T000000Z-a", 2, False)


def test_without_a_listing_the_way_to_one_is_said(config: Settings) -> None:
    with pytest.raises(MissingTable, match="hublake crawl models"):
        newest_listing(config, "model")


def test_only_promised_cards_of_that_listing_that_are_not_here_yet(config: Settings) -> None:
    put_listed(config, "other", 1, WITH_CARD)
    put_listed(config, "this", 1, WITH_CARD, "{}", WITH_CARD, WITH_CARD)
    put_run(config, "this", "finished", 1, items=4)
    fetched = Fetched([b"x" * 16])
    found = list(targets(config, newest_listing(config, "model"), "model", fetched))
    assert found == [(4, [CardTarget(str(n), f"a/{n}", SHA) for n in (0, 2, 3)])]


@pytest.mark.parametrize(
    ("hub_id", "sha", "status", "is_fetched"),
    [
        ("1", SHA, 200, True),
        ("1", SHA, 404, False),  # it may be there now
        ("1", "another", 200, False),
        ("2", SHA, 200, False),
        ("1", None, 200, False),
    ],
)
def test_a_card_is_here_when_this_commit_was_fetched(config: Settings, hub_id: str, sha: str | None, status: int, is_fetched: bool) -> None:
    put_card(config, hub_id, sha, status)
    put_card(config, "9", "unrelated", 200)
    assert (CardTarget("1", "a/b", SHA) in Fetched.in_bronze(config, "model")) is is_fetched


def test_a_card_without_a_known_commit_is_never_here(config: Settings) -> None:
    put_card(config, "1", None, 200)
    assert CardTarget("1", "a/b", None) not in Fetched.in_bronze(config, "model")


def test_in_an_empty_warehouse_no_card_is_here(config: Settings) -> None:
    assert len(Fetched.in_bronze(config, "model")) == 0
