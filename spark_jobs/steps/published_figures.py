"""Figures that others have published, beside ours."""

from collections.abc import Iterable, Sequence
from datetime import date
from functools import reduce
from operator import and_

from pyspark.sql import Column
from pyspark.sql import functions as F


def published_columns(rows: Iterable[dict[str, str]], keys: Sequence[str], figure: tuple[str, str]) -> dict[str, Column]:
    """`published_<name>` for the figure (name, type) of a curated list, and its date, denominator and source; null in most rows.

    A row of the list is beside the row of the table that equals it in all columns of `keys`. `measured_on` is the last day of the
    published data; a publication that does not state it has none.
    """
    name, kind = figure
    types = {f"published_{name}": kind, "published_date": "date", "published_denominator": "string", "published_source": "string"}
    columns = {column: F.lit(None).cast(type_) for column, type_ in types.items()}
    for row in rows:
        day = date.fromisoformat(row["measured_on"]) if row["measured_on"] else None
        values = (float(row[name]), day, row["denominator"], row["source"])
        is_row = reduce(and_, [F.col(key) == row[key] for key in keys])
        columns = {
            column: F.when(is_row, F.lit(value).cast(types[column])).otherwise(columns[column])
            for column, value in zip(types, values, strict=True)
        }
    return columns
