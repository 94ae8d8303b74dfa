"""Read and write the tables of a warehouse with Spark: no other module of the project does."""

import json
import shutil
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import Any

from deltalake import DeltaTable
from pyspark.sql import DataFrame, SparkSession
from pyspark.sql import functions as F
from pyspark.sql.pandas.types import to_arrow_schema
from pyspark.sql.types import BooleanType, StructField, StructType

from hublake.lake.delta.builds import BuildHistory, BuildLog
from hublake.lake.delta.damage import missing, report_damage
from hublake.lake.delta.staged_files import log_files
from hublake.lake.delta.tables import file_paths, open_table, row_count, rows_identity
from hublake.lake.errors import DamagedTable, SchemaMismatch
from hublake.lake.paths import Location, is_local
from hublake.lake.schema import Table
from hublake.spark_jobs.dataframes.spark_schema import spark_schema
from hublake.spark_jobs.job import IS_DELETED

# Up to this many files are passed to Spark by name. Looking up the size of each is then faster than Delta's first read of a log, which runs
# queries.
FEW_FILES = 300


@dataclass(frozen=True)
class Warehouse:
    """Delta tables below one address, a folder or an object store; `storage` holds the options of delta-rs for it."""

    spark: SparkSession
    address: str
    storage: Mapping[str, str] = field(default_factory=dict)

    @property
    def location(self) -> Location:
        """Address and storage options, as lake.delta takes them."""
        return Location(self.address, self.storage)

    @cached_property
    def build_log(self) -> BuildLog:
        """The build log; it is read again only after it has changed."""
        return BuildLog(self.location)

    @cached_property
    def reads_in_one_task(self) -> bool:
        """Whether tables are so small that each is read as one task: then Spark needs no shuffle to join them."""
        return self.spark.conf.get("spark.hublake.readInOneTask", "false") == "true"

    def build_history(self) -> BuildHistory:
        """Return the current contents of the build log."""
        return self.build_log.history()

    def executors(self) -> frozenset[str]:
        """The addresses of the session's executors. An executor that is lost and restarted has another address."""
        found = self.spark.sparkContext._jsc.sc().statusTracker().getExecutorInfos()
        return frozenset(f"{executor.host()}:{executor.port()}" for executor in found)

    def has_table(self, table: Table) -> bool:
        """Whether a Delta table exists, damaged or not. Reads its log with delta-rs: Spark would run a query each time."""
        try:
            return open_table(self.location, table) is not None
        except DamagedTable:
            return True

    def read(self, table: Table) -> DataFrame:
        """All published rows with every declared column, which is null in files that are older than the column.

        Raises MissingTable if there is no Delta table, DamagedTable if it cannot be read.
        """
        version = self._published_version(table)
        reader = self.spark.read.format("delta")
        with report_damage(self.address, table):
            # Not for snapshots of silver and gold: their files are in a folder per build, which Spark would read as a partition.
            is_listed = table.layer == "bronze" or not table.partitioned_by
            if is_listed and len(self._open(table.path(self.address), version).file_uris()) <= FEW_FILES:
                rows = self._read_files(table.path(self.address), spark_schema(table), version)
                for name in table.partitioned_by:  # Spark infers these columns from the folders, without their comments
                    rows = rows.withMetadata(name, {"comment": table.by_name[name].comment})
                return rows
            found = (reader if version is None else reader.option("versionAsOf", version)).load(table.path(self.address))
        absent = [f for f in spark_schema(table) if f.name not in found.columns]
        return found.select("*", *[F.lit(None).cast(f.dataType).alias(f.name) for f in absent])

    def _published_version(self, table: Table) -> int | None:
        """The version that readers see; None for the latest. Raises MissingTable if there is no table."""
        self._require(table)
        return self.build_history().versions.get(table.full_name)

    def _require(self, table: Table) -> None:
        if open_table(self.location, table) is None:
            raise missing(table, self.address)

    def read_small_table(self, table: Table, *columns: str) -> list[dict[str, Any]]:
        """These columns of the latest version of a small table, read without Spark; null in files that are older than a column.

        Raises MissingTable like `read`.
        """
        self._require(table)
        with report_damage(self.address, table):
            found = self._open(table.path(self.address), None)
            present = {field.name for field in found.schema().fields}
            rows = found.to_pyarrow_table(columns=[name for name in columns if name in present]).to_pylist()
        return [dict.fromkeys(columns) | row for row in rows]

    def logged_row_count(self, table: Table, folder: str = "") -> int | None:
        """Rows of a table's latest version, or of a staged folder below it, from the Delta log alone; None if the log lacks the count."""
        return row_count(self._open(f"{table.path(self.address)}/{folder}".rstrip("/"), None))

    def read_snapshot(self, table: Table, snapshot: date) -> DataFrame:
        """The published rows of one snapshot, without snapshot_date, by which the table is partitioned. Raises MissingTable like `read`."""
        version = self._published_version(table)
        with report_damage(self.address, table):
            rows = self._read_files(table.path(self.address), spark_schema(table), version, snapshot)
        return rows.drop("snapshot_date")

    def read_as_of(self, table: Table, day: date | None) -> DataFrame:
        """A table as it was known on a day (None: the newest): its last snapshot up to the day, or all bronze rows up to it."""
        rows = self.read(table)
        if table.is_history:
            return rows if day is None else history_as_of(rows, day)
        if table.layer == "bronze" and day is not None:
            return rows.where(F.col("snapshot_date") <= day)
        newest = rows.where(F.col("snapshot_date") <= day) if day else rows
        last = newest.agg(F.max("snapshot_date")).collect()[0][0]
        return rows.where(F.col("snapshot_date") == last) if last else newest

    def rows_identity(self, table: Table) -> str:
        """A text that is another after each commit that changes a table's rows, and for a new table in its place."""
        with report_damage(self.address, table):
            return rows_identity(self._open(table.path(self.address), None))

    def write_staged(self, frame: DataFrame, table: Table, folder: str) -> DataFrame:
        """Write rows into a folder below their table, where no reader sees them until they are published. Returns them, read back.

        If the path of the folder contains `column=value`, all rows have that value: the frame must not have the column, and nothing is
        sorted by it. VACUUM removes folders that are never published. Raises SchemaMismatch if the frame's columns are not the declared
        ones, or if a declared column has another type in the warehouse.
        """
        self._check_column_types(table)
        path = f"{table.path(self.address)}/{folder}"
        is_merge = IS_DELETED in frame.columns  # the changes of a history
        rows = (
            frame.select(*table.column_names, IS_DELETED)
            if is_merge
            else select_declared_columns(frame, table, without=partition_values(folder))
        )
        if is_local(self.address):
            # Delta's own writer takes twice the CPU of a small table: it plans statistics, and reads its log before and after it commits.
            shutil.rmtree(path, ignore_errors=True)  # an earlier attempt that lost a worker may have left files
            rows.write.parquet(path)
            log_files(Path(path), to_arrow_schema(rows.schema, timezone="UTC"))
        else:
            # Delta's writer renames no files, which an object store would copy. An earlier attempt may have left files, which "overwrite"
            # replaces; "append" is faster, because Delta does not look for files. Rows are unsorted: bounds of values are not collected.
            mode = "append" if open_table(self.location, table, folder=folder) is None else "overwrite"
            rows.write.format("delta").option("delta.dataSkippingNumIndexedCols", "0").mode(mode).save(path)
        extra = [StructField(IS_DELETED, BooleanType())] if is_merge else []
        base = "/".join([table.path(self.address), *[part for part in folder.split("/") if "=" not in part]])
        return self._read_files(path, StructType([*spark_schema(table).fields, *extra]), base=base)

    def empty_frame(self, table: Table) -> DataFrame:
        """A frame without rows. Spark knows that it is empty before it runs, and optimizes away what depends on it."""
        return self._empty(spark_schema(table))

    def _empty(self, schema: StructType) -> DataFrame:
        return self.spark.createDataFrame([], schema).limit(0)

    def _read_files(
        self, path: str, schema: StructType, version: int | None = None, snapshot: date | None = None, base: str | None = None
    ) -> DataFrame:
        """Read the Parquet files that a Delta log lists, of one snapshot if given: Spark's Delta reader would query the log each time."""
        files = file_paths(self._open(path, version), self.location, snapshot)
        if not files:
            return self._empty(schema)
        rows = self.spark.read.schema(schema).option("basePath", base or path).parquet(*files).select(*schema.names)
        return rows.coalesce(1) if self.reads_in_one_task else rows

    def _open(self, path: str, version: int | None) -> DeltaTable:
        return DeltaTable(path, version=version, storage_options=dict(self.storage))

    def _check_column_types(self, table: Table) -> None:
        if not self.has_table(table):
            return
        stored = {f.name: f.dataType for f in self.spark.read.format("delta").load(table.path(self.address)).schema}
        for declared in spark_schema(table):
            if declared.name in stored and stored[declared.name] != declared.dataType:
                raise SchemaMismatch(
                    f"{table.full_name}.{declared.name} is {stored[declared.name].simpleString()} in the warehouse and"
                    f" {declared.dataType.simpleString()} in lake/schema/. A column keeps its type: declare a column of another name, or"
                    f" move the folder {table.path(self.address)} away and rebuild every snapshot: hublake build {table.name} --as-of DATE"
                )

    def overwrite(self, frame: DataFrame, table: Table, where: dict[str, Any], commit: dict[str, Any]) -> None:
        """Replace the rows of one table that `where` selects (column -> value) by `frame`, in one Delta commit with the metadata `commit`.

        For tables that builds do not publish, such as bronze: readers see their latest version. Raises SchemaMismatch, and writes
        nothing, if the frame's columns are not the declared ones.
        """
        condition = " AND ".join(f"{column} = '{value}'" for column, value in where.items())
        writer = (
            select_declared_columns(frame, table)
            .to(spark_schema(table))  # which adds the comments
            .write.format("delta")
            .mode("overwrite")
            .option("replaceWhere", condition)
            .option("userMetadata", json.dumps(commit, sort_keys=True, default=str))
        )
        writer.partitionBy(*table.partitioned_by).save(table.path(self.address))


