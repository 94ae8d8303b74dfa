"""The one door to the warehouse on the Spark side: no other line of the project reads or writes a table."""

import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from typing import Any

from deltalake import DeltaTable
from deltalake.exceptions import DeltaError
from pyspark.errors import AnalysisException, PySparkException
from pyspark.sql import DataFrame, SparkSession
from pyspark.sql import functions as F
from pyspark.sql.types import BooleanType, StructField, StructType

from hublake.lake.delta.builds import BuildHistory, BuildLog
from hublake.lake.delta.tables import open_table, row_count
from hublake.lake.errors import MissingTable, SchemaMismatch
from hublake.lake.paths import Location
from hublake.lake.schema import Table
from hublake.spark_jobs.dataframes.spark_schema import spark_schema
from hublake.spark_jobs.job import IS_DELETED

# Spark asks for the size of each file it is given by name: of so many that takes less time than Delta's first look at a log by queries.
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

    def build_history(self) -> BuildHistory:
        """Return the current contents of the build log."""
        return self.build_log.history()

    def executors(self) -> frozenset[str]:
        """Where the session's executors run, one name each; one that is lost and comes back has another name."""
        found = self.spark.sparkContext._jsc.sc().statusTracker().getExecutorInfos()
        return frozenset(f"{executor.host()}:{executor.port()}" for executor in found)

    def has_table(self, table: Table) -> bool:
        """Whether there is a Delta table, be it a broken one, told by its log alone: Spark would start a query for each question."""
        try:
            return open_table(self.location, table) is not None
        except DeltaError:
            return True

    def read(self, table: Table) -> DataFrame:
        """All rows that readers see, with every declared column: null where the files are older than the column.

        Raises MissingTable where there is no Delta table, or one that is broken.
        """
        version = self._version_to_read(table)
        reader = self.spark.read.format("delta")
        try:
            # Files that builds have published lie in a folder for each build, which Spark takes for a partition.
            if table.layer == "bronze" and len(self._opened(table.path(self.address), version).file_uris()) <= FEW_FILES:
                rows = self._files_of(table.path(self.address), spark_schema(table), version)
                for name in table.partitioned_by:  # which Spark reads off the folders, and knows no comment for
                    rows = rows.withMetadata(name, {"comment": table.by_name[name].comment})
                return rows
            found = (reader if version is None else reader.option("versionAsOf", version)).load(table.path(self.address))
        except (AnalysisException, PySparkException, DeltaError) as error:
            raise broken(table, error) from error
        missing = [f for f in spark_schema(table) if f.name not in found.columns]
        return found.select("*", *[F.lit(None).cast(f.dataType).alias(f.name) for f in missing])

    def _version_to_read(self, table: Table) -> int | None:
        """The version that readers see; None for the last. Raises MissingTable where there is no table."""
        self._require(table)
        return self.build_history().versions.get(table.full_name)

    def _require(self, table: Table) -> None:
        if not self.has_table(table):
            raise MissingTable(
                f"{table.full_name} is not in the warehouse {self.address}. "
                f"{'Fill it: hublake crawl' if table.layer == 'bronze' else 'Make it: hublake build'} (--warehouse names another one)"
            )

    def read_small_table(self, table: Table, *columns: str) -> list[dict[str, Any]]:
        """These columns of a small table, of its last version, without Spark; null where the files are older than a column.

        Raises MissingTable like `read`.
        """
        self._require(table)
        try:
            found = self._opened(table.path(self.address), None)
            present = {field.name for field in found.schema().fields}
            rows = found.to_pyarrow_table(columns=[name for name in columns if name in present]).to_pylist()
        except (DeltaError, OSError) as error:
            raise broken(table, error) from error
        return [dict.fromkeys(columns) | row for row in rows]

    def logged_row_count(self, table: Table, folder: str = "") -> int | None:
        """Rows of the last version of a table, or of what is staged in a folder below it, by the log alone; None where it does not say."""
        return row_count(self._opened(f"{table.path(self.address)}/{folder}".rstrip("/"), None))

    def read_snapshot(self, table: Table, snapshot: date) -> DataFrame:
        """The rows of one snapshot of a table that is partitioned by it, without snapshot_date. Raises MissingTable like `read`."""
        version = self._version_to_read(table)
        try:
            of_day = self._files_of(table.path(self.address), spark_schema(table), version, snapshot)
        except DeltaError as error:
            raise broken(table, error) from error
        return of_day.drop("snapshot_date")

    def read_as_of(self, table: Table, day: date | None) -> DataFrame:
        """What was known on a day (the newest where None): one snapshot of a table that has them, else all rows up to it."""
        rows = self.read(table)
        if table.is_history:
            return rows if day is None else history_as_of(rows, day)
        if table.layer == "bronze" and day is not None:
            return rows.where(F.col("snapshot_date") <= day)
        newest = rows.where(F.col("snapshot_date") <= day) if day else rows
        last = newest.agg(F.max("snapshot_date")).collect()[0][0]
        return rows.where(F.col("snapshot_date") == last) if last else newest

    def latest_version(self, table: Table) -> int:
        """The version of the last commit."""
        try:
            return self._opened(table.path(self.address), None).version()
        except DeltaError as error:
            raise broken(table, error) from error

    def stage(self, frame: DataFrame, table: Table, folder: str) -> DataFrame:
        """Write rows below their table, where no reader sees them until they are published; answers them, read back.

        `folder` names the place and, as `column=value`, the partition that all rows are of: the frame lacks these columns, and
        nothing has to be sorted by them. VACUUM removes what is never published. Raises SchemaMismatch where the frame's columns
        are not the declared ones, or the warehouse holds one of another type.
        """
        self._refuse_changed_types(table)
        path = f"{table.path(self.address)}/{folder}"
        is_merge = IS_DELETED in frame.columns  # merged changes are read once
        rows = frame.select(*table.column_names, IS_DELETED) if is_merge else conforming(frame, table, without=partition_of(folder))
        # What a lost worker left is replaced; where nothing was left, Delta need not ask by queries what that is. Bounds of values in a
        # file would tell readers little, as rows come in no order.
        mode = "append" if open_table(self.location, table, folder=folder) is None else "overwrite"
        rows.write.format("delta").option("delta.dataSkippingNumIndexedCols", "0").mode(mode).save(path)
        extra = [StructField(IS_DELETED, BooleanType())] if is_merge else []
        base = "/".join([table.path(self.address), *[part for part in folder.split("/") if "=" not in part]])
        return self._files_of(path, StructType([*spark_schema(table).fields, *extra]), base=base)

    def empty_frame(self, table: Table) -> DataFrame:
        """No rows of a table; Spark knows of them without looking, and leaves out what would be done with them."""
        return self._none(spark_schema(table))

    def _none(self, schema: StructType) -> DataFrame:
        return self.spark.createDataFrame([], schema).limit(0)

    def _files_of(
        self, path: str, schema: StructType, version: int | None = None, snapshot: date | None = None, base: str | None = None
    ) -> DataFrame:
        """A table as the plain files that its log names, of one snapshot if told: Spark's Delta would ask the log by queries, each time."""
        files = self._opened(path, version).file_uris(file_pruning_predicate=[("snapshot_date", "=", str(snapshot))] if snapshot else None)
        if not files:
            return self._none(schema)
        return self.spark.read.schema(schema).option("basePath", base or path).parquet(*files).select(*schema.names)

    def _opened(self, path: str, version: int | None) -> DeltaTable:
        return DeltaTable(path, version=version, storage_options=dict(self.storage))

    def _refuse_changed_types(self, table: Table) -> None:
        if not self.has_table(table):
            return
        stored = {f.name: f.dataType for f in self.spark.read.format("delta").load(table.path(self.address)).schema}
        for declared in spark_schema(table):
            if declared.name in stored and stored[declared.name] != declared.dataType:
                raise SchemaMismatch(
                    f"{table.full_name}.{declared.name} is {stored[declared.name].simpleString()} in the warehouse and"
                    f" {declared.dataType.simpleString()} in lake/schema/. A column keeps its type: declare a new name beside it, or move"
                    f" the folder {table.path(self.address)} away and make every snapshot again: hublake build {table.name} --as-of DATE"
                )

    def overwrite(self, frame: DataFrame, table: Table, where: dict[str, Any], commit: dict[str, Any]) -> None:
        """Replace the rows of one table that `where` names (column -> value) by `frame`, in one Delta commit that carries `commit`.

        For tables outside of builds, such as bronze: readers see them at their last version. Raises SchemaMismatch where the
        frame's columns are not the declared ones; then nothing is written.
        """
        condition = " AND ".join(f"{column} = '{value}'" for column, value in where.items())
        writer = (
            conforming(frame, table)
            .write.format("delta")
            .mode("overwrite")
            .option("replaceWhere", condition)
            .option("userMetadata", json.dumps(commit, sort_keys=True, default=str))
        )
        writer.partitionBy(*table.partitioned_by).save(table.path(self.address))


