"""How soon is a vendor's series followed by the next one, and how soon do others move to it?"""

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from hublake.lake.schema.gold.vendors import MODEL_SERIES, SERIES_SUCCESSION, VENDOR_SERIES
from hublake.lake.schema.silver.lineage import LINEAGE_EDGES
from hublake.spark_jobs.job import Job
from hublake.spark_jobs.steps.vendors import newest_at, other_derivatives

WINDOW_DAYS = 90


def transform(vendor_series: DataFrame, model_series: DataFrame, lineage_edges: DataFrame) -> DataFrame:
    """One row per series with a successor; a derivative counts once per series, also if it derives from several of its models."""
    starts = vendor_series.select("vendor", F.col("series").alias("next_series"), F.col("first_at").alias("next_at"))
    pairs = (
        vendor_series.where("successor_series IS NOT NULL")
        .select("vendor", "series", "brand", "first_at", F.col("successor_series").alias("next_series"))
        .join(starts, ["vendor", "next_series"])
    )
    derivatives = other_derivatives(model_series, lineage_edges).select("vendor", "series", "child_id", "child_created_at").distinct()
    days = (F.col("child_created_at").cast("double") - F.col("next_at").cast("double")) / 86_400
    is_before, is_after = days.between(-WINDOW_DAYS, 0) & (days < 0), (days >= 0) & (days < WINDOW_DAYS)
    of_series = (
        pairs.select("vendor", "series", "next_at")
        .join(derivatives, ["vendor", "series"])
        .groupBy("vendor", "series")
        .agg(F.count_if(is_before).alias("derivatives_before"), F.count_if(is_after).alias("derivatives_after"))
    )
    of_next = (
        pairs.select("vendor", "next_series", "next_at")
        .join(derivatives.withColumnRenamed("series", "next_series"), ["vendor", "next_series"])
        .groupBy("vendor", "next_series")
        .agg(F.count_if(is_after).alias("derivatives_of_next"))
    )
    counted = (
        pairs.join(of_series, ["vendor", "series"], how="left")
        .join(of_next, ["vendor", "next_series"], how="left")
        .fillna(0, ["derivatives_before", "derivatives_after", "derivatives_of_next"])
        .crossJoin(F.broadcast(newest_at(model_series)))
    )
    is_complete = F.timestamp_diff("DAY", F.col("next_at"), F.col("newest_at")) >= WINDOW_DAYS
    moved = F.try_divide(F.col("derivatives_of_next"), F.col("derivatives_after") + F.col("derivatives_of_next"))
    columns = {
        "days_between": (F.col("next_at").cast("double") - F.col("first_at").cast("double")) / 86_400,
        "is_window_complete": is_complete,
        "moved_share": F.when(is_complete, moved),
    }
    return counted.withColumns(columns).select(*[name for name in SERIES_SUCCESSION.column_names if name != "snapshot_date"])


JOB = Job(reads=(VENDOR_SERIES, MODEL_SERIES, LINEAGE_EDGES), writes=SERIES_SUCCESSION, transform=transform)
