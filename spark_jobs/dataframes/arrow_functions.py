"""Apply plain Python functions to DataFrames, through Arrow batches."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import chain, repeat
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
from pyspark.sql import DataFrame
from pyspark.sql import functions as F
from pyspark.sql.pandas.types import to_arrow_schema
from pyspark.sql.types import StructType

from hublake.spark_jobs.dataframes.python_workers import reduce_gc_frequency
from hublake.spark_jobs.dataframes.unions import union_by_name

Record = dict[str, Any]
Row = tuple[Any, ...]

FRAME_NAME = "table"  # column of `map_tables`: the name of the frame that a row comes from
OUTPUT_BATCH_ROWS = 1 << 16  # rows of one batch that a single task returns to Spark


def map_records(frame: DataFrame, rule: Callable[[Record], Iterable[Record]], schema: StructType) -> DataFrame:
    """Pass every row as a dict to `rule`, which returns rows of `schema` as dicts; keys that it omits become null.

    Cost: one pass in Python workers. Arrow keeps whole numbers exact; pandas would turn them to floats in a column with nulls.
    """
    arrow_schema = to_arrow_schema(schema, timezone="UTC")

    def map_batches(batches: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        reduce_gc_frequency()
        for batch in batches:
            rows = [row for record in batch.to_pylist() for row in rule(record)]
            if rows:
                yield _batch_of(rows, arrow_schema)

    return frame.mapInArrow(map_batches, schema)


def map_values(frame: DataFrame, rule: Callable[..., Iterable[Row]], schema: StructType) -> DataFrame:
    """Pass the values of every row to `rule`, in the order of the columns; it returns rows as tuples in the order of `schema`.

    Cost: one pass in Python workers. Tuples take half the time of the dicts of `map_records`, which matters for rules of microseconds.
    """
    return map_columns(frame, lambda *columns: chain.from_iterable(map(rule, *columns)), schema)


def map_columns(frame: DataFrame, rule: Callable[..., Iterable[Row]], schema: StructType) -> DataFrame:
    """As `map_values`, for rules that are faster on many rows at once: pass lists of the values of each column of a batch."""
    arrow_schema = to_arrow_schema(schema, timezone="UTC")

    def map_batches(batches: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        reduce_gc_frequency()
        for batch in batches:
            rows = list(rule(*[column.to_pylist() for column in batch.columns]))
            if rows:
                columns = [pa.array(column, field.type) for column, field in zip(zip(*rows, strict=True), arrow_schema, strict=True)]
                yield pa.RecordBatch.from_arrays(columns, schema=arrow_schema)

    return frame.mapInArrow(map_batches, schema)


def _batch_of(rows: Sequence[Record], schema: pa.Schema) -> pa.RecordBatch:
    """Rows as a batch. RecordBatch.from_pylist infers the type of each column before it converts it, which takes two thirds of its time."""
    columns = [pa.array(list(map(dict.get, rows, repeat(field.name))), field.type) for field in schema]
    return pa.RecordBatch.from_arrays(columns, schema=schema)


def map_batches(frame: DataFrame, rule: Callable[[pa.RecordBatch], pa.RecordBatch], schema: StructType) -> DataFrame:
    """Pass every Arrow batch to `rule`, which returns one with the columns of `schema`, for rules that fill columns rather than rows.

    Cost: one pass in Python workers, without a dict per row.
    """
    arrow_schema = to_arrow_schema(schema, timezone="UTC")

    def map_all(batches: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        reduce_gc_frequency()
        for batch in batches:
            yield rule(batch).select(arrow_schema.names).cast(arrow_schema)

    return frame.mapInArrow(map_all, schema)


def map_table(frame: DataFrame, rule: Callable[[pa.Table], pa.Table], schema: StructType) -> DataFrame:
    """Pass all rows as one Arrow table to `rule`, which returns a table with the columns of `schema`, in any order.

    For algorithms that need the whole graph and fit one task. `rule` is not called if the frame has no row. Cost: one task, whose memory
    contains both tables. The same task also computes whatever precedes it, up to the last shuffle: if that reduces many rows to few, call
    `repartition(1)` on the frame first.
    """
    return _map_in_one_task(frame.coalesce(1), lambda batches: rule(pa.Table.from_batches(batches)), schema)


def map_tables(frames: Mapping[str, DataFrame], rule: Callable[..., pa.Table], schema: StructType) -> DataFrame:
    """Pass all rows of each frame as one Arrow table to `rule`, by the keyword of that name; `rule` returns what `map_table` expects.

    For algorithms that need several tables and fit one task. `rule` is not called if no frame has a row. Cost: one shuffle of all rows to
    one task, whose memory contains the tables and the result.
    """
    schemas = {name: _nullable(to_arrow_schema(frame.schema, timezone="UTC")) for name, frame in frames.items()}
    # Each frame has columns of its own, which are null in the rows of the other frames. One struct column for each frame would make rows
    # half as wide, but Spark inspects all fields of a struct before each row that it sends to Python.
    widened = [
        frame.select(F.lit(name).alias(FRAME_NAME), *[F.col(column).alias(f"{name}:{column}") for column in frame.columns])
        for name, frame in frames.items()
    ]

    def on_tables(batches: Iterable[pa.RecordBatch]) -> pa.Table:
        parts: dict[str, list[pa.RecordBatch]] = {name: [] for name in schemas}
        for batch in batches:
            for name in batch[FRAME_NAME].unique().to_pylist():
                own = batch.select([f"{name}:{column}" for column in schemas[name].names]).rename_columns(schemas[name].names)
                # Where Spark drops the union with an empty frame, a column keeps the promise of no nulls, and its schema differs.
                parts[name].append(own.filter(pc.equal(batch[FRAME_NAME], name)).cast(schemas[name]))
        return rule(**{name: pa.Table.from_batches(parts.pop(name), schema) for name, schema in schemas.items()})

    rows = union_by_name(widened, may_lack_columns=True)
    return _map_in_one_task(rows.repartition(1), on_tables, schema)


def _nullable(schema: pa.Schema) -> pa.Schema:
    """The schema without the promise that a column has no nulls: in the rows of the other frames it has."""
    return pa.schema([field.with_nullable(True) for field in schema])


def _map_in_one_task(frame: DataFrame, rule: Callable[[Iterable[pa.RecordBatch]], pa.Table], schema: StructType) -> DataFrame:
    """Pass the batches of a frame with one partition to `rule`, unless there are none."""
    arrow_schema = to_arrow_schema(schema, timezone="UTC")

    def map_batches(batches: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        reduce_gc_frequency()
        first = next(batches, None)
        if first is not None:
            result = rule(chain([first], batches)).select(arrow_schema.names)
            yield from (batch.cast(arrow_schema) for batch in result.to_batches(max_chunksize=OUTPUT_BATCH_ROWS))

    return frame.mapInArrow(map_batches, schema)
