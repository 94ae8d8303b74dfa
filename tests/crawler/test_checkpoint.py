"""Which crawl a run resumes, and when it starts a new one."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from hublake.crawler.checkpoint import assign_card_crawl, find_unfinished_listing, read_verdict
from hublake.crawler.shards import Shard
from hublake.lake.delta.tables import BatchWriter, append
from hublake.lake.schema.bronze import CRAWL_RUNS, LISTING_CERTIFICATES, LISTINGS
from hublake.lake.settings import Settings

NOW = datetime.now(UTC)
COMMAND = "http://hub whole limit=None"


@pytest.fixture
def config(tmp_path: Path) -> Settings:
    return Settings(warehouse=str(tmp_path))


def add_page(config: Settings, crawl_id: str, page: int, hours_ago: float = 1, command: str = COMMAND, spider: str = "models") -> None:
    began_at = NOW - timedelta(hours=hours_ago)
    shared = {"crawl_id": crawl_id, "snapshot_date": began_at.date(), "repo_type": "model", "fetched_at": NOW, "body": "{}"}
    position = {
        "asked": command,
        "began_at": began_at.isoformat(),
        "walk": "0",
        "next_url": f"http://hub/{page + 1}",
        "next_page": str(page + 1),
    }
    checkpoint = position | {"items": str(page + 1), "is_cut": "no", "known_id": "", "changed_after": ""}
    identity = {"crawl_id": crawl_id, "spider": spider, "shard": "0/1"}
    BatchWriter(config.location, identity).append(LISTINGS, [shared | {"page": page, "position": 0}], checkpoint)


def add_run(config: Settings, crawl_id: str, outcome: str) -> None:
    run = {"crawl_id": crawl_id, "snapshot_date": NOW.date(), "spider": "models", "shard": "0/1", "outcome": outcome, "items": 1}
    append(config.location, CRAWL_RUNS, [run | {"started_at": NOW, "finished_at": NOW}], {})


def add_certificate(config: Settings, crawl_id: str, *, is_complete: bool) -> None:
    counts = dict.fromkeys(("pages", "items", "unidentified_items", "rechecked_pages", "rechecked_items", "gone_items", "missed_items"), 1)
    row = {"crawl_id": crawl_id, "snapshot_date": NOW.date(), "repo_type": "model", "is_ascending": True, "certified_at": NOW}
    append(config.location, LISTING_CERTIFICATES, [row | counts | {"is_complete": is_complete}], {})


@pytest.mark.parametrize("is_complete", [True, False])
def test_a_listing_that_its_certificate_contradicts_is_not_resumed(config: Settings, *, is_complete: bool) -> None:
    add_page(config, "c1", 0)
    assert read_verdict(config, "c1") is None
    add_certificate(config, "other", is_complete=not is_complete)
    assert read_verdict(config, "c1") is None
    add_certificate(config, "c1", is_complete=is_complete)
    assert read_verdict(config, "c1") is is_complete
    assert (find_unfinished_listing(config, "models", COMMAND) is not None) is is_complete


def test_a_listing_is_resumed_after_its_last_page(config: Settings) -> None:
    for page in range(12):
        add_page(config, "c1", page)
        add_page(config, "other", page, spider="datasets")
    checkpoint = find_unfinished_listing(config, "models", COMMAND)
    assert checkpoint is not None
    assert (checkpoint.crawl_id, checkpoint.next_url, checkpoint.page, checkpoint.items, checkpoint.batch) == (
        "c1",
        "http://hub/12",
        12,
        12,
        12,
    )


@pytest.mark.parametrize(
    ("outcome", "hours_ago", "command", "is_resumed"),
    [
        (None, 1, COMMAND, True),  # killed
        ("interrupted", 1, COMMAND, True),
        ("failed", 1, COMMAND, True),
        ("incomplete", 1, COMMAND, True),  # a page was given up
        ("finished", 1, COMMAND, False),
        ("limited", 1, COMMAND, False),
        (None, 100, COMMAND, False),
        (None, 1, "http://hub whole limit=5", False),
        (None, 1, "http://another whole limit=None", False),
    ],
)
def test_only_a_recent_unfinished_listing_by_the_same_command_is_resumed(
    config: Settings, outcome: str | None, hours_ago: float, command: str, is_resumed: bool
) -> None:
    add_page(config, "c1", 0, hours_ago, command)
    if outcome:
        add_run(config, "c1", outcome)
    assert (find_unfinished_listing(config, "models", COMMAND) is not None) is is_resumed


def test_without_any_listing_nothing_is_resumed(config: Settings) -> None:
    assert find_unfinished_listing(config, "models", COMMAND) is None


def card_runs(*texts: str) -> list[dict[str, Any]]:
    """Return runs, from texts `round shard outcome`."""
    return [{"crawl_id": f"L-cards-{n}", "shard": shard, "outcome": outcome} for n, shard, outcome in (text.split() for text in texts)]


@pytest.mark.parametrize(
    ("runs", "shards", "expected"),
    [
        ([], ["0/1"], (1, ["0/1"])),
        (["1 0/1 finished"], ["0/1"], (2, ["0/1"])),
        (["1 0/1 interrupted"], ["0/1"], (1, ["0/1"])),
        (["1 0/1 failed"], ["0/1"], (1, ["0/1"])),
        (["1 0/1 incomplete"], ["0/1"], (2, ["0/1"])),  # what was given up is requested again
        (["1 0/2 finished", "1 1/2 interrupted"], ["0/2", "1/2"], (1, ["1/2"])),
        (["1 0/2 finished", "1 1/2 finished"], ["0/2", "1/2"], (2, ["0/2", "1/2"])),
        (["1 0/2 finished"], ["0/1"], (1, ["0/1"])),  # another number of workers continues with the rest
        (["1 0/2 finished", "1 1/2 limited"], ["0/1"], (2, ["0/1"])),
        (["1 0/1 finished", "2 0/2 finished"], ["1/2"], (2, ["1/2"])),
    ],
)
def test_shards_agree_on_the_round(runs: list[str], shards: list[str], expected: tuple[int, list[str]]) -> None:
    crawl_id, left = assign_card_crawl("L", "cards", [Shard.parse(text) for text in shards], card_runs(*runs), is_new=False)
    assert (crawl_id, [str(shard) for shard in left]) == (f"L-cards-{expected[0]}", expected[1])


def test_new_starts_another_round_and_full_crawls_have_their_own_rounds() -> None:
    runs = card_runs("1 0/1 interrupted")
    assert assign_card_crawl("L", "cards", [Shard(0, 1)], runs, is_new=True)[0] == "L-cards-2"
    assert assign_card_crawl("L", "cards-full", [Shard(0, 1)], runs, is_new=False)[0] == "L-cards-full-1"
