"""The one door to the warehouse on the Spark side: no other line of the project reads or writes a table."""

import json
from dataclasses import dataclass
from datetime import date
from typing import Any

from delta.tables import DeltaTable
from pyspark.errors import AnalysisException, PySparkException
from pyspark.sql import DataFrame, SparkSession
from pyspark.sql import functions as F

from lake.errors import MissingTable, SchemaMismatch
from lake.tables import Table
from spark_jobs.schema import spark_schema


@dataclass(frozen=True)
class Warehouse:
    """Delta tables below one address, a folder or an object store."""

    spark: SparkSession
    address: str

    def executors(self) -> frozenset[str]:
        """Where the session's executors run, one name each; one that is lost and comes back has another name."""
        found = self.spark.sparkContext._jsc.sc().statusTracker().getExecutorInfos()
        return frozenset(f"{executor.host()}:{executor.port()}" for executor in found)

    def holds(self, table: Table) -> bool:
        return DeltaTable.isDeltaTable(self.spark, table.path(self.address))

    def read(self, table: Table) -> DataFrame:
        """All rows of the last version. Raises MissingTable where there is no Delta table, or one that is broken."""
        if not self.holds(table):
            raise MissingTable(
                f"{table.full_name} is not in the warehouse {self.address}. "
                f"{'Fill it: hublake crawl' if table.layer == 'bronze' else 'Make it: hublake build'} (--warehouse names another one)"
            )
        try:
            return self.spark.read.format("delta").load(table.path(self.address))
        except (AnalysisException, PySparkException) as error:
            raise broken(table, error) from error

    def read_snapshot(self, table: Table, snapshot: date) -> DataFrame:
        """The rows of one snapshot, without snapshot_date."""
        return self.read(table).where(F.col("snapshot_date") == snapshot).drop("snapshot_date")

    def version(self, table: Table) -> int:
        """The version of the last commit."""
        return int(self._history(table)[0]["version"])

    def last_commit(self, table: Table, snapshot: date) -> dict[str, Any]:
        """What `publish` wrote beside the rows of this snapshot the last time; empty where it never did."""
        if not self.holds(table):
            return {}
        commits = (json.loads(row["userMetadata"] or "{}") for row in self._history(table))
        return next((commit for commit in commits if commit.get("snapshot_date") == str(snapshot)), {})

    def _history(self, table: Table) -> list[Any]:
        try:
            return DeltaTable.forPath(self.spark, table.path(self.address)).history().select("version", "userMetadata").collect()
        except PySparkException as error:
            raise broken(table, error) from error

    def publish(self, frame: DataFrame, table: Table, where: dict[str, Any], commit: dict[str, Any]) -> None:
        """Replace the rows that `where` names (column -> value) by `frame`, in one Delta commit that carries `commit`.

        Raises SchemaMismatch where the frame's columns are not the declared ones; then nothing is written.
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


def conforming(frame: DataFrame, table: Table) -> DataFrame:
    """The declared columns, in order, with type and comment. Raises SchemaMismatch naming what is missing or too much."""
    missing = [name for name in table.column_names if name not in frame.columns]
    undeclared = [name for name in frame.columns if name not in table.column_names]
    if missing or undeclared:
        raise SchemaMismatch(
            f"{table.full_name}: the frame lacks {missing or 'nothing'} and has {undeclared or 'nothing'} beyond the declaration. "
            f"Change the job, or the declaration in lake/tables/{table.layer}.py"
        )
    fields = spark_schema(table).fields
    return frame.select([F.col(f.name).cast(f.dataType).alias(f.name, metadata=f.metadata) for f in fields])


def broken(table: Table, error: Exception) -> MissingTable:
    """The message for a table whose log or files cannot be read."""
    first_line = str(error).strip().split("\n")[0][:300]
    return MissingTable(
        f"{table.full_name} cannot be read: its Delta log or files are damaged or half written. Seen: {first_line}. "
        f"Restore an earlier version (RESTORE TABLE), or move the folder away and make the table again"
    )
