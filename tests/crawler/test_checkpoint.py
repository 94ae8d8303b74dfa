"""Which crawl a run takes up, and when it begins a new one."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from hublake.crawler.checkpoint import assign_card_crawl, find_unfinished_listing
from hublake.crawler.shards import Shard
from hublake.lake.delta.tables import BatchWriter, append
from hublake.lake.errors import WrongUse
from hublake.lake.schema.bronze import CRAWL_RUNS, LISTINGS
from hublake.lake.settings import Settings

NOW = datetime.now(UTC)
ASKED = "http://hub whole limit=None"


@pytest.fixture
def config(tmp_path: Path) -> Settings:
    return Settings(warehouse=str(tmp_path))


def put_page(config: Settings, crawl_id: str, page: int, hours_ago: float = 1, asked: str = ASKED, spider: str = "models") -> None:
    began_at = NOW - timedelta(hours=hours_ago)
    shared = {"crawl_id": crawl_id, "snapshot_date": began_at.date(), "repo_type": "model", "fetched_at": NOW, "body": "{}"}
    place = {
        "asked": asked,
        "began_at": began_at.isoformat(),
        "walk": "0",
        "next_url": f"http://hub/{page + 1}",
        "next_page": str(page + 1),
    }
    told = place | {"items": str(page + 1), "is_cut": "no", "known_id": "", "changed_after": ""}
    identity = {"crawl_id": crawl_id, "spider": spider, "shard": "0/1"}
    BatchWriter(config.location, identity).append(LISTINGS, [shared | {"page": page, "position": 0}], told)


def put_end(config: Settings, crawl_id: str, outcome: str) -> None:
    run = {"crawl_id": crawl_id, "snapshot_date": NOW.date(), "spider": "models", "shard": "0/1", "outcome": outcome, "items": 1}
    append(config.location, CRAWL_RUNS, [run | {"started_at": NOW, "finished_at": NOW}], {})


def test_a_listing_is_taken_up_behind_its_last_page(config: Settings) -> None:
    for page in range(12):
        put_page(config, "c1", page)
        put_page(config, "other", page, spider="datasets")
    place = find_unfinished_listing(config, "models", ASKED)
    assert place is not None
    assert (place.crawl_id, place.next_url, place.page, place.items, place.batch) == ("c1", "http://hub/12", 12, 12, 12)


@pytest.mark.parametrize(
    ("outcome", "hours_ago", "asked", "is_taken_up"),
    [
        (None, 1, ASKED, True),  # killed
        ("interrupted", 1, ASKED, True),
        ("failed", 1, ASKED, True),
        ("incomplete", 1, ASKED, True),  # a page was given up
        ("finished", 1, ASKED, False),
        ("limited", 1, ASKED, False),
        (None, 100, ASKED, False),
        (None, 1, "http://hub whole limit=5", False),
        (None, 1, "http://another whole limit=None", False),
    ],
)
def test_only_an_unfinished_young_listing_by_the_same_command(
    config: Settings, outcome: str | None, hours_ago: float, asked: str, is_taken_up: bool
) -> None:
    put_page(config, "c1", 0, hours_ago, asked)
    if outcome:
        put_end(config, "c1", outcome)
    assert (find_unfinished_listing(config, "models", ASKED) is not None) is is_taken_up


def test_where_nothing_was_listed_nothing_is_taken_up(config: Settings) -> None:
    assert find_unfinished_listing(config, "models", ASKED) is None


def ran(*told: str) -> list[dict[str, Any]]:
    """Runs from texts `round shard outcome`."""
    return [{"crawl_id": f"L-cards-{n}", "shard": shard, "outcome": outcome} for n, shard, outcome in (text.split() for text in told)]


@pytest.mark.parametrize(
    ("runs", "shards", "expected"),
    [
        ([], ["0/1"], (1, ["0/1"])),
        (["1 0/1 finished"], ["0/1"], (2, ["0/1"])),
        (["1 0/1 interrupted"], ["0/1"], (1, ["0/1"])),
        (["1 0/1 failed"], ["0/1"], (1, ["0/1"])),
        (["1 0/1 incomplete"], ["0/1"], (2, ["0/1"])),  # what was given up is asked for again
        (["1 0/2 finished", "1 1/2 interrupted"], ["0/2", "1/2"], (1, ["1/2"])),
        (["1 0/2 finished", "1 1/2 finished"], ["0/2", "1/2"], (2, ["0/2", "1/2"])),
        (["1 0/2 finished"], ["0/1"], (1, ["0/1"])),  # another number of workers goes on with the rest
        (["1 0/2 finished", "1 1/2 limited"], ["0/1"], (2, ["0/1"])),
        (["1 0/1 finished", "2 0/2 finished"], ["1/2"], (2, ["1/2"])),
    ],
)
def test_shards_agree_on_the_round(runs: list[str], shards: list[str], expected: tuple[int, list[str]]) -> None:
    crawl_id, left = assign_card_crawl("L", "cards", [Shard.parse(text) for text in shards], ran(*runs), is_new=False)
    assert (crawl_id, [str(shard) for shard in left]) == (f"L-cards-{expected[0]}", expected[1])


def test_new_begins_another_round_and_a_full_crawl_counts_its_own() -> None:
    runs = ran("1 0/1 interrupted")
    assert assign_card_crawl("L", "cards", [Shard(0, 1)], runs, is_new=True)[0] == "L-cards-2"
    assert assign_card_crawl("L", "cards-full", [Shard(0, 1)], runs, is_new=False)[0] == "L-cards-full-1"


@pytest.mark.parametrize("text", ["4/4", "1", "a/b", "-1/4", "0/0", "1/99999", ""])
def test_a_shard_is_a_part_of_a_whole(text: str) -> None:
    with pytest.raises(WrongUse, match="is not I/N"):
        Shard.parse(text)
