"""Models that declare something of one kind, with all places where it can stand."""

from collections.abc import Callable

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

from spark_jobs.arrays import filtered


def declaring(models: DataFrame, model_cards: DataFrame, fields: tuple[str, ...], may_tell: Callable[[Column], Column]) -> DataFrame:
    """(model_id, `tags` that may tell, card_data of the listing, `fields` of the card, the first an array).

    Models with none of these are left out: they need not pass through Python, and most tags of the others need not either.
    """
    told = models.select("hub_id", "model_id", filtered("tags", may_tell).alias("tags"), "card_data")
    found = told.join(model_cards.select("hub_id", *fields), "hub_id", how="left")
    return found.where((F.size("tags") > 0) | F.col("card_data").isNotNull() | (F.coalesce(F.size(fields[0]), F.lit(0)) > 0)).drop("hub_id")


def with_prefix(prefix: str) -> Callable[[Column], Column]:
    """Whether a tag begins so."""
    return lambda tag: tag.startswith(prefix)
