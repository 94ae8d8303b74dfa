"""The models that may declare anything in their metadata (rules/declared_metadata.py). All jobs on declared values read it here."""

import json
from collections.abc import Callable, Iterable, Iterator

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F
from pyspark.sql.types import StringType, StructType

from hublake.spark_jobs.dataframes.arrow_functions import Record, map_records
from hublake.spark_jobs.dataframes.checkpoints import lazy_checkpoint
from hublake.spark_jobs.dataframes.hash_joins import join_by_hash


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


def map_declarations(declaring: DataFrame, rule: Callable[[Record], Iterable[Record]], schema: StructType) -> DataFrame:
    """`map_records` for rows of `declaring_models`: what many models declare alike is passed to `rule` once, with model_id null.

    A row with card_data, which hardly any two models share, is passed by itself. Cost: what models declare is stored once, and joined with
    what the rule says of it, where `map_records` would convert each row to Python.
    """
    columns = [name for name in declaring.columns if name != "model_id"]
    types = {field.name: field.dataType for field in schema if field.name != "model_id"}
    of_one = map_records(declaring.where("card_data IS NOT NULL"), rule, schema)
    many = lazy_checkpoint(declaring.where("card_data IS NULL").select("model_id", F.to_json(F.struct(*columns)).alias("declaration")))
    found = StructType().add("declaration", StringType())
    for name, kind in types.items():
        found.add(name, kind)

    declaring_columns = tuple(declaring.columns)

    def rows(row: Record) -> Iterator[Record]:
        declared = dict.fromkeys(declaring_columns) | json.loads(row["declaration"])
        yield from ({**values, "declaration": row["declaration"]} for values in rule(declared))

    once = map_records(many.select("declaration").distinct(), rows, found)
    return of_one.unionByName(many.join(once, "declaration", how="inner").select("model_id", *types))
