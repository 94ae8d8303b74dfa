"""What does each model's card contain, and what does its front matter declare?"""

from pyspark.sql import DataFrame

from hublake.lake.schema.bronze import CARDS
from hublake.lake.schema.silver.cards import MODEL_CARDS
from hublake.lake.schema.silver.models import MODELS
from hublake.rules.cards.fetched_card import read_card
from hublake.rules.cards.front_matter import declared_fields
from hublake.rules.lineage.card_statements import stated_parents
from hublake.spark_jobs.dataframes.arrow_functions import Record
from hublake.spark_jobs.job import CarryOver, Job
from hublake.spark_jobs.steps.fetched_cards import changed_cards, rows_of_cards

LISTED = ("hub_id", "model_id", "card_data")


def transform(cards: DataFrame, models: DataFrame, *, only: DataFrame | None = None) -> DataFrame:
    """The newest card of each model of the snapshot, of any content; cards of models that are not listed are quarantined.

    Fields that the card's front matter does not yield come from the listing (`fields_source`).
    """
    return rows_of_cards(cards, models.select(*LISTED), "model", MODEL_CARDS, _row, only)


def changed(cards: DataFrame, models: DataFrame, *, before: DataFrame) -> DataFrame:
    """(hub_id) of models whose card, name or front matter in the listing has changed."""
    return changed_cards(cards, models.select(*LISTED), "model", before)


def _row(row: Record) -> Record:
    card = read_card(row)
    fields, source = declared_fields(card.front, row["card_data"])
    stated = stated_parents(card.columns["text"] or "", row["model_id"])
    stated_columns = {"stated_parents": [parent.name for parent in stated], "stated_relations": [parent.relation for parent in stated]}
    return {"model_id": row["model_id"], **card.columns, **fields.as_columns(), "fields_source": source, **stated_columns}


JOB = Job(reads=(CARDS, MODELS), writes=MODEL_CARDS, transform=transform, requires_rows_of=(CARDS,), carries=CarryOver("hub_id", changed))
