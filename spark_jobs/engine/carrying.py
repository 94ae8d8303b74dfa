"""Carry over the rows of the last snapshot whose input rows are equal, so that a job computes only the others (CarryOver)."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import reduce

import pyarrow as pa
from pyspark.sql import DataFrame, Observation, SparkSession
from pyspark.sql import functions as F

from hublake.lake.schema import Table
from hublake.lake.schema.operations import QUARANTINE
from hublake.spark_jobs.dataframes.digests import row_digest
from hublake.spark_jobs.engine.discovery import all_jobs
from hublake.spark_jobs.engine.planning import Planner
from hublake.spark_jobs.engine.staging import StagingArea
from hublake.spark_jobs.engine.warehouse import Warehouse
from hublake.spark_jobs.job import Facet, Job, SharedPass

# If a larger share of the rows may differ, all are computed. The values that may differ are broadcast: some 100 bytes each, several times.
MAX_CHANGED_SHARE = 0.1
FEW_CHANGED = 1_000
RECORD_SUFFIX = 13  # of silver.quarantine.record_id: a blank and the digest that follow the key


def may_carry(base_rows: int, changed: int) -> bool:
    """Whether it is worthwhile to compute only the changed rows of a table with `base_rows` rows.

    >>> may_carry(3_000_000, 30_000), may_carry(3_000_000, 900_000), may_carry(100, 90)
    (True, False, True)
    """
    return changed <= max(FEW_CHANGED, MAX_CHANGED_SHARE * base_rows)


@dataclass(frozen=True)
class Changed:
    """The values of `column` whose rows may differ between the snapshot `base` and a later one. The rows of all others are equal."""

    base: date
    column: str
    values: pa.Array

    def frame(self, spark: SparkSession) -> DataFrame:
        """The values as the only column of a frame."""
        if not len(self.values):
            return spark.createDataFrame([], f"{self.column} string")
        return spark.createDataFrame(pa.table({self.column: self.values}))

    def only(self, rows: DataFrame) -> DataFrame:
        return rows.join(F.broadcast(self.frame(rows.sparkSession)), self.column, how="left_semi")

    def without(self, rows: DataFrame) -> DataFrame:
        return rows.join(F.broadcast(self.frame(rows.sparkSession)), self.column, how="left_anti")


@dataclass(frozen=True)
class CarriedRows:
    """Rows of a table that are carried over; their number is known once they have been written."""

    rows: DataFrame
    counts: Observation

    @property
    def count(self) -> int:
        return int(self.counts.get["carried"])


@dataclass
class Carrying:
    """What one build carries over. Threads may share it.

    `staged`: the values that may differ, for each table that the build has staged. `compared`: those of each input, by column; None if
    there are too many.
    """

    warehouse: Warehouse
    planner: Planner
    staging: StagingArea
    min_rows: int
    staged: dict[tuple[str, date], Changed] = field(default_factory=dict)
    compared: dict[tuple[str, date, date, str], Changed | None] = field(default_factory=dict)

    def changed(self, job: Job, day: date, frames: Sequence[DataFrame]) -> Changed | None:
        """The values of `per` whose rows have to be computed; None if all have to be. `frames` are those of `reads`."""
        base = self.planner.carry_base(job, day) if job.carries else None
        if job.carries is None or base is None or self._rows(job, base) < self.min_rows:
            return None
        per, rows = job.carries.per, self._rows(job, base)
        own = self._quarantined(job.writes, base, per)
        found: list[Changed | None] = []
        if job.carries.changed:
            own.append(job.carries.changed(*frames, before=self.warehouse.read_snapshot(job.writes, base)))
        elif job.carries.compares:
            before = [self.warehouse.read_snapshot(table, base) for table in job.reads]
            own.append(_differing(job.carries.compares(*before), job.carries.compares(*frames), per))
        elif not job.carries.revises and not all(self._is_unchanged(table, base, day) for table in job.reads if per not in table.by_name):
            return None
        if own:
            found.append(self._collected(own, base, per, rows))
        if not job.carries.changed:
            found += [self._changed_input(table, base, day, per) for table in job.reads if per in table.by_name]
        return unite(found, base, per, rows)

    def changed_in_pass(self, facets: Sequence[Facet], day: date, frames: Sequence[DataFrame]) -> Changed | None:
        """The same for all facets of a pass at once: an item is parsed for all of them or for none."""
        shared_pass = facets[0].shared_pass
        main = main_job(shared_pass)
        jobs = [main, *(all_jobs()[facet.table.full_name] for facet in facets)]
        bases = {self.planner.carry_base(job, day) for job in jobs}
        base = bases.pop() if len(bases) == 1 else None
        # The absence of an item from a table means something only if the table was computed from the same items as the main one.
        if base is None or self._rows(main, base) < self.min_rows or len({self.planner.inputs_at(job, base) for job in jobs}) > 1:
            return None
        quarantined = [rows for job in jobs for rows in self._quarantined(job.writes, base, shared_pass.per)]
        changed = shared_pass.changed(frames, self.warehouse.read_snapshot(main.writes, base))
        return self._collected([changed, *quarantined], base, shared_pass.per, self._rows(main, base))

    def carried(self, table: Table, day: date, changed: Changed) -> CarriedRows:
        """The rows of the base that stay. Tables computed from this one need not be compared: `changed` is remembered for them."""
        self.staged[table.full_name, day] = changed
        counts = Observation()
        rows = changed.without(self.warehouse.read_snapshot(table, changed.base))
        return CarriedRows(rows.observe(counts, F.count(F.lit(1)).alias("carried")), counts)

    def _rows(self, job: Job, base: date) -> int:
        """The number of rows of the base or of its largest input, whichever is larger: what a job has to read."""
        inputs = [table.full_name for table in job.reads if table.layer != "bronze"]
        return max(self._published_rows(name, base) for name in (job.name, *inputs))

    def _published_rows(self, name: str, base: date) -> int:
        return int(self.planner.history.published(name, base).get("row_count", 0))

    def _changed_input(self, table: Table, base: date, day: date, column: str) -> Changed | None:
        """The values of a column whose rows in an input differ between two snapshots, or which only one of the two has."""
        key = (table.full_name, base, day, column)
        if key not in self.compared:
            self.compared[key] = self._compare(table, base, day, column)
        return self.compared[key]

    def _compare(self, table: Table, base: date, day: date, column: str) -> Changed | None:
        known = self.staged.get((table.full_name, day))
        before, now = self.warehouse.read_snapshot(table, base), self.staging.read_snapshot(table, day)
        if known is None or known.base != base:
            differing = [_differing(before, now, column)]
        elif known.column == column:
            return known
        else:
            differing = [known.only(rows).select(column) for rows in (before, now)]
        return self._collected(differing, base, column, self._published_rows(table.full_name, base))

    def _is_unchanged(self, table: Table, base: date, day: date) -> bool:
        key = next(name for name in table.key if name != "snapshot_date")
        found = self._changed_input(table, base, day, key)
        return found is not None and not len(found.values)

    def _quarantined(self, table: Table, base: date, column: str) -> list[DataFrame]:
        """The values with a record in quarantine, which have no row in the table: they are always computed. No frame without records."""
        if not self.planner.history.published(table.full_name, base)["set_aside"]:
            return []
        records = self.warehouse.read(QUARANTINE).where((F.col("snapshot_date") == F.lit(base)) & (F.col("table_name") == table.full_name))
        key = F.expr(f"substring(record_id, 1, length(record_id) - {RECORD_SUFFIX})")
        return [records.select(F.get_json_object(key, f"$.{column}").alias(column)).where(F.col(column).isNotNull())]

    def _collected(self, found: Iterable[DataFrame], base: date, column: str, base_rows: int) -> Changed | None:
        """The values, collected on the driver so that they survive the loss of an executor; None if they are too many."""
        limit = int(max(FEW_CHANGED, MAX_CHANGED_SHARE * base_rows)) + 1
        values = reduce(DataFrame.union, found).where(F.col(column).isNotNull()).distinct().limit(limit).toArrow()
        if not may_carry(base_rows, values.num_rows):
            return None
        return Changed(base, column, values[column].combine_chunks())


def unite(found: Sequence[Changed | None], base: date, column: str, base_rows: int) -> Changed | None:
    """All values together; None if one of the inputs has too many, or all together are too many."""
    known = [changed.values for changed in found if changed is not None]
    if len(known) < len(found):
        return None
    values = pa.chunked_array(known, pa.string()).unique()
    return Changed(base, column, values) if may_carry(base_rows, len(values)) else None


def with_carried(rows: DataFrame, carried: CarriedRows | None) -> DataFrame:
    """Computed rows and those that are carried over."""
    return rows if carried is None else rows.unionByName(carried.rows)


def main_job(shared_pass: SharedPass) -> Job:
    """The job of the main facet of a pass."""
    facets = {job.name: job.transform for job in all_jobs().values() if isinstance(job.transform, Facet)}
    return next(all_jobs()[name] for name, facet in facets.items() if facet.shared_pass == shared_pass and facet.is_main)


def _differing(before: DataFrame, now: DataFrame, column: str) -> DataFrame:
    """The values of a column in rows that only one of two frames has. Cost: one shuffle of values and digests."""

    def signed(frame: DataFrame, sign: int) -> DataFrame:
        return frame.select(column, row_digest(*sorted(frame.columns)).alias("digest"), F.lit(sign).alias("sign"))

    counted = signed(now, 1).union(signed(before, -1)).groupBy(column, "digest").agg(F.sum("sign").alias("surplus"))
    return counted.where("surplus <> 0").select(column)
