"""Rows of silver.datasets from items of the dataset listing, whatever their content."""

import gzip
import json
from pathlib import Path
from typing import Any

import pytest

from hublake.lake.schema.silver.datasets import DATASETS
from hublake.lake.schema.silver.origins import ACCOUNTS
from hublake.rules.listings.account_overviews import account_row
from hublake.sample_hub.synthetic.datasets import dataset_drafts, repo_of, truth_of
from tests.rules.listings.both_parsers import parsed_dataset

END = 1_787_000_000


def test_every_declared_column_has_a_value() -> None:
    assert {*parsed_dataset({"id": "a/b"}), "hub_id", "snapshot_date", "record_digest"} == set(DATASETS.column_names)
    other = {"snapshot_date", "account", "kind", "is_gone", "fetched_at"}
    assert {*account_row("user", {}), *other} == set(ACCOUNTS.column_names)


def test_generated_datasets_are_parsed_as_generated_and_without_oddities() -> None:
    generated = list(dataset_drafts(400, 3, END))
    for draft in generated:
        row, truth = parsed_dataset(dict(repo_of(draft, END).item)), truth_of(draft)
        assert row["dataset_id"] == truth["dataset_id"]
        assert (row["licenses"], row["languages"]) == ([truth["license"]] if truth["license"] else [], truth["languages"]), truth
        assert row["oddities"] == []
    assert len([draft for draft in generated if draft.front]) > 10


@pytest.mark.parametrize(
    ("item", "column", "value", "oddities"),
    [
        ({"tags": None}, "tags", [], []),
        ({"tags": "language:en"}, "languages", [], ["tags: a str where list was expected"]),
        ({"tags": ["language:no", "language:Chinese", "language:", 3]}, "languages", ["no", "zh"], []),
        ({"cardData": {"language": False}}, "languages", ["no"], []),
        ({"cardData": {"language": ["fr"]}, "tags": ["language:en"]}, "languages", ["fr"], []),
        ({"cardData": {"license": ["MIT"]}, "tags": ["license:mit"]}, "licenses", ["mit"], []),
        ({"cardData": [1]}, "card_data", None, ["cardData: a list where dict was expected"]),
        ({"downloads": -1}, "downloads_30d", None, ["downloads: -1 is out of range"]),
        ({"gated": "auto"}, "is_gated", True, []),
        ({"description": " \0 "}, "description", None, []),
        ({"siblings": [{"rfilename": "README.md"}, {}, None]}, "has_card", True, []),
        ({"viewer": True}, "dataset_id", "a/b", ["viewer: unknown key"]),
        (
            {"size_categories": 3, "cardData": {"size_categories": ["n<1K", "1K<n<10K"]}},
            "size_category",
            "n<1K",
            ["size_categories: unknown key"],
        ),
    ],
)
def test_a_value_of_any_type_is_parsed_or_reported(item: dict[str, Any], column: str, value: object, oddities: list[str]) -> None:
    row = parsed_dataset({"id": "a/b", **item})
    assert (row[column], row["oddities"]) == (value, oddities)


def test_recorded_datasets_have_no_unknown_or_invalid_values(shared_data: Path) -> None:
    with gzip.open(shared_data / "hub2024" / "datasets.jsonl.gz") as lines:
        rows = [parsed_dataset(json.loads(line)) for line, _ in zip(lines, range(3000), strict=False)]
    assert [row["oddities"] for row in rows if row["oddities"]] == []
    assert sum(bool(row["languages"]) for row in rows) > 300
