"""What the declaration demands of each single row, as one Spark column that names the first rule a row breaks."""

from collections.abc import Iterator

from pyspark.sql import Column as SparkColumn
from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from hublake.lake.schema import Table
from hublake.spark_jobs.job import QUARANTINE_BODY, QUARANTINE_REASON

QUARANTINE_COLUMNS = ("table_name", "record_id", "rule", "reason", "body")


def with_quarantine_reason(frame: DataFrame, table: Table) -> DataFrame:
    """The frame with SET_ASIDE_REASON (null for a row that may stay) and SET_ASIDE_BODY, the transform's own first."""
    declared = F.coalesce(*_broken_rules(table))
    own = F.col(QUARANTINE_REASON) if QUARANTINE_REASON in frame.columns else F.lit(None).cast("string")
    row = F.to_json(F.struct(*[name for name in frame.columns if name in table.by_name]))
    body = F.coalesce(F.col(QUARANTINE_BODY), row) if QUARANTINE_BODY in frame.columns else row
    reason = F.coalesce(own, declared)
    return frame.withColumn(QUARANTINE_BODY, F.when(reason.isNotNull(), body)).withColumn(QUARANTINE_REASON, reason)


def quarantine_records(frame: DataFrame, table: Table) -> DataFrame:
    """Rows of `with_reason` that have one -> QUARANTINE_COLUMNS; rows that are alike in every part are one record."""
    key = F.to_json(F.struct(*[name for name in table.key if name in frame.columns]))
    digest = F.substring(F.sha2(F.concat_ws("\n", QUARANTINE_REASON, QUARANTINE_BODY), 256), 1, 12)
    return (
        frame.where(F.col(QUARANTINE_REASON).isNotNull())
        .select(
            F.lit(table.full_name).alias("table_name"),
            F.concat_ws(" ", key, digest).alias("record_id"),
            F.substring_index(QUARANTINE_REASON, ":", 1).alias("rule"),
            F.col(QUARANTINE_REASON).alias("reason"),
            F.col(QUARANTINE_BODY).alias("body"),
        )
        .distinct()
    )


def _broken_rules(table: Table) -> Iterator[SparkColumn]:
    yield F.lit(None).cast("string")
    for column in table:
        if column.name in ("snapshot_date", "table_name"):
            continue
        value = F.col(column.name)
        seen = F.concat(F.lit(f"{column.name} is "), value.cast("string"))
        if column.required:
            yield F.when(value.isNull(), f"{column.name}_missing: {column.name} is null")
        if column.at_least is not None:
            yield F.when(value < column.at_least, F.concat(F.lit(f"{column.name}_too_low: "), seen))
        if column.at_most is not None:
            yield F.when(value > column.at_most, F.concat(F.lit(f"{column.name}_too_high: "), seen))
        if column.values:
            yield F.when(~value.isin(*column.values), F.concat(F.lit(f"{column.name}_unknown: "), seen))
