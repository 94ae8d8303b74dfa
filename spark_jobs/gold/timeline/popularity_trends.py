"""How do the downloads of each model develop over our own snapshots: growth, peak and half-life?"""

from datetime import date

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

from hublake.lake.schema.gold.timeline import POPULARITY_TRENDS
from hublake.lake.schema.silver.timeline import MODEL_METRICS
from hublake.spark_jobs.job import Job

TOLERANCES = {7: 1, 30: 3}  # days that the compared snapshot may be earlier or later; growth is scaled to the exact number of days


def transform(model_metrics: DataFrame, metrics_before: DataFrame, *, day: date) -> DataFrame:
    """One row per listed model that an earlier snapshot has, too.

    downloads_30d are overlapping windows, so daily downloads are not known: growth is that of downloads_all_time. Snapshots in which the
    counts of a model are implausible are left out for this model. Cost: one aggregation of the counts of all snapshots,
    without a join before it.
    """
    columns = (
        "hub_id",
        "days_before",
        "downloads_30d",
        "downloads_all_time",
        (~F.col("has_fallen") & (F.size("glitches") == 0)).alias("is_plausible"),
    )
    has_earlier = not metrics_before.isEmpty()
    # Without an earlier snapshot the table is empty: the counts of today need not be read.
    today = model_metrics.where(F.lit(has_earlier)).withColumn("days_before", F.lit(0).cast("long"))
    counts = today.select(*columns).unionByName(metrics_before.select(*columns))
    is_plausible = F.col("is_plausible")
    window = F.when(is_plausible & F.col("downloads_30d").isNotNull(), F.struct("downloads_30d", "days_before"))
    found = counts.groupBy("hub_id").agg(
        F.count_if(is_plausible).alias("snapshots"),
        F.count_if(~is_plausible).alias("glitch_snapshots"),
        F.max("days_before").alias("first_seen_days"),
        F.min("days_before").alias("last_seen_days"),
        F.max(window).alias("peak"),  # of equal ones the earliest, which has most days before
        F.collect_list(window).alias("windows"),
        F.max(_all_time(F.col("days_before") == 0)).alias("now"),
        *[_near(days).alias(f"before_{days}") for days in TOLERANCES],
    )
    names = model_metrics.select("hub_id", "model_id")
    return found.where("last_seen_days = 0 AND first_seen_days > 0").join(names, "hub_id", how="inner").select(*_columns(), _first_day(day))


def _all_time(condition: Column) -> Column:
    return F.when(F.col("is_plausible") & condition, F.col("downloads_all_time"))


def _near(days: int) -> Column:
    """(distance, days_before, all_time) of the snapshot that is nearest to so many days before, within the tolerance."""
    distance = F.abs(F.col("days_before") - days)
    is_near = F.col("is_plausible") & F.col("downloads_all_time").isNotNull() & (distance <= TOLERANCES[days])
    return F.min(F.when(is_near, F.struct(distance.alias("distance"), "days_before", F.col("downloads_all_time").alias("all_time"))))


def _columns() -> list[Column]:
    peak = F.col("peak")
    later = F.filter(
        "windows", lambda seen: (seen["days_before"] < peak["days_before"]) & (seen["downloads_30d"] * 2 <= peak["downloads_30d"])
    )
    first_half = F.array_max(F.transform(later, lambda seen: seen["days_before"]))
    had_peak = peak["downloads_30d"] > 0
    half_life = F.when(had_peak, (peak["days_before"] - first_half).cast("double"))
    return [
        *map(F.col, ("hub_id", "model_id", "snapshots")),
        *[_growth(days).alias(f"growth_{days}d") for days in TOLERANCES],
        F.round((F.col("now") - F.col("before_7.all_time")) * 7 / F.col("before_7.days_before")).cast("long").alias("downloads_7d"),
        peak["downloads_30d"].alias("peak_downloads_30d"),
        peak["days_before"].cast("double").alias("days_since_peak"),
        half_life.alias("half_life_days"),
        (F.coalesce(had_peak, F.lit(False)) & half_life.isNull()).alias("is_censored"),
        F.col("glitch_snapshots"),
    ]


def _growth(days: int) -> Column:
    before = F.col(f"before_{days}")
    return F.log((F.col("now") + 1) / (before["all_time"] + 1)) * days / before["days_before"]


def _first_day(day: date) -> Column:
    return F.date_sub(F.lit(day), F.col("first_seen_days").cast("int")).alias("first_metrics_date")


JOB = Job(reads=(MODEL_METRICS,), reads_earlier=(MODEL_METRICS,), takes_day=True, writes=POPULARITY_TRENDS, transform=transform)
