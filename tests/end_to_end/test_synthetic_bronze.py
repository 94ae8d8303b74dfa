"""Bronze that benchmarks write directly is the bronze that a crawl of the same hub leaves."""

import json
from pathlib import Path
from typing import Any

import pytest
from deltalake import DeltaTable

from benchmarks.synthetic_bronze import write_bronze
from hublake.lake.paths import Location
from hublake.lake.schema import Table
from hublake.lake.schema.bronze import CARDS, CRAWL_RUNS, LISTINGS
from tests.end_to_end.conftest import Crawled

CARD_COLUMNS = ("repo_type", "repo_id", "sha", "status", "etag", "card_bytes", "encoding", "is_truncated", "body")


@pytest.fixture(scope="module")
def written(crawled: Crawled, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("written")
    write_bronze(Location(str(folder)), len(crawled.models), 11)
    return folder


def rows(warehouse: Path, table: Table) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = DeltaTable(table.path(str(warehouse))).to_pyarrow_table().to_pylist()
    return found


def of_models(warehouse: Path, table: Table) -> list[dict[str, Any]]:
    """Without datasets, which only the crawl has cards of."""
    return [row for row in rows(warehouse, table) if row["repo_type"] == "model"]


def test_listed_items_are_equal(crawled: Crawled, written: Path) -> None:
    listed, expected = (
        [(row["hub_id"], row["repo_id"], json.loads(row["body"])) for row in sorted(found, key=lambda row: (row["page"], row["position"]))]
        for found in (of_models(written, LISTINGS), of_models(crawled.warehouse, LISTINGS))
    )
    assert listed == expected


def test_cards_are_equal(crawled: Crawled, written: Path) -> None:
    cards, expected = (
        {row["hub_id"]: [row[column] for column in CARD_COLUMNS] for row in of_models(warehouse, CARDS)}
        for warehouse in (written, crawled.warehouse)
    )
    assert cards == expected


def test_an_interrupted_run_is_resumed_without_duplicates(crawled: Crawled, written: Path) -> None:
    before = {table: len(rows(written, table)) for table in (LISTINGS, CARDS, CRAWL_RUNS)}
    write_bronze(Location(str(written)), len(crawled.models), 11)
    assert {table: len(rows(written, table)) for table in (LISTINGS, CARDS, CRAWL_RUNS)} == before
