"""Which sections and sentences does each card consist of?"""

import json
from collections.abc import Iterator

from pyspark.sql import DataFrame
from pyspark.sql.types import StringType

from hublake.lake.schema.silver.cards import MODEL_CARDS, PARSED_SECTIONS
from hublake.rules.cards.parsed_card import section_columns
from hublake.spark_jobs.dataframes.arrow_functions import Record, map_records
from hublake.spark_jobs.dataframes.spark_schema import spark_schema
from hublake.spark_jobs.job import QUARANTINE_BODY, QUARANTINE_REASON, CarryOver, Job


def transform(model_cards: DataFrame) -> DataFrame:
    """Sections of every card with text. A card that the parser fails on is quarantined, so that it cannot stop the build.

    This is the only job that parses sections and sentences. It reads no table but the cards, so a change of the lineage does not parse them
    again. Cost: one pass in Python over all cards.
    """
    cards = model_cards.where("text is not null").select("model_id", "text")
    schema = spark_schema(PARSED_SECTIONS, without=("snapshot_date",))
    return map_records(cards, _sections, schema.add(QUARANTINE_REASON, StringType()).add(QUARANTINE_BODY, StringType()))


def _sections(row: Record) -> Iterator[Record]:
    try:
        sections = section_columns(row["text"])
    except Exception as error:  # One unreadable card must not stop the build of all others.
        reason = f"unreadable_card: {type(error).__name__}: {error}"[:300]
        yield {"model_id": row["model_id"], QUARANTINE_REASON: reason, QUARANTINE_BODY: json.dumps(row)}
    else:
        yield from ({"model_id": row["model_id"], "ordinal": ordinal, **columns} for ordinal, columns in enumerate(sections))


JOB = Job(reads=(MODEL_CARDS,), writes=PARSED_SECTIONS, transform=transform, requires_rows_of=(MODEL_CARDS,), carries=CarryOver("model_id"))
