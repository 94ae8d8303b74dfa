"""The models that may declare anything in their metadata (rules/declared_metadata.py). All jobs on declared values read it here."""

import json
from collections.abc import Callable, Iterable, Iterator
from functools import reduce
from operator import or_

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F
from pyspark.sql.types import StringType, StructField, StructType

from hublake.spark_jobs.dataframes.arrow_functions import Record, map_records
from hublake.spark_jobs.dataframes.checkpoints import lazy_checkpoint
from hublake.spark_jobs.dataframes.hash_joins import HASH, join_by_hash, name_hash


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
    known = join_by_hash(listed, cards, name="hub_id")
    card_data = F.when(F.col("fields_source").isNull(), F.col("card_data"))
    declares = (F.size("tags") > 0) | card_data.isNotNull() | (F.coalesce(F.size(card_fields[0]), F.lit(0)) > 0)
    return known.where(declares).withColumn("card_data", card_data).drop("hub_id")


def map_declarations(
    declaring: DataFrame, rule: Callable[[Record], Iterable[Record]], schema: StructType, unlike: tuple[str, ...] = ("card_data",)
) -> DataFrame:
    """`map_records` for rows of `declaring_models`: what many models declare alike is passed to `rule` once, with model_id null.

    A row with a value in one of the columns `unlike`, which hardly any two models share, is passed by itself. Cost: what models declare is
    stored once, and joined with what the rule says of it, where `map_records` would convert each row to Python.
    """
    declaring_columns = tuple(declaring.columns)
    is_unlike = reduce(or_, [F.col(name).isNotNull() for name in unlike])
    declaration = F.to_json(F.struct(*[name for name in declaring_columns if name != "model_id"])).alias("declaration")
    stored = lazy_checkpoint(declaring.select("model_id", is_unlike.alias("is_unlike"), declaration))
    types = [field for field in schema if field.name != "model_id"]
    found = StructType([StructField("declaration", StringType()), *types])

    def declared(row: Record) -> Record:
        return {**dict.fromkeys(declaring_columns), **json.loads(row["declaration"])}

    def rows_of_one(row: Record) -> Iterator[Record]:
        yield from rule({**declared(row), "model_id": row["model_id"]})

    def rows_of_many(row: Record) -> Iterator[Record]:
        yield from ({**values, "declaration": row["declaration"]} for values in rule(declared(row)))

    of_one = map_records(stored.where("is_unlike").select("model_id", "declaration"), rows_of_one, schema)
    many = stored.where("NOT is_unlike").select("model_id", "declaration")
    once = map_records(many.select("declaration").distinct(), rows_of_many, found)
    # All declarations begin alike: Spark sorts them by their hashes first.
    hashed = [frame.withColumn(HASH, name_hash("declaration")) for frame in (many, once)]
    joined = hashed[0].join(hashed[1], [HASH, "declaration"], how="inner")
    return of_one.unionByName(joined.select("model_id", *[field.name for field in types]))
