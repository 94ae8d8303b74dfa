"""What does each model's card say of limits, bias and risks in its own words, and how deep does it go?"""

from collections.abc import Iterator

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from lake.tables.gold import CARD_DOCUMENTATION
from lake.tables.silver import CARD_SECTIONS, MODEL_CARDS, MODELS
from spark_jobs.boundary import Record, map_records
from spark_jobs.job import Job
from spark_jobs.rules.documentation import CardSection, read
from spark_jobs.schema import spark_schema

PARTS = ("ordinal", "section_classes", "text", "parent_overlap_share")


def transform(models: DataFrame, model_cards: DataFrame, card_sections: DataFrame) -> DataFrame:
    """Every model of the snapshot; one without a card that has text has nothing, at depth 0. Rules: rules/documentation.py.

    Cost: one shuffle of the section texts, one pass in Python over the cards.
    """
    sections = card_sections.groupBy("model_id").agg(F.array_sort(F.collect_list(F.struct(*PARTS))).alias("sections"))
    cards = model_cards.where("trim(text) != ''").select("model_id", "language_of_text", "datasets")
    read_cards = map_records(
        cards.join(sections, "model_id", how="left"), _row, spark_schema(CARD_DOCUMENTATION, without=("snapshot_date",))
    )
    flags = [column.name for column in CARD_DOCUMENTATION if column.type == "boolean"]
    counts = [column.name for column in CARD_DOCUMENTATION if column.type in ("long", "integer")]
    return models.select("model_id").join(read_cards, "model_id", how="left").fillna(False, flags).fillna(0, counts)


def _row(row: Record) -> Iterator[Record]:
    sections = [CardSection(tuple(s["section_classes"]), s["text"], s["parent_overlap_share"]) for s in row["sections"] or ()]
    found = read(sections, row["language_of_text"], row["datasets"])
    yield {"model_id": row["model_id"], "has_card": True} | found.as_columns()


JOB = Job(reads=(MODELS, MODEL_CARDS, CARD_SECTIONS), writes=CARD_DOCUMENTATION, transform=transform)
