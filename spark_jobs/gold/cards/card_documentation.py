"""What does each model's card document about limits, bias and risks in own words, and how deeply?"""

from collections.abc import Iterator

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from hublake.lake.schema.gold.cards import CARD_DOCUMENTATION, SHARED_TEXTS
from hublake.lake.schema.silver.cards import CARD_SECTIONS, MODEL_CARDS, PARSED_SECTIONS
from hublake.lake.schema.silver.models import MODELS
from hublake.rules.cards.assessment import assess_card
from hublake.rules.cards.authoring_tools import MARK_WITHIN_CHARS, detect_generator
from hublake.rules.cards.card_section import ASSESSED_COLUMNS, StoredSection
from hublake.spark_jobs.dataframes.arrow_functions import Record, map_records
from hublake.spark_jobs.dataframes.spark_schema import spark_schema
from hublake.spark_jobs.job import CarryOver, Job


def transform(
    models: DataFrame, model_cards: DataFrame, parsed_sections: DataFrame, card_sections: DataFrame, shared_texts: DataFrame
) -> DataFrame:
    """One row for every model of the snapshot; one without a card text has no documentation, at depth 0.

    The rules are in rules/cards/documentation.py.

    Cost: one shuffle of the sentences, one pass in Python over them.
    """
    sections = parsed_sections.groupBy("model_id").agg(F.collect_list(F.struct(*ASSESSED_COLUMNS)).alias("sections"))
    cards = (
        model_cards.where("trim(text) != ''")
        .join(sections, "model_id", how="left")
        .join(_copied_sections(card_sections, shared_texts), "model_id", how="left")
        .select(
            "model_id",
            "language_of_text",
            "datasets",
            "sections",
            "copied",
            # The mark of a generator may be all that there is, in a comment.
            F.when(F.col("sections").isNull(), F.substring("text", 1, MARK_WITHIN_CHARS)).alias("text"),
        )
    )
    documented = map_records(cards, _row, spark_schema(CARD_DOCUMENTATION, without=("snapshot_date",)))
    flags = [column.name for column in CARD_DOCUMENTATION if column.type == "boolean"]
    counts = [column.name for column in CARD_DOCUMENTATION if column.type == "long"]
    lists = {c.name: F.coalesce(c.name, F.array().cast(c.type)) for c in CARD_DOCUMENTATION if c.type.startswith("array")}
    every_model = models.select("model_id").join(documented, "model_id", how="left").fillna(False, flags).fillna(0, counts)
    return every_model.withColumns(lists | {"depth": F.when(F.col("has_card"), F.col("depth")).otherwise(0)})


def _copied_sections(card_sections: DataFrame, shared_texts: DataFrame) -> DataFrame:
    """(model_id, copied: ordinal, parent_overlap_share and shared_text_id of its sections that parents or very many cards contain)."""
    boilerplate = shared_texts.where("is_boilerplate").select(
        F.col("text_id").alias("shared_text_id"), F.explode("text_ids").alias("text_id")
    )
    sections = card_sections.select("model_id", "ordinal", "parent_overlap_share", "text_id")
    copied = sections.join(F.broadcast(boilerplate), "text_id", how="left").where("parent_overlap_share > 0 OR shared_text_id IS NOT NULL")
    row = F.struct("ordinal", "parent_overlap_share", "shared_text_id")
    return copied.groupBy("model_id").agg(F.collect_list(row).alias("copied"))


def _row(row: Record) -> Iterator[Record]:
    copied = {section["ordinal"]: section for section in row["copied"] or ()}
    stored = sorted(row["sections"] or (), key=lambda section: int(section["ordinal"]))
    found = assess_card(
        [_section(section, copied.get(section["ordinal"])) for section in stored], row["language_of_text"], row["datasets"] or ()
    )
    yield {
        "model_id": row["model_id"],
        "has_card": True,
        "generator": stored[0]["generator"] if stored else detect_generator(row["text"]),
        "shared_text_ids": sorted({section["shared_text_id"] for section in copied.values() if section["shared_text_id"]}),
        "sections_present": list(found.present),
        "sections_filled": list(found.filled),
        **found.documentation.as_columns(),
    }


def _section(stored: Record, copied: Record | None) -> StoredSection:
    if copied is None:
        return StoredSection.from_row(stored)
    return StoredSection.from_row(stored, copied["parent_overlap_share"], is_shared=copied["shared_text_id"] is not None)


def _copied_by_model(
    models: DataFrame, model_cards: DataFrame, parsed_sections: DataFrame, card_sections: DataFrame, shared_texts: DataFrame
) -> DataFrame:
    """What the cards of others contribute to the row of a model."""
    return _copied_sections(card_sections, shared_texts).select("model_id", F.array_sort("copied").cast("string").alias("copied"))


JOB = Job(
    reads=(MODELS, MODEL_CARDS, PARSED_SECTIONS, CARD_SECTIONS, SHARED_TEXTS),
    writes=CARD_DOCUMENTATION,
    transform=transform,
    carries=CarryOver("model_id", compares=_copied_by_model),
)
