"""Which terms of bias, fairness, toxicity, safety, privacy and misuse do authors use in their cards?"""

from collections.abc import Iterator

from pyspark.sql import DataFrame
from pyspark.sql import functions as F
from pyspark.sql.types import LongType, StringType, StructType

from hublake.lake.curated import curated
from hublake.lake.schema.gold.cards import CARD_TERMS
from hublake.lake.schema.silver.cards import MODEL_CARDS, PARSED_SECTIONS
from hublake.rules.cards.terms import count_terms
from hublake.spark_jobs.dataframes.arrow_functions import Record, map_records
from hublake.spark_jobs.job import CarryOver, Job

TERM_COUNTS = StructType().add("model_id", StringType()).add("term", StringType()).add("occurrences", LongType()).add("denials", LongType())


def transform(
    model_cards: DataFrame, parsed_sections: DataFrame, *, only: DataFrame | None = None, kept: DataFrame | None = None
) -> DataFrame:
    """Count terms in own sentences only. Cost: one pass in Python over the sentences, one small aggregation.

    The counts of a card stay as they are until it changes, and are those of its row in `kept`; its tf_idf depends on all cards.
    """
    sections = parsed_sections if only is None else parsed_sections.join(F.broadcast(only), "model_id", how="left_semi")
    counted = map_records(sections.select("model_id", "sentences", "sentence_kinds"), _terms, TERM_COUNTS)
    per_card = counted.groupBy("model_id", "term").agg(F.sum("occurrences").alias("occurrences"), F.sum("denials").alias("denials"))
    if kept is not None:
        per_card = per_card.unionByName(kept.select("model_id", "term", "occurrences", "denials"))
    cards_with_term = per_card.groupBy("term").agg(F.count("*").alias("cards_with_term"))
    cards = model_cards.where("trim(text) != ''").agg(F.count("*").alias("cards"))
    found = per_card.join(F.broadcast(cards_with_term), "term", how="inner").crossJoin(F.broadcast(cards))
    topics = F.create_map(*[F.lit(cell) for row in curated("terms") for cell in (row["term"], row["topic"])])
    tf_idf = F.col("occurrences") * F.log(F.col("cards") / F.col("cards_with_term"))
    return found.select("model_id", "term", topics[F.col("term")].alias("topic"), "occurrences", "denials", tf_idf.alias("tf_idf"))


def _terms(row: Record) -> Iterator[Record]:
    own = (sentence for sentence, kind in zip(row["sentences"], row["sentence_kinds"], strict=True) if kind == "own")
    for term, (occurrences, denials) in count_terms(own).items():
        yield {"model_id": row["model_id"], "term": term, "occurrences": occurrences, "denials": denials}


JOB = Job(
    reads=(MODEL_CARDS, PARSED_SECTIONS),
    writes=CARD_TERMS,
    transform=transform,
    carries=CarryOver("model_id", selects=True, revises=True),
)
