"""What does each dataset's card document about limits, bias, risks and sensitive data in own words, and how deeply?"""

from collections.abc import Iterator

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from hublake.lake.schema.gold.cards import DATASET_DOCUMENTATION
from hublake.lake.schema.silver.cards import DATASET_CARDS
from hublake.lake.schema.silver.datasets import DATASETS
from hublake.rules.cards.assessment import assess_card
from hublake.rules.cards.parsed_card import parse_card
from hublake.rules.cards.sensitive_data import words_on_sensitive_data
from hublake.spark_jobs.dataframes.arrow_functions import Record, map_records
from hublake.spark_jobs.dataframes.spark_schema import spark_schema
from hublake.spark_jobs.job import CarryOver, Job


def transform(datasets: DataFrame, dataset_cards: DataFrame) -> DataFrame:
    """One row for every dataset of the snapshot; one without a card text has no documentation, at depth 0.

    The rules are those of model cards (rules/cards/documentation.py), and rules/cards/sensitive_data.py. Cost: one pass in Python, which
    parses each card.
    """
    cards = dataset_cards.where("trim(text) != ''").select("dataset_id", "language_of_text", "text")
    documented = map_records(cards, _row, spark_schema(DATASET_DOCUMENTATION, without=("snapshot_date",)))
    flags = [column.name for column in DATASET_DOCUMENTATION if column.type == "boolean"]
    counts = [column.name for column in DATASET_DOCUMENTATION if column.type == "long"]
    lists = {c.name: F.coalesce(c.name, F.array().cast(c.type)) for c in DATASET_DOCUMENTATION if c.type.startswith("array")}
    every_dataset = datasets.select("dataset_id").join(documented, "dataset_id", how="left").fillna(False, flags).fillna(0, counts)
    return every_dataset.withColumns(lists | {"depth": F.when(F.col("has_card"), F.col("depth")).otherwise(0)})


def _row(row: Record) -> Iterator[Record]:
    sections = parse_card(row["text"]).sections
    found = assess_card(sections, row["language_of_text"])
    sensitive_words = words_on_sensitive_data(sections)
    columns = found.documentation.as_columns()
    yield {
        "dataset_id": row["dataset_id"],
        "has_card": True,
        "sections_present": list(found.present),
        "sections_filled": list(found.filled),
        "has_sensitive_data": sensitive_words > 0,
        "sensitive_data_own_words": sensitive_words,
        **{name: value for name, value in columns.items() if name in DATASET_DOCUMENTATION.by_name},
    }


JOB = Job(
    reads=(DATASETS, DATASET_CARDS),
    writes=DATASET_DOCUMENTATION,
    transform=transform,
    requires_rows_of=(DATASETS,),
    carries=CarryOver("dataset_id"),
)
