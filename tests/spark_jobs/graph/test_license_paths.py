"""Longest paths and what happens along them."""

from itertools import pairwise

import numpy as np
import pyarrow as pa

from hublake.rules.licenses.chain_labels import stalnaker_labels
from hublake.spark_jobs.gold.licenses.license_chains import _chains
from hublake.spark_jobs.graph.digraph import simple_digraph
from hublake.spark_jobs.graph.license_paths import all_on_path, any_on_path, first_on_path, highest_on_path, longest_paths

# 0 <- 1 <- 2 <- 3, 0 <- 3, and the cycle 4 <-> 5 with 6 below it.
CHILD, PARENT = np.array([1, 2, 3, 3, 4, 5, 6]), np.array([0, 1, 2, 0, 5, 4, 5])


def test_the_longest_path_is_followed_and_cycles_end_it() -> None:
    paths = longest_paths(simple_digraph(7, CHILD, PARENT))
    offsets, members = paths.unrolled(paths.derived(), 4)
    assert [members[start:end].tolist() for start, end in pairwise(offsets)] == [
        [0, 1],
        [0, 1, 2],
        [0, 1, 2, 3],
        [5, 6],
    ]


def test_a_chain_of_thousands_lists_the_end_of_each_path_only() -> None:
    nodes = np.arange(20_000)
    paths = longest_paths(simple_digraph(nodes.size, nodes[1:], nodes[:-1]))
    offsets, members = paths.unrolled(paths.derived(), 100)
    assert members[offsets[-2] :].tolist() == list(range(19_900, 20_000))
    assert (int(np.diff(offsets).max()), int(paths.generation.max())) == (100, 19_999)


def test_of_equal_paths_the_parent_with_most_children_and_then_the_first_name_is_on_it() -> None:
    paths = longest_paths(simple_digraph(5, np.array([3, 3, 4, 4, 4]), np.array([0, 1, 1, 0, 2])))
    assert paths.via.tolist() == [-1, -1, -1, 0, 0]
    paths = longest_paths(simple_digraph(5, np.array([3, 3, 4]), np.array([0, 1, 1])))
    assert paths.via.tolist() == [-1, -1, -1, 1, 1]


def test_facts_are_passed_down() -> None:
    paths = longest_paths(simple_digraph(7, CHILD, PARENT))
    is_true = np.array([False, False, True, False, True, False, False])
    assert any_on_path(paths, is_true).tolist() == [False, False, True, True, True, False, False]
    assert first_on_path(paths, is_true).tolist() == [-1, -1, 2, 2, 0, -1, -1]
    assert highest_on_path(paths, np.array([1, 0, 2, 0, 0, 0, 3])).tolist() == [1, 1, 2, 2, 0, 0, 3]
    assert all_on_path(paths, np.array([1, 1, 2, 2, 1, 1, 2])).tolist() == [True, True, False, False, True, True, False]


def test_the_labels_of_all_paths_equal_those_of_the_rule_for_one_chain() -> None:
    random = np.random.default_rng(11)
    words, owners, licenses = ("llama-a", "b", "TinyLlama", "c"), ("x", "llama-fans", ""), ("", "llama2", "mit", "llama2, mit")
    names = [f"{owners[random.integers(3)]}/{words[random.integers(4)]}-{number}".lstrip("/") for number in range(300)]
    declared = {name: licenses[random.integers(4)] for name in names}
    pairs = sorted({(names[child], names[random.integers(child)]) for child in range(1, 300) for _ in range(2)})
    flags = {name: [False] * len(pairs) for name in ("is_change", "is_dropped", "is_misnamed")}
    edges = pa.table(
        {
            "child_id": [child for child, _ in pairs],
            "parent_id": [parent for _, parent in pairs],
            "verdict_rank": [1] * len(pairs),
            **flags,
        }
    )
    listed = {name: text for name, text in declared.items() if text}
    rows = _chains(
        edges, pa.table({"model_id": list(listed), "identifiers": list(listed.values()), "licenses": list(listed.values())})
    ).to_pylist()
    assert len(rows) > 250
    for row in rows:
        sets = [declared[name].split(", ") if declared[name] else [] for name in row["path"]]
        assert row["stalnaker_labels"] == stalnaker_labels(row["path"], sets), row["path"]
