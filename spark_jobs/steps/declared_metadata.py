"""What each model declares in its metadata, and where. All jobs on declared values read it here.

The source is the card's own front matter. Where that declares nothing or cannot be read, it is the Hub's parse of it, which the listing
contains. silver.model_cards makes that choice for models with a fetched card (hublake.rules.cards.front_matter.declared_fields).
"""

import json
from collections.abc import Callable, Iterable, Iterator
from typing import NamedTuple

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F
from pyspark.sql.types import StringType, StructType

from hublake.rules.cards.front_matter import parse_card_data
from hublake.spark_jobs.dataframes.arrow_functions import Record, map_records


def declaring_models(
    models: DataFrame, model_cards: DataFrame, card_fields: tuple[str, ...], relevant_tags: Column, *more: Column
) -> DataFrame:
    """(model_id, tags, fields_source, card_data, *card_fields, *more) of the models that may declare anything in one of these.

    `relevant_tags` selects from models.tags the tags that may contain a value. `card_fields` come from silver.model_cards; the first of
    them is an array. `card_data` is present only where silver.model_cards has no fields. Models without any declaration, and all irrelevant
    tags, need not pass through Python. `more` are further columns of models, which declare nothing.
    """
    cards = model_cards.select("hub_id", "fields_source", *card_fields)
    listed = models.select("hub_id", "model_id", "card_data", relevant_tags.alias("tags"), *more)
    known = listed.join(cards, "hub_id", how="left")
    card_data = F.when(F.col("fields_source").isNull(), F.col("card_data"))
    declares = (F.size("tags") > 0) | card_data.isNotNull() | (F.coalesce(F.size(card_fields[0]), F.lit(0)) > 0)
    return known.where(declares).withColumn("card_data", card_data).drop("hub_id")


def map_declarations(declaring: DataFrame, rule: Callable[[Record], Iterable[Record]], schema: StructType) -> DataFrame:
    """`map_records` for rows of `declaring_models`: what many models declare alike is passed to `rule` once, with model_id null.

    A row with card_data, which hardly any two models share, is passed by itself. Cost: one shuffle of the names of models and what they
    declare, where `map_records` would convert each row to Python.
    """
    columns = [name for name in declaring.columns if name != "model_id"]
    types = {field.name: field.dataType for field in schema if field.name != "model_id"}
    of_one = map_records(declaring.where("card_data IS NOT NULL"), rule, schema)
    many = declaring.where("card_data IS NULL").select("model_id", F.to_json(F.struct(*columns)).alias("declaration"))
    found = StructType().add("declaration", StringType())
    for name, kind in types.items():
        found.add(name, kind)

    declaring_columns = tuple(declaring.columns)

    def rows(row: Record) -> Iterator[Record]:
        declared = dict.fromkeys(declaring_columns) | json.loads(row["declaration"])
        yield from ({**values, "declaration": row["declaration"]} for values in rule(declared))

    once = map_records(many.select("declaration").distinct(), rows, found)
    return of_one.unionByName(many.join(once, "declaration", how="inner").select("model_id", *types))


class DeclaredMetadata(NamedTuple):
    """The fields that a model declares, and their source: `card` or `card_data`."""

    source: str
    fields: Record

    def by_source(self, field: str) -> tuple[list[str], list[str]]:
        """(texts of the card, texts of the Hub's parse) in a field that is a list; one of the two is empty."""
        texts = self.fields[field] or []
        return (texts, []) if self.source == "card" else ([], texts)


def declared_metadata(row: Record) -> DeclaredMetadata:
    """The declared metadata of a row of `declaring_models`."""
    if row["fields_source"] is None:
        return DeclaredMetadata("card_data", parse_card_data(row["card_data"]).as_columns())
    return DeclaredMetadata(row["fields_source"], row)
