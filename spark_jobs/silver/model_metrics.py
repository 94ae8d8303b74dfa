"""Which counts does the Hub report for each model on the day, and are they plausible?"""

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

from hublake.lake.enums import METRIC_GLITCHES
from hublake.lake.schema.silver.models import MODELS
from hublake.lake.schema.silver.timeline import MODEL_METRICS
from hublake.spark_jobs.job import Job

WINDOW_DAYS = 30  # covered by downloads_30d, as the Hub documents it
# A fall from N downloads to zero in less than 30 days means that all N fell on days that have left the window. At 100 and more, a fault
# of the Hub's counter is more likely (it has stopped before: hub-docs, issue 154).
MIN_DOWNLOADS_LOST = 100


def transform(models: DataFrame, models_before: DataFrame) -> DataFrame:
    """One row per model. Glitches between two snapshots are reported only for models in the previous snapshot."""
    previous = models_before.select(
        "hub_id",
        "days_before",
        F.col("downloads_30d").alias("downloads_before"),
        F.col("downloads_all_time").alias("all_time_before"),
    )
    compared = models.join(previous, "hub_id", how="left")
    has_fallen = F.col("downloads_all_time") < F.col("all_time_before")
    return compared.select(
        "hub_id",
        "model_id",
        "downloads_30d",
        "downloads_all_time",
        "likes",
        "trending_score",
        F.coalesce(has_fallen, F.lit(False)).alias("has_fallen"),
        F.array_compact(F.array(*[F.when(is_seen, F.lit(name)) for name, is_seen in _glitches().items()])).alias("glitches"),
    )


def _glitches() -> dict[str, Column]:
    is_within_window = F.col("days_before") < WINDOW_DAYS
    conditions = (
        is_within_window & (F.col("downloads_30d") == 0) & (F.col("downloads_before") >= MIN_DOWNLOADS_LOST),
        F.col("downloads_30d") > F.col("downloads_all_time"),
        is_within_window & (F.col("downloads_all_time") - F.col("all_time_before") > F.col("downloads_30d")),
    )
    return dict(zip(METRIC_GLITCHES, conditions, strict=True))


JOB = Job(reads=(MODELS,), reads_previous=(MODELS,), writes=MODEL_METRICS, transform=transform)
