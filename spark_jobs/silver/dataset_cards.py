"""What does each dataset's card contain?"""

from pyspark.sql import DataFrame

from hublake.lake.schema.bronze import CARDS
from hublake.lake.schema.silver.cards import DATASET_CARDS
from hublake.lake.schema.silver.datasets import DATASETS
from hublake.rules.cards.fetched_card import read_card
from hublake.spark_jobs.dataframes.arrow_functions import Record
from hublake.spark_jobs.job import CarryOver, Job
from hublake.spark_jobs.steps.fetched_cards import changed_cards, rows_of_cards


def transform(cards: DataFrame, datasets: DataFrame, *, only: DataFrame | None = None) -> DataFrame:
    """The newest card of each dataset of the snapshot, of any content; cards of datasets that are not listed are quarantined."""
    return rows_of_cards(cards, datasets.select("hub_id", "dataset_id"), "dataset", DATASET_CARDS, _row, only)


def changed(cards: DataFrame, datasets: DataFrame, *, before: DataFrame) -> DataFrame:
    """(hub_id) of datasets whose card or name has changed."""
    return changed_cards(cards, datasets.select("hub_id", "dataset_id"), "dataset", before)


def _row(row: Record) -> Record:
    return {"dataset_id": row["dataset_id"], **read_card(row).columns}


JOB = Job(
    reads=(CARDS, DATASETS),
    writes=DATASET_CARDS,
    transform=transform,
    requires_rows_of=(CARDS, DATASETS),
    carries=CarryOver("hub_id", changed),
)
