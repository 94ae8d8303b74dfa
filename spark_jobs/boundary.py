"""The one way from Spark into plain Python rules and back."""

from collections.abc import Callable, Iterable, Iterator
from typing import Any

import pyarrow as pa
from pyspark.sql import DataFrame
from pyspark.sql.pandas.types import to_arrow_schema
from pyspark.sql.types import StructType

Record = dict[str, Any]


def map_records(frame: DataFrame, rule: Callable[[Record], Iterable[Record]], schema: StructType) -> DataFrame:
    """Every row as a dict through `rule`, which answers rows of `schema`; keys that it leaves out are null.

    Cost: one pass in Python workers; Arrow keeps whole numbers exact, which pandas would turn to floats beside nulls.
    """
    arrow_schema = to_arrow_schema(schema, timezone="UTC")

    def batches(source: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        for batch in source:
            rows = [row for record in batch.to_pylist() for row in rule(record)]
            yield pa.RecordBatch.from_pylist(rows, schema=arrow_schema)

    return frame.mapInArrow(batches, schema)