def history_as_of(history: DataFrame, day: date) -> DataFrame:
    """The validity periods as known on a day: periods that began later are left out, and valid_to is null if it is later."""
    ends_later = F.col("valid_to") > F.lit(day)
    is_open = F.col("valid_to").isNull() | ends_later
    return (
        history.where(F.col("valid_from") <= F.lit(day))
        .withColumn("is_current", is_open & ~F.col("is_removed"))
        .withColumn("valid_to", F.when(~ends_later, F.col("valid_to")))
    )


def partition_values(folder: str) -> dict[str, str]:
    """Partition column -> value, from the path of a folder.

    >>> partition_values("staged/3f/snapshot_date=2026-01-02/table_name=silver.models")
    {'snapshot_date': '2026-01-02', 'table_name': 'silver.models'}
    """
    return dict(part.split("=", 1) for part in folder.split("/") if "=" in part)


def select_declared_columns(frame: DataFrame, table: Table, without: Collection[str] = ()) -> DataFrame:
    """The declared columns in order, with their types. Raises SchemaMismatch if a column is missing or not declared."""
    declared = [name for name in table.column_names if name not in without]
    missing = [name for name in declared if name not in frame.columns]
    undeclared = [name for name in frame.columns if name not in declared]
    if missing or undeclared:
        raise SchemaMismatch(
            f"{table.full_name}: the frame lacks {missing or 'no column'} and has {undeclared or 'no column'} that is not declared. "
            f"Change the job, or the declaration in lake/schema/{table.layer}"
        )
    # As SQL, since each call of a column function is a round trip to the JVM.
    types = [(field.name, field.dataType.simpleString()) for field in spark_schema(table, without=tuple(without))]
    return frame.selectExpr(*[f"CAST(`{name}` AS {type_name}) AS `{name}`" for name, type_name in types])
