"""Models that were listed once and are no longer there."""

from pyspark.sql import Column, DataFrame, Window
from pyspark.sql import functions as F

from hublake.lake.repo_ids import ABOVE_FLOOR, CREATED_AT_FLOOR
from hublake.spark_jobs.dataframes.checkpoints import lazy_checkpoint
from hublake.spark_jobs.steps.listed_items import without_opted_out


def created_at_of(hub_id: str | Column) -> Column:
    """The time in the first eight digits of a Hub's id, which is that of the creation; null if the id has another form."""
    is_object_id = (F.length(hub_id) == 24) & F.unhex(hub_id).isNotNull()
    return F.when(is_object_id, F.timestamp_seconds(F.conv(F.substring(hub_id, 1, 8), 16, 10).cast("long")))


def is_at_floor(created_at: Column) -> Column:
    """Whether it is the date that the Hub gave all older repositories."""
    return F.coalesce((created_at >= F.lit(CREATED_AT_FLOOR)) & (created_at < F.lit(ABOVE_FLOOR)), F.lit(False))


def removed_models(model_history: DataFrame, models: DataFrame) -> DataFrame:
    """(model_id, author, licenses, created_at, is_created_at_floor, removed_at) of models whose newest state is removed, each name once.

    Names that are listed are left out. removed_at is the beginning of the day of the first listing that lacks the model. created_at is
    read from the Hub's id. Cost: a broadcast of the removed names, and no shuffle of the listed ones.
    """
    newest = Window.partitionBy("model_id").orderBy(F.desc("valid_from"), F.desc("hub_id"))
    removed = model_history.where("is_removed AND valid_to IS NULL").withColumn("place", F.row_number().over(newest)).where("place = 1")
    removed = lazy_checkpoint(removed)
    listed = models.select("model_id").join(F.broadcast(removed.select("model_id")), "model_id", how="left_semi")
    removed = removed.join(F.broadcast(listed), "model_id", how="left_anti")
    created_at = created_at_of("hub_id")
    return without_opted_out(removed, "model_id").select(
        *("model_id", "author", "licenses"),
        created_at.alias("created_at"),
        is_at_floor(created_at).alias("is_created_at_floor"),
        F.col("valid_from").cast("timestamp").alias("removed_at"),
    )
