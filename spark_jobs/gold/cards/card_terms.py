"""Which words of bias, fairness, toxicity, safety, privacy and misuse do authors use in their cards?"""

from collections.abc import Iterator

from pyspark.sql import DataFrame
from pyspark.sql import functions as F
from pyspark.sql.types import LongType, StringType, StructType

from hublake.lake.curated import curated
from hublake.lake.schema.gold.cards import CARD_TERMS
from hublake.lake.schema.silver.cards import MODEL_CARDS
from hublake.rules.cards.card_reading import read_sections
from hublake.rules.cards.generators import generator_of
from hublake.rules.cards.terms import counted
from hublake.spark_jobs.dataframes.arrow_functions import Record, map_records
from hublake.spark_jobs.job import Job

COUNTED = StructType().add("model_id", StringType()).add("term", StringType()).add("occurrences", LongType()).add("denials", LongType())


def transform(model_cards: DataFrame) -> DataFrame:
    """Template sentences, tools' sentences and code are left out. Cost: one pass in Python, one small aggregation."""
    cards = model_cards.where("trim(text) != ''").select("model_id", "text")
    found = map_records(cards, _counted, COUNTED)
    holding = found.groupBy("term").agg(F.count("*").alias("holders"))
    rarity = F.log(F.lit(cards.count()) / F.col("holders"))
    topics = F.create_map(*[F.lit(cell) for row in curated("terms") for cell in (row["term"], row["topic"])])
    return found.join(F.broadcast(holding), "term", how="inner").select(
        "model_id", "term", topics[F.col("term")].alias("topic"), "occurrences", "denials", (F.col("occurrences") * rarity).alias("tf_idf")
    )


def _counted(row: Record) -> Iterator[Record]:
    sections = read_sections(row["text"], generator_of(row["text"]))
    own = (sentence.text for section in sections for sentence in section.sentences if sentence.kind == "own")
    for term, (occurrences, denials) in counted(own).items():
        yield {"model_id": row["model_id"], "term": term, "occurrences": occurrences, "denials": denials}


JOB = Job(reads=(MODEL_CARDS,), writes=CARD_TERMS, transform=transform)
