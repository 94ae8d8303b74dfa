"""The ways from Spark into plain Python and back."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import partial, reduce
from itertools import chain
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
from pyspark.sql import DataFrame
from pyspark.sql import functions as F
from pyspark.sql.pandas.types import to_arrow_schema
from pyspark.sql.types import StructType

from hublake.spark_jobs.dataframes.python_workers import reduce_gc_frequency

Record = dict[str, Any]

TABLE = "table"  # of `map_tables`: whose row it is
OUTPUT_BATCH_ROWS = 1 << 16  # in one batch back to Spark


def map_records(frame: DataFrame, rule: Callable[[Record], Iterable[Record]], schema: StructType) -> DataFrame:
    """Every row as a dict through `rule`, which answers rows of `schema`; keys that it leaves out are null.

    Cost: one pass in Python workers; Arrow keeps whole numbers exact, which pandas would turn to floats beside nulls.
    """
    arrow_schema = to_arrow_schema(schema, timezone="UTC")

    def batches(source: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        reduce_gc_frequency()
        for batch in source:
            rows = [row for record in batch.to_pylist() for row in rule(record)]
            yield pa.RecordBatch.from_pylist(rows, schema=arrow_schema)

    return frame.mapInArrow(batches, schema)


def map_table(frame: DataFrame, rule: Callable[[pa.Table], pa.Table], schema: StructType) -> DataFrame:
    """All rows as one Arrow table through `rule`, which answers a table with the columns of `schema`, in any order.

    For what needs a whole graph at once and fits one task. Cost: one task, whose memory holds the table and the answer; it also does
    what comes before, up to the last shuffle: of much that becomes little, `repartition(1)` first.
    """
    return _in_one_task(frame.coalesce(1), lambda batches: rule(pa.Table.from_batches(batches)), schema)


def map_tables(frames: Mapping[str, DataFrame], rule: Callable[..., pa.Table], schema: StructType) -> DataFrame:
    """All rows of each frame as one Arrow table through `rule`, which takes it as the argument of that name and answers like that of
    `map_whole`; it is not asked where no frame has a row.

    For what needs several tables at once and fits one task. Cost: one shuffle of all rows to one task, whose memory holds the tables and
    the answer.
    """
    schemas = {name: to_arrow_schema(frame.schema, timezone="UTC") for name, frame in frames.items()}
    # Columns side by side, each row with those of its own frame. As one column of structs for each they would be half as wide, but Spark
    # looks at all fields of a struct before each row that it sends to Python.
    apart = [
        frame.select(F.lit(name).alias(TABLE), *[F.col(column).alias(f"{name}:{column}") for column in frame.columns])
        for name, frame in frames.items()
    ]

    def on_tables(rows: Iterable[pa.RecordBatch]) -> pa.Table:
        parts: dict[str, list[pa.RecordBatch]] = {name: [] for name in schemas}
        for batch in rows:
            for name in batch[TABLE].unique().to_pylist():
                own = batch.select([f"{name}:{column}" for column in schemas[name].names]).rename_columns(schemas[name].names)
                parts[name].append(own.filter(pc.equal(batch[TABLE], name)))
        return rule(**{name: pa.Table.from_batches(parts.pop(name), schema) for name, schema in schemas.items()})

    rows = reduce(partial(DataFrame.unionByName, allowMissingColumns=True), apart)
    return _in_one_task(rows.repartition(1), on_tables, schema)


def _in_one_task(frame: DataFrame, rule: Callable[[Iterable[pa.RecordBatch]], pa.Table], schema: StructType) -> DataFrame:
    """The batches of a frame of one partition through `rule`, unless there is none."""
    arrow_schema = to_arrow_schema(schema, timezone="UTC")

    def batches(source: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        reduce_gc_frequency()
        first = next(source, None)
        if first is not None:
            answer = rule(chain([first], source)).select(arrow_schema.names)
            yield from (batch.cast(arrow_schema) for batch in answer.to_batches(max_chunksize=OUTPUT_BATCH_ROWS))

    return frame.mapInArrow(batches, schema)