def history_as_of(history: DataFrame, day: date) -> DataFrame:
    """The validities as a crawl of that day left them: what began later is not there, what ended later is still open."""
    ends_later = F.col("valid_to") > F.lit(day)
    is_open = F.col("valid_to").isNull() | ends_later
    return (
        history.where(F.col("valid_from") <= F.lit(day))
        .withColumn("is_current", is_open & ~F.col("is_removed"))
        .withColumn("valid_to", F.when(~ends_later, F.col("valid_to")))
    )


def partition_of(folder: str) -> dict[str, str]:
    """Partition column -> value, as the path of a folder says them.

    >>> partition_of("staged/3f/snapshot_date=2026-01-02/table_name=silver.models")
    {'snapshot_date': '2026-01-02', 'table_name': 'silver.models'}
    """
    return dict(part.split("=", 1) for part in folder.split("/") if "=" in part)


def conforming(frame: DataFrame, table: Table, without: Collection[str] = ()) -> DataFrame:
    """The declared columns, in order, with type and comment. Raises SchemaMismatch naming what is missing or too much."""
    declared = [name for name in table.column_names if name not in without]
    missing = [name for name in declared if name not in frame.columns]
    undeclared = [name for name in frame.columns if name not in declared]
    if missing or undeclared:
        raise SchemaMismatch(
            f"{table.full_name}: the frame lacks {missing or 'nothing'} and has {undeclared or 'nothing'} beyond the declaration. "
            f"Change the job, or the declaration in lake/schema/{table.layer}.py"
        )
    fields = spark_schema(table, without=tuple(without)).fields
    return frame.select([F.col(f.name).cast(f.dataType).alias(f.name, metadata=f.metadata) for f in fields])


def broken(table: Table, error: Exception) -> MissingTable:
    """The message for a table whose log or files cannot be read."""
    first_line = str(error).strip().split("\n")[0][:300]
    return MissingTable(
        f"{table.full_name} cannot be read: its Delta log or files are damaged or half written. Seen: {first_line}. "
        f"Restore an earlier version (RESTORE TABLE), or move the folder away and make the table again"
    )
