"""Rows that break a rule: counted while the others are written, kept with their reason, or too many to go on."""

from dataclasses import dataclass

from pyspark.sql import DataFrame, Observation
from pyspark.sql import functions as F

from hublake.lake.errors import GateClosed
from hublake.lake.schema import Table
from hublake.lake.settings import BuildSettings
from hublake.spark_jobs.dataframes.checkpoints import lazy_checkpoint
from hublake.spark_jobs.engine.row_constraints import quarantine_records, with_quarantine_reason
from hublake.spark_jobs.job import QUARANTINE_BODY, QUARANTINE_REASON


@dataclass(frozen=True)
class SplitRows:
    """A candidate in two parts: rows that may stay, and those with a reason, which are counted as `kept` is written."""

    table: Table
    candidate: DataFrame
    kept: DataFrame
    counted: Observation

    def set_aside(self, limits: BuildSettings) -> int:
        """How many rows have a reason. Waits until `kept` has been written.

        Raises GateClosed where their share is above build.max_quarantine_share: then a rule is wrong, or the crawl.
        """
        total, bad = (self.counted.get[name] for name in ("total", "bad"))
        if bad > max(limits.max_quarantine_share * total, limits.few_quarantined):
            raise GateClosed(
                f"{self.table.full_name}: {bad:,} of {total:,} rows break a rule, more than build.max_quarantine_share ="
                f" {limits.max_quarantine_share}. Nothing was published.{self._examples()}"
            )
        return int(bad)

    def records(self) -> DataFrame:
        """The rows with a reason, for silver.quarantine."""
        return quarantine_records(self.candidate, self.table)

    def _examples(self) -> str:
        rule = F.substring_index(QUARANTINE_REASON, ":", 1)
        counted = self.candidate.where(F.col(QUARANTINE_REASON).isNotNull()).groupBy(rule).agg(F.count("*"), F.min(QUARANTINE_REASON))
        return "".join(f"\n  {count:>9,}  {example}" for _, count, example in counted.collect())


def split_quarantined(rows: DataFrame, table: Table) -> SplitRows:
    """Part the rows that keep the rules of their table from those that break one, or that the transform itself set aside.

    Cost: rows of a transform that sets aside are held, as they are written in two parts. Of others none should break a rule; where
    some do, the transform is run again for them.
    """
    candidate = with_quarantine_reason(rows, table)
    if QUARANTINE_REASON in rows.columns:
        candidate = lazy_checkpoint(candidate)
    counted = Observation()
    figures = (F.count(F.lit(1)).alias("total"), F.count(QUARANTINE_REASON).alias("bad"))
    kept = candidate.observe(counted, *figures).where(F.col(QUARANTINE_REASON).isNull()).drop(QUARANTINE_REASON, QUARANTINE_BODY)
    return SplitRows(table, candidate, kept, counted)
