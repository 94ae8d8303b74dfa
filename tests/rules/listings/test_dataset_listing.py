"""Items of the listing of datasets, of any shape, become facts or are reported."""

import gzip
import json
from pathlib import Path
from typing import Any

import pytest

from hublake.lake.schema.silver.datasets import DATASETS
from hublake.lake.schema.silver.origins import ACCOUNTS
from hublake.rules.listings.accounts import account_facts
from hublake.sample_hub.synthetic.datasets import dataset_drafts, repo_of, truth_of
from tests.rules.cards.reading import dataset_facts

END = 1_787_000_000


def test_every_column_of_the_declaration_is_answered() -> None:
    assert {*dataset_facts({"id": "a/b"}), "hub_id", "snapshot_date"} == set(DATASETS.column_names)
    beside = {"snapshot_date", "account", "kind", "is_gone", "fetched_at"}
    assert {*account_facts("user", {}), *beside} == set(ACCOUNTS.column_names)


def test_made_datasets_are_read_as_planted_and_without_an_oddity() -> None:
    made = list(dataset_drafts(400, 3, END))
    for draft in made:
        facts, truth = dataset_facts(dict(repo_of(draft, END).item)), truth_of(draft)
        assert facts["dataset_id"] == truth["dataset_id"]
        assert (facts["licenses"], facts["languages"]) == ([truth["license"]] if truth["license"] else [], truth["languages"]), truth
        assert facts["oddities"] == []
    assert len([draft for draft in made if draft.front]) > 10


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
def test_a_value_of_any_type_is_read_or_reported(item: dict[str, Any], column: str, value: object, oddities: list[str]) -> None:
    facts = dataset_facts({"id": "a/b", **item})
    assert (facts[column], facts["oddities"]) == (value, oddities)


def test_real_datasets_hold_nothing_that_no_rule_knows(shared_data: Path) -> None:
    with gzip.open(shared_data / "hub2024" / "datasets.jsonl.gz") as lines:
        facts = [dataset_facts(json.loads(line)) for line, _ in zip(lines, range(3000), strict=False)]
    assert [fact["oddities"] for fact in facts if fact["oddities"]] == []
    assert sum(bool(fact["languages"]) for fact in facts) > 300
