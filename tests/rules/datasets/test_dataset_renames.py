"""Datasets whose declared names are not listed."""

import pytest

from hublake.rules.datasets.dataset_renames import DatasetResolver, ListedDataset

LISTED = [
    ListedDataset("rajpurkar/squad", 900, True),
    ListedDataset("copy/squad", 5000, False),
    ListedDataset("one/glue", 100, True),
    ListedDataset("two/glue", 90, True),
    ListedDataset("a/tiny", 85, False),
    ListedDataset("b/tiny", 15, False),
    ListedDataset("a/even", 50, False),
    ListedDataset("b/even", 50, False),
    ListedDataset("a/unused", 0, False),
    ListedDataset("New/chat-logs", 3, False),
    ListedDataset("New/long-texts", 3, False),
    ListedDataset("Case/Name", 1, False),
]
UNLISTED = [
    "squad",
    "glue",
    "tiny",
    "even",
    "unused",
    "old/chat-logs",
    "old/long-texts",
    "case/name",
    "gone/other",
    "former",
    "alone/chat-logs",
]
RESOLVER = DatasetResolver(UNLISTED, LISTED, {dataset.dataset_id.split("/")[0].lower() for dataset in LISTED}, {"former": "new/name"})
EXPECTED = {
    "squad": "rajpurkar/squad moved",  # the only one as old as the Hub's record, although a copy has more downloads
    "glue": "",  # two of that age
    "tiny": "a/tiny same_name",
    "even": "",
    "unused": "",
    "old/chat-logs": "New/chat-logs account",
    "case/name": "Case/Name case",
    "gone/other": "",
    "former": "new/name history",
    "alone/chat-logs": "",  # one dataset proves no move
}


@pytest.mark.parametrize("name", EXPECTED)
def test_each_method_needs_its_own_evidence(name: str) -> None:
    assert " ".join(RESOLVER.resolve(name) or ()) == EXPECTED[name]
