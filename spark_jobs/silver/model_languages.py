"""For which languages does each model say that it is made?"""

from collections.abc import Iterator

from pyspark.sql import DataFrame

from lake.tables.silver import MODEL_CARDS, MODEL_LANGUAGES, MODELS
from spark_jobs.boundary import Record, map_records
from spark_jobs.job import Job
from spark_jobs.rules.front_matter import declared_in_json
from spark_jobs.rules.languages import languages
from spark_jobs.schema import spark_schema


def transform(models: DataFrame, model_cards: DataFrame) -> DataFrame:
    """One row for each language of a model, from the card where it names any, else from tags that are languages."""
    cards = model_cards.select("hub_id", "languages")
    declaring = models.select("hub_id", "model_id", "tags", "card_data").join(cards, "hub_id", how="left")
    return map_records(declaring, _rows, spark_schema(MODEL_LANGUAGES, without=("snapshot_date",)))


def _rows(row: Record) -> Iterator[Record]:
    for found in languages(row["languages"] or (), declared_in_json(row["card_data"]).languages, row["tags"]):
        yield {
            "model_id": row["model_id"],
            "language": found.value,
            "declared_as": found.written,
            "source": found.source,
            "confidence": found.confidence,
        }


JOB = Job(reads=(MODELS, MODEL_CARDS), writes=MODEL_LANGUAGES, transform=transform)
