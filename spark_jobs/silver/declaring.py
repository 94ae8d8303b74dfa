"""Models that declare something of one kind, with all places where it can stand."""

from collections.abc import Callable

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

from spark_jobs.arrays import filtered, has_any


def declaring(models: DataFrame, model_cards: DataFrame, fields: tuple[str, ...], may_tell: Callable[[Column], Column]) -> DataFrame:
    """(model_id, `tags` that may tell, card_data of the listing, `fields` of the card, the first an array).

    Models with none of these are left out: they need not pass through Python, and most tags of the others need not either.
    """
    known = models.join(model_cards.select("hub_id", *fields), "hub_id", how="left")
    declares = has_any("tags", may_tell) | F.col("card_data").isNotNull() | (F.coalesce(F.size(fields[0]), F.lit(0)) > 0)
    return known.where(declares).select("model_id", filtered("tags", may_tell).alias("tags"), "card_data", *fields)


def with_prefix(prefix: str) -> Callable[[Column], Column]:
    """Whether a tag begins so."""
    return lambda tag: tag.startswith(prefix)
