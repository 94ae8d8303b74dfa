"""Small tables drawn as text, which a reader can check by eye."""

from collections.abc import Mapping
from datetime import UTC, date, datetime
from typing import Any

from pyspark.sql import DataFrame, SparkSession

from hublake.lake.schema import Column, Table
from hublake.spark_jobs.dataframes.spark_schema import spark_schema

REQUIRED_DEFAULTS: Mapping[str, Any] = {"boolean": False, "array<string>": [], "array<long>": []}


def drawn(spark: SparkSession, table: Table, text: str, *, with_snapshot: bool = False) -> DataFrame:
    """A frame with the columns of the table, from lines `a | b`; the first line names the columns.

    Columns left out are null (required flags false, required arrays empty). An empty cell is null, '' is empty text. Arrays are written `x, y`.
    Silver and gold frames have no snapshot_date, as in a transform, unless `with_snapshot`.
    """
    hidden = () if with_snapshot or table.layer == "bronze" else ("snapshot_date",)
    schema = spark_schema(table, without=hidden)
    return spark.createDataFrame([tuple(row[f.name] for f in schema) for row in drawn_rows(table, text)], schema)


def drawn_rows(table: Table, text: str) -> list[dict[str, Any]]:
    """The same rows as dicts of all columns, for tests without a JVM."""
    header, *lines = [[cell.strip() for cell in line.split("|")] for line in text.strip().splitlines() if line.strip()]
    unknown = set(header) - set(table.column_names)
    assert not unknown, f"{table.full_name} has no column {unknown}"
    rows = [dict(zip(header, line, strict=True)) for line in lines]
    return [{column.name: _value(column, row.get(column.name)) for column in table} for row in rows]


def _value(column: Column, cell: str | None) -> Any:
    if cell is None or (cell == "" and column.type.startswith("array")):
        return REQUIRED_DEFAULTS.get(column.type) if column.required else None
    if cell == "":
        return None
    match column.type:
        case "boolean":
            return {"yes": True, "no": False, "true": True, "false": False}[cell]
        case "integer" | "long":
            return int(cell)
        case "double":
            return float(cell)
        case "date":
            return date.fromisoformat(cell)
        case "timestamp":
            return datetime.fromisoformat(cell).replace(tzinfo=UTC)
        case "binary":
            return cell.encode()
        case "array<string>":
            return [part.strip() for part in cell.split(",")]
        case "array<long>":
            return [int(part) for part in cell.split(",")]
        case _:
            return "" if cell == "''" else cell
