"""Select the models that declare a value of one kind, with all sources that may contain it."""

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F


def declaring_models(models: DataFrame, model_cards: DataFrame, card_fields: tuple[str, ...], relevant_tags: Column) -> DataFrame:
    """(model_id, tags, card_data, *card_fields) of the models that declare anything in one of these.

    `relevant_tags` selects from models.tags the tags that may contain a value; `card_data` comes from the listing, `card_fields` from
    silver.model_cards, the first of them an array. Models without any declaration, and all irrelevant tags, need not pass through Python.
    """
    known = models.withColumn("tags", relevant_tags).join(model_cards.select("hub_id", *card_fields), "hub_id", how="left")
    declares = (F.size("tags") > 0) | F.col("card_data").isNotNull() | (F.coalesce(F.size(card_fields[0]), F.lit(0)) > 0)
    return known.where(declares).select("model_id", "tags", "card_data", *card_fields)
