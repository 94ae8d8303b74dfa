"""Which sections does each card have, what are they about, and how much of them stands in a parent's card?"""

import json
from collections.abc import Iterator

from pyspark.sql import DataFrame
from pyspark.sql import functions as F
from pyspark.sql.types import ArrayType, LongType, StringType, StructType

from hublake.lake.schema.silver.cards import CARD_SECTIONS, MODEL_CARDS
from hublake.lake.schema.silver.lineage import LINEAGE_EDGES
from hublake.rules.cards.card_reading import read_sections
from hublake.rules.cards.generators import generator_of
from hublake.rules.cards.sections import split
from hublake.rules.cards.sentences import digests
from hublake.spark_jobs.dataframes.arrow_functions import Record, map_records
from hublake.spark_jobs.dataframes.spark_schema import spark_schema
from hublake.spark_jobs.job import QUARANTINE_BODY, QUARANTINE_REASON, Job
from hublake.spark_jobs.steps.section_texts import text_id

SENTENCES = StructType().add("parent_id", StringType()).add("parent_digests", ArrayType(LongType()))


def transform(model_cards: DataFrame, lineage_edges: DataFrame) -> DataFrame:
    """Sections of every card with text; parent_overlap_share is the largest over the parents whose card is there.

    Cost: one pass in Python over all cards and one over the cards of parents, which are few; sentences are compared by
    64-bit digests in Spark.
    """
    cards = model_cards.where("text is not null").select("model_id", "text")
    sections = map_records(cards, _sections, _schema()).join(_of_parents(cards, lineage_edges), "model_id", how="left")
    shares = F.transform("digests_of_parents", lambda of_parent: F.size(F.array_intersect("digests", of_parent)) / F.size("digests"))
    overlap = F.when(F.size("digests") > 0, F.array_max(shares))
    return sections.withColumns({"parent_overlap_share": overlap, "text_id": text_id()}).drop("digests", "digests_of_parents")


def _of_parents(cards: DataFrame, lineage_edges: DataFrame) -> DataFrame:
    """(model_id, digests_of_parents: one array for each listed parent that has a card)."""
    is_listed = F.col("parent_status").isin("present", "renamed") & (F.col("child_id") != F.col("parent_id"))
    edges = lineage_edges.where(is_listed).select(F.col("child_id").alias("model_id"), "parent_id").distinct()
    parents = cards.withColumnRenamed("model_id", "parent_id").join(edges.select("parent_id").distinct(), "parent_id", how="left_semi")
    read = map_records(parents, _digests, SENTENCES)
    return edges.join(read, "parent_id", how="inner").groupBy("model_id").agg(F.collect_list("parent_digests").alias("digests_of_parents"))


def _schema() -> StructType:
    schema = spark_schema(CARD_SECTIONS, without=("snapshot_date",))
    return schema.add("digests", ArrayType(LongType())).add(QUARANTINE_REASON, StringType()).add(QUARANTINE_BODY, StringType())


def _sections(row: Record) -> Iterator[Record]:
    try:
        yield from list(_rows(row["model_id"], row["text"]))
    except Exception as error:  # One card that a parser stumbles on must not stop the build of all the others.
        reason = f"unreadable_card: {type(error).__name__}: {error}"[:300]
        yield {"model_id": row["model_id"], QUARANTINE_REASON: reason, QUARANTINE_BODY: json.dumps(row)}


def _rows(model_id: str, text: str) -> Iterator[Record]:
    for ordinal, read in enumerate(read_sections(text, generator_of(text))):
        yield {
            "model_id": model_id,
            "ordinal": ordinal,
            "level": read.section.level,
            "heading": read.section.heading,
            "heading_path": list(read.section.path),
            "section_class": read.classes[0],
            "section_classes": list(read.classes),
            "text_start": read.section.start,
            "text_end": read.section.end,
            "word_count": read.section.passage.word_count,
            "code_share": read.section.passage.share_of("code"),
            "table_share": read.section.passage.share_of("table"),
            "is_placeholder": read.is_placeholder,
            "is_boilerplate": read.is_boilerplate,
            "boilerplate_source": read.boilerplate_source,
            "text": read.section.text,
            "digests": digests(read.sentences),
        }


def _digests(row: Record) -> Iterator[Record]:
    found = (sentence for section in split(row["text"]) for sentence in section.passage.sentences)
    yield {"parent_id": row["parent_id"], "parent_digests": digests(found)}


JOB = Job(reads=(MODEL_CARDS, LINEAGE_EDGES), writes=CARD_SECTIONS, transform=transform, requires_rows_of=(MODEL_CARDS,))
