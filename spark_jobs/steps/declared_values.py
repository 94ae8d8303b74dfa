"""Models that declare something of one kind, with all places where it can stand."""

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F


def declaring(models: DataFrame, model_cards: DataFrame, fields: tuple[str, ...], may_tell: Column) -> DataFrame:
    """(model_id, `tags` that may tell, card_data of the listing, `fields` of the card, the first an array).

    `may_tell`: these tags, from models.tags. Models with none of all this are left out: they need not pass through Python, and most tags
    of the others need not either.
    """
    known = models.withColumn("tags", may_tell).join(model_cards.select("hub_id", *fields), "hub_id", how="left")
    declares = (F.size("tags") > 0) | F.col("card_data").isNotNull() | (F.coalesce(F.size(fields[0]), F.lit(0)) > 0)
    return known.where(declares).select("model_id", "tags", "card_data", *fields)
