"""How often does each vendor release, and is it still releasing?"""

from collections.abc import Iterator
from datetime import UTC, datetime

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from hublake.lake.schema.gold.vendors import MODEL_SERIES, RELEASE_CADENCE, VENDOR_SERIES
from hublake.rules.vendors.release_cadence import YEAR_DAYS, release_cadence
from hublake.spark_jobs.dataframes.arrow_functions import Record, map_records
from hublake.spark_jobs.dataframes.checkpoints import lazy_checkpoint
from hublake.spark_jobs.dataframes.spark_schema import spark_schema
from hublake.spark_jobs.job import Job
from hublake.spark_jobs.steps.vendors import newest_at

FIGURES = ("releases", "median_days_between", "iqr_days_between", "longest_days_between", "releases_12m", "is_dormant")


def transform(model_series: DataFrame, vendor_series: DataFrame) -> DataFrame:
    """One row per vendor with a release of known day, and per series of gold.vendor_series; the models without a series count as one.

    Cost: one aggregation of all models; vendors and series with several releases pass through Python.
    """
    owned = model_series.where("vendor IS NOT NULL AND released_at IS NOT NULL").select(
        "vendor",
        F.coalesce("series", F.lit("")).alias("series"),
        F.unix_date(F.to_date("released_at")).alias("day"),
        F.unix_date(F.to_date("created_at")).alias("created_day"),
        F.unix_micros("released_at").alias("micros"),
        "has_curated_date",
        "is_copy",
        "is_release",
    )
    by_day = owned.groupBy("vendor", "series", "day").agg(
        F.max("is_release").alias("is_release"),
        F.max("is_copy").alias("has_copy"),
        F.max(F.col("has_curated_date") & F.col("is_release")).alias("is_curated"),
        F.min(F.when(F.col("is_release"), F.col("micros"))).alias("micros"),
        F.min(F.when(F.col("is_release"), F.col("created_day"))).alias("created_day"),
    )
    releases = by_day.where("is_release").withColumn("has_copy", F.col("has_copy") & (F.col("series") != ""))
    known = vendor_series.select("vendor", "series", F.col("series").alias("known_series"))
    every = F.explode(F.array_compact(F.array(F.lit(""), "known_series")))
    grouped = (
        releases.join(F.broadcast(known), ["vendor", "series"], how="left")
        .withColumn("series", every)
        .groupBy("vendor", "series")
        .agg(
            F.collect_list("day").alias("days"),
            F.collect_list("created_day").alias("created_days"),
            F.min("micros").alias("first_micros"),
            F.max("micros").alias("last_micros"),
            F.count_if("has_copy").alias("with_copy"),
            F.count_if("is_curated").alias("curated_dates"),
        )
    )
    (newest,) = newest_at(model_series).select(F.unix_date(F.to_date("newest_at")).alias("today")).collect()
    dated = lazy_checkpoint(grouped.withColumn("today", F.lit(newest["today"]).cast("int")))
    several = map_records(dated.where("size(days) > 1"), _row, spark_schema(RELEASE_CADENCE, without=("snapshot_date",)))
    return several.unionByName(_single(dated.where("size(days) = 1")))


def _single(grouped: DataFrame) -> DataFrame:
    """What the rule says of one release, which most vendors have: there are no times between releases."""
    is_recent = F.col("days")[0].between(F.col("today") - YEAR_DAYS + 1, F.col("today"))
    unknown = F.lit(None)
    return grouped.select(
        *("vendor", "series", F.lit(1).alias("releases")),
        *[unknown.alias(name) for name in ("median_days_between", "iqr_days_between", "longest_days_between", "median_days_created")],
        is_recent.cast("long").alias("releases_12m"),
        F.lit(False).alias("is_dormant"),
        F.timestamp_micros("first_micros").alias("first_at"),
        F.timestamp_micros("last_micros").alias("last_at"),
        F.col("with_copy").cast("double").alias("own_copies_same_day_share"),
        "curated_dates",
    )


def _row(row: Record) -> Iterator[Record]:
    cadence = release_cadence(row["days"], row["today"])
    created = release_cadence(row["created_days"], row["today"]) if row["created_days"] else None
    yield {
        "vendor": row["vendor"],
        "series": row["series"],
        **{name: getattr(cadence, name) for name in FIGURES},
        "first_at": datetime.fromtimestamp(row["first_micros"] / 1e6, UTC),
        "last_at": datetime.fromtimestamp(row["last_micros"] / 1e6, UTC),
        "own_copies_same_day_share": row["with_copy"] / len(row["days"]),
        "curated_dates": row["curated_dates"],
        "median_days_created": created and created.median_days_between,
    }


JOB = Job(reads=(MODEL_SERIES, VENDOR_SERIES), writes=RELEASE_CADENCE, transform=transform)
