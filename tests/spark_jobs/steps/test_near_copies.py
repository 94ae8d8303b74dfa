"""Groups of near-copies: leaders, buckets, and how many texts are compared."""

from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
import pytest

from hublake.spark_jobs.steps.near_copies import (
    BANDS,
    REPRESENTATIVES,
    buckets,
    choose_leaders,
    compared_texts,
    find_leaders,
    shingle_hashes,
)

if TYPE_CHECKING:
    from pyspark.sql import SparkSession


def leaders(*near: str) -> dict[str, str]:
    """Pairs "text leader" of near-copies."""
    pairs = [pair.split() for pair in near]
    table = choose_leaders(pa.table({"text_id": [text for text, _ in pairs], "leader_id": [leader for _, leader in pairs]}))
    return dict(zip(table["text_id"].to_pylist(), table["leader_id"].to_pylist(), strict=True))


@pytest.mark.parametrize(
    ("near", "expected"),
    [
        (("b a", "c a", "c b"), {"b": "a", "c": "a"}),  # the smallest text leads
        (("b a", "d c"), {"b": "a", "d": "c"}),  # two groups
        (("c a", "c b", "d b"), {"c": "a", "d": "b"}),  # b leads a group of its own
        (("b a", "c b"), {"b": "a", "c": "a"}),  # two steps from the leader
        (("b a", "c b", "d c", "e d"), {"b": "a", "c": "a", "e": "d"}),  # a chain ends after two steps: d leads
        (("b a", "c b", "d c", "d b"), {"b": "a", "c": "a", "d": "a"}),  # b is one step from a
    ],
)
def test_a_text_follows_the_smallest_leader_within_two_steps(near: tuple[str, ...], expected: dict[str, str]) -> None:
    assert leaders(*near) == expected
    assert leaders(*reversed(near)) == expected


def shingles_of(*texts: str) -> tuple[np.ndarray, np.ndarray]:
    numbers = {word: n + 1 for n, word in enumerate(sorted(set(" ".join(texts).split())))}
    words = [[numbers[word] for word in text.split()] for text in texts]
    return shingle_hashes(np.concatenate(words).astype(np.uint64), np.array([len(each) for each in words]))


def test_a_shingle_is_a_run_of_three_words_within_one_text() -> None:
    hashes, offsets = shingles_of("a b c d", "b c d", "c b d e", "d c b")
    assert offsets.tolist() == [0, 2, 3, 5, 6]
    first, second, third, fourth = (hashes[start:end].tolist() for start, end in pairwise(offsets))
    assert first[1:] == second  # "b c d"
    assert len({*first, *third, *fourth}) == 5  # the order of words matters


def test_equal_texts_share_all_buckets_near_copies_some_and_others_none() -> None:
    text = " ".join(f"w{n}" for n in range(40))
    hashes, offsets = shingles_of(text, text, text.replace("w20", "other"), " ".join(f"v{n}" for n in range(40)))
    by_text = [set(row.tolist()) for row in buckets(hashes, offsets).reshape(-1, BANDS)]
    assert [len(by_text[0] & other) for other in by_text[1:]] == [BANDS, pytest.approx(BANDS * 0.85**3, abs=6), 0]


def test_copies_of_one_text_cost_linear_time(spark: "SparkSession") -> None:
    text = " ".join(f"w{n}" for n in range(40))
    copies = [(f"{n:04}", text.replace("w20", f"name{n}").split()) for n in range(300)]
    others = [("other", [f"v{n}" for n in range(40)])]
    texts = spark.createDataFrame([*copies, *others], "text_id string, words array<string>")
    found = {row.text_id: row.leader_id for row in find_leaders(texts).collect()}
    assert found == {name: "0000" for name, _ in copies[1:]}
    # All pairs would be 44,850.
    same_buckets = spark.createDataFrame([(name, list(range(BANDS))) for name, _ in copies], "text_id string, buckets array<bigint>")
    assert compared_texts(same_buckets).count() < 300 * REPRESENTATIVES
