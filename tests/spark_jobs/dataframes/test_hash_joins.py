"""Joins by hashes of names equal joins by names."""

import pytest
from pyspark.sql import SparkSession

from hublake.spark_jobs.dataframes.hash_joins import join_by_hash, name_hash


@pytest.mark.parametrize(
    ("how", "expected"),
    [
        ("left", [(None, 4, None, None), ("a", 1, 10, 7), ("a", 2, 10, 7), ("b", 3, None, None)]),
        ("inner", [("a", 1, 10, 7), ("a", 2, 10, 7)]),
    ],
)
def test_names_and_hashes_are_joined_and_no_name_matches_none(spark: SparkSession, how: str, expected: list[tuple[object, ...]]) -> None:
    left = spark.createDataFrame([("a", 1), ("a", 2), ("b", 3), (None, 4)], "model_id string, row int")
    named = spark.createDataFrame([("a", 10), (None, 20)], "model_id string, size int")
    hashed = spark.createDataFrame([("a", 7), (None, 8)], "model_id string, likes int").select(name_hash(), "likes")
    joined = join_by_hash(left, named, hashed, how=how)
    assert joined.columns == ["model_id", "row", "size", "likes"]
    assert sorted(map(tuple, joined.collect()), key=lambda row: row[1] % 4) == expected
