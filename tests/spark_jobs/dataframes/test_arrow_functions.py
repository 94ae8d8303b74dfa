"""Plain Python functions on DataFrames, through Arrow."""

import pyarrow as pa
from pyspark.sql import SparkSession
from pyspark.sql.types import LongType, StringType, StructType

from hublake.spark_jobs.dataframes.arrow_functions import map_tables

SUMMARY = StructType().add("table", StringType()).add("rows", LongType()).add("columns", StringType()).add("nulls", LongType())


def _summary(**tables: pa.Table) -> pa.Table:
    rows = [
        {"table": name, "rows": len(table), "columns": " ".join(table.column_names), "nulls": sum(c.null_count for c in table.columns)}
        for name, table in tables.items()
    ]
    return pa.Table.from_pylist(rows)


def test_a_function_of_several_tables_gets_all_rows_of_each_with_its_own_columns(spark: SparkSession) -> None:
    frames = {
        "people": spark.createDataFrame([("ann", 1), ("bob", None)], "name string, age int").repartition(2),
        "towns": spark.createDataFrame([("oslo",)], "name string"),
        "none": spark.createDataFrame([], "code string, size long"),
    }
    assert sorted(tuple(row) for row in map_tables(frames, _summary, SUMMARY).collect()) == [
        ("none", 0, "code size", 0),
        ("people", 2, "name age", 1),
        ("towns", 1, "name", 0),
    ]


def test_a_row_of_nulls_counts_as_a_row(spark: SparkSession) -> None:
    frames = {"a": spark.createDataFrame([(None,)], "x string"), "b": spark.createDataFrame([(None, None)], "x string, y long")}
    assert sorted((row.table, row.rows) for row in map_tables(frames, _summary, SUMMARY).collect()) == [("a", 1), ("b", 1)]


def test_a_column_without_nulls_beside_an_empty_frame_is_accepted(spark: SparkSession) -> None:
    """Spark drops the union with the empty frame, so that the column arrives as one that has no nulls."""
    flags = spark.range(2).selectExpr("id = 1 AS flag")
    frames = {"flags": flags, "none": spark.createDataFrame([], "code string").where("false")}
    assert sorted((row.table, row.rows) for row in map_tables(frames, _summary, SUMMARY).collect()) == [("flags", 2), ("none", 0)]
