"""How often does each vendor release, and is it still releasing?"""

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from hublake.lake.schema.gold.vendors import MODEL_SERIES, RELEASE_CADENCE, VENDOR_SERIES
from hublake.rules.vendors.release_cadence import YEAR_DAYS, Cadences, release_cadences
from hublake.spark_jobs.dataframes.arrow_functions import map_batches
from hublake.spark_jobs.dataframes.checkpoints import lazy_checkpoint
from hublake.spark_jobs.dataframes.spark_schema import spark_schema
from hublake.spark_jobs.graph.digraph import Ids
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
            F.collect_list(F.struct("day", "created_day")).alias("days"),
            F.min("micros").alias("first_micros"),
            F.max("micros").alias("last_micros"),
            F.count_if("has_copy").alias("with_copy"),
            F.count_if("is_curated").alias("curated_dates"),
        )
    )
    (newest,) = newest_at(model_series).select(F.unix_date(F.to_date("newest_at")).alias("today")).collect()
    today: int = newest["today"] or 0
    stored = lazy_checkpoint(grouped)
    schema = spark_schema(RELEASE_CADENCE, without=("snapshot_date",))
    several = map_batches(stored.where("size(days) > 1"), lambda batch: _several(batch, today), schema)
    return several.unionByName(_single(stored.where("size(days) = 1"), today))


def _single(grouped: DataFrame, today: int) -> DataFrame:
    """What the rule says of one release, which most vendors have: there are no times between releases."""
    is_recent = F.col("days")[0]["day"].between(today - YEAR_DAYS + 1, today)
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


def _several(batch: pa.RecordBatch, today: int) -> pa.RecordBatch:
    days = batch["days"]
    owners = np.repeat(np.arange(len(days)), pc.list_value_length(days).to_numpy())
    cadences, created = (_cadences(owners, days.flatten().field(name), len(days), today) for name in ("day", "created_day"))
    figures = {name: pa.array(getattr(cadences, name), from_pandas=True) for name in FIGURES}
    times = {name: batch[f"{name.removesuffix('_at')}_micros"].cast(pa.timestamp("us", "UTC")) for name in ("first_at", "last_at")}
    shares = {"own_copies_same_day_share": pc.divide(batch["with_copy"].cast(pa.float64()), pa.array(cadences.releases, pa.float64()))}
    of_created = {"median_days_created": pa.array(created.median_days_between, from_pandas=True)}
    kept = {name: batch[name] for name in ("vendor", "series", "curated_dates")}
    return pa.RecordBatch.from_pydict(kept | figures | times | shares | of_created)


def _cadences(owners: Ids, days: pa.Array, count: int, today: int) -> Cadences:
    """`days` may have nulls: a model with a curated day of release may have no known time of creation."""
    is_known = days.is_valid().to_numpy(zero_copy_only=False)
    return release_cadences(owners[is_known], days.drop_null().to_numpy().astype(np.int64), count, today)


JOB = Job(reads=(MODEL_SERIES, VENDOR_SERIES), writes=RELEASE_CADENCE, transform=transform)
