"""What did the Hub count of each model on the day, and can the counts be right?"""

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

from hublake.lake.enums import METRIC_GLITCHES
from hublake.lake.schema.silver.models import MODELS
from hublake.lake.schema.silver.timeline import MODEL_METRICS
from hublake.spark_jobs.job import Job

WINDOW_DAYS = 30  # that downloads_30d looks back, as the Hub says it
# From so many downloads in 30 days to none at all in less than 30 means that a day with all of them left the window; at
# a hundred and more the Hub's counter is the likelier reason (it has stood still before: hub-docs, issue 154).
LEAST_TO_LOSE = 100


def transform(models: DataFrame, models_before: DataFrame) -> DataFrame:
    """One row per model; a model that the snapshot before lacks has no glitch but those that show in one snapshot."""
    past = models_before.select(
        "hub_id",
        "days_before",
        F.col("downloads_30d").alias("downloads_before"),
        F.col("downloads_all_time").alias("all_time_before"),
    )
    found = models.join(past, "hub_id", how="left")
    has_fallen = F.col("downloads_all_time") < F.col("all_time_before")
    return found.select(
        "hub_id",
        "model_id",
        "downloads_30d",
        "downloads_all_time",
        "likes",
        "trending_score",
        F.coalesce(has_fallen, F.lit(False)).alias("has_fallen"),
        F.filter(F.array(*[F.when(seen, F.lit(name)) for name, seen in _glitches().items()]), lambda name: name.isNotNull()).alias(
            "glitches"
        ),
    )


def _glitches() -> dict[str, Column]:
    is_within_window = F.col("days_before") < WINDOW_DAYS
    seen = (
        is_within_window & (F.col("downloads_30d") == 0) & (F.col("downloads_before") >= LEAST_TO_LOSE),
        F.col("downloads_30d") > F.col("downloads_all_time"),
        is_within_window & (F.col("downloads_all_time") - F.col("all_time_before") > F.col("downloads_30d")),
    )
    return dict(zip(METRIC_GLITCHES, seen, strict=True))


JOB = Job(reads=(MODELS,), reads_previous=(MODELS,), writes=MODEL_METRICS, transform=transform)
