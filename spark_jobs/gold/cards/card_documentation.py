"""What does each model's card say of limits, bias and risks in its own words, and how deep does it go?"""

from collections.abc import Iterator

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from hublake.lake.schema.gold.cards import CARD_DOCUMENTATION, SHARED_TEXTS
from hublake.lake.schema.silver.cards import CARD_SECTIONS, MODEL_CARDS
from hublake.lake.schema.silver.models import MODELS
from hublake.rules.cards.card_reading import read_card_text
from hublake.spark_jobs.dataframes.arrow_functions import Record, map_records
from hublake.spark_jobs.dataframes.spark_schema import spark_schema
from hublake.spark_jobs.job import Job


def transform(models: DataFrame, model_cards: DataFrame, card_sections: DataFrame, shared_texts: DataFrame) -> DataFrame:
    """Every model of the snapshot; one without a card that has text has nothing, at depth 0. Rules: rules/documentation.py.

    Cost: one shuffle of the few sections that have a parent's or many cards' text, one pass in Python over the cards.
    """
    inherited = card_sections.where("parent_overlap_share > 0").groupBy("model_id")
    overlaps = inherited.agg(F.map_from_entries(F.collect_list(F.struct("ordinal", "parent_overlap_share"))).alias("overlaps"))
    cards = model_cards.where("trim(text) != ''").select("model_id", "language_of_text", "datasets", "text")
    shared = _shared(card_sections, shared_texts)
    with_shared = cards.join(overlaps, "model_id", how="left").join(shared, "model_id", how="left")
    read_cards = map_records(with_shared, _row, spark_schema(CARD_DOCUMENTATION, without=("snapshot_date",)))
    flags = [column.name for column in CARD_DOCUMENTATION if column.type == "boolean"]
    counts = [column.name for column in CARD_DOCUMENTATION if column.type in ("long", "integer")]
    lists = {c.name: F.coalesce(c.name, F.array().cast(c.type)) for c in CARD_DOCUMENTATION if c.type.startswith("array")}
    return models.select("model_id").join(read_cards, "model_id", how="left").fillna(False, flags).fillna(0, counts).withColumns(lists)


def _shared(card_sections: DataFrame, shared_texts: DataFrame) -> DataFrame:
    """(model_id, shared: the places of its sections that hold boilerplate, shared_text_ids: which)."""
    boilerplate = shared_texts.where("is_boilerplate").select(F.col("text_id").alias("leader_id"), F.explode("text_ids").alias("text_id"))
    held = card_sections.join(F.broadcast(boilerplate), "text_id", how="inner").groupBy("model_id")
    return held.agg(F.collect_list("ordinal").alias("shared"), F.sort_array(F.collect_set("leader_id")).alias("shared_text_ids"))


def _row(row: Record) -> Iterator[Record]:
    overlaps = {int(ordinal): overlap for ordinal, overlap in row["overlaps"] or ()}
    found = read_card_text(row["text"], row["language_of_text"], row["datasets"] or (), overlaps, frozenset(row["shared"] or ()))
    told = {"generator": found.generator, "sections_present": list(found.present), "sections_filled": list(found.filled)}
    told |= {"shared_text_ids": row["shared_text_ids"] or []}
    yield {"model_id": row["model_id"], "has_card": True} | told | found.documentation.as_columns()


JOB = Job(reads=(MODELS, MODEL_CARDS, CARD_SECTIONS, SHARED_TEXTS), writes=CARD_DOCUMENTATION, transform=transform)
