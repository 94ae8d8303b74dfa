"""Dataset rules against recorded listings and labels of other people."""

import gzip
import json
from collections import Counter
from pathlib import Path

import pytest

from hublake.rules.datasets.dataset_renames import DatasetResolver, ListedDataset, own_name
from hublake.rules.datasets.declared_datasets import dataset_id, is_placeholder
from tests.ground_truth.labels import labels

FLOOR = "2022-03-02"


@pytest.fixture(scope="module")
def recorded(shared_data: Path) -> tuple[dict[str, ListedDataset], Counter[str]]:
    """The datasets of July 2024 by name, and how often models name a dataset."""
    listed = {}
    with gzip.open(shared_data / "hub2024" / "datasets.jsonl.gz") as lines:
        for line in lines:
            item = json.loads(line)
            listed[item["id"]] = ListedDataset(item["id"], item.get("downloads") or 0, item["createdAt"].startswith(FLOOR))
    named: Counter[str] = Counter()
    with gzip.open(shared_data / "hub2024" / "models.jsonl.gz") as lines:
        for line in lines:
            if b'"dataset:' in line:
                named.update({dataset_id(tag[8:].strip()) for tag in json.loads(line)["tags"] if tag.startswith("dataset:")})
    return listed, named


@pytest.fixture(scope="module")
def resolver(recorded: tuple[dict[str, ListedDataset], Counter[str]]) -> DatasetResolver:
    listed, named = recorded
    own_names = {own_name(name) for name in named}
    candidates = [dataset for name, dataset in listed.items() if own_name(name) in own_names]
    return DatasetResolver(set(named) - set(listed), candidates, {name.partition("/")[0].lower() for name in listed if "/" in name}, {})


def test_most_names_of_datasets_resolve(recorded: tuple[dict[str, ListedDataset], Counter[str]], resolver: DatasetResolver) -> None:
    listed, named = recorded
    counts = Counter({name: count for name, count in named.items() if name and not is_placeholder(name)})
    resolved = sum(count for name, count in counts.items() if name in listed or resolver.resolve(name))
    assert resolved >= 0.85 * counts.total()


def test_bare_names_resolve_to_the_datasets_that_had_them(shared_data: Path, resolver: DatasetResolver) -> None:
    rows = [row for row in labels(shared_data, "dataset_names") if row["dataset_id"]]
    found = [(resolver.resolve(row["declared"]), row["dataset_id"]) for row in rows]
    answers = [(resolved.dataset_id, right) for resolved, right in found if resolved]
    assert len(answers) >= 0.8 * len(rows)
    assert sum(ours == right for ours, right in answers) >= 0.95 * len(answers)
    no_datasets = [row["declared"] for row in labels(shared_data, "dataset_names") if not row["dataset_id"]]
    assert all(is_placeholder(name) or resolver.resolve(name) is None for name in no_datasets)
