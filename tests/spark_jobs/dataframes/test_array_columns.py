"""Operations on the elements of array columns."""

from pyspark.sql import SparkSession

from hublake.spark_jobs.dataframes.array_columns import has_listed_element, listed_elements


def test_listed_elements_are_distinct_and_in_order_and_null_stays_null(spark: SparkSession) -> None:
    rows = [(["b", "x", "a", "b"],), (["x"],), ([],), (None,)]
    frame = spark.createDataFrame(rows, "tags array<string>")
    listed = [f"value-{number}" for number in range(20)] + ["a", "b"]
    found = frame.select(listed_elements("tags", listed).alias("listed"), has_listed_element("tags", listed).alias("has_one")).collect()
    assert [tuple(row) for row in found] == [(["b", "a"], True), ([], False), ([], False), (None, None)]
