"""Which languages does each model declare?"""

from collections.abc import Iterator

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

from hublake.lake.schema.silver.cards import MODEL_CARDS
from hublake.lake.schema.silver.languages import MODEL_LANGUAGES
from hublake.lake.schema.silver.models import MODELS
from hublake.rules.languages.declared_languages import MAX_CODE_LETTERS, NOT_A_CODE, declared_languages
from hublake.spark_jobs.dataframes.array_columns import filter_elements
from hublake.spark_jobs.dataframes.arrow_functions import Record, map_records
from hublake.spark_jobs.dataframes.spark_schema import spark_schema
from hublake.spark_jobs.job import Job
from hublake.spark_jobs.steps.declared_metadata import declared_metadata, declaring_models


def transform(models: DataFrame, model_cards: DataFrame) -> DataFrame:
    """One row per language of a model, from its card or, if the card names none, from tags that are languages."""
    declaring = declaring_models(models, model_cards, ("languages",), filter_elements("tags", _may_be_language))
    return map_records(declaring, _rows, spark_schema(MODEL_LANGUAGES, without=("snapshot_date",)))


def _may_be_language(tag: Column) -> Column:
    """A superset of the tags that rules.languages accepts: also those with characters that may be invisible."""
    return (F.length(tag) <= MAX_CODE_LETTERS) | tag.isin(*NOT_A_CODE) | tag.rlike("[^ -~]")


def _rows(row: Record) -> Iterator[Record]:
    for found in declared_languages(*declared_metadata(row).by_source("languages"), row["tags"]):
        yield {
            "model_id": row["model_id"],
            "language": found.value,
            "declared_as": found.written,
            "source": found.source,
            "confidence": found.confidence,
        }


JOB = Job(reads=(MODELS, MODEL_CARDS), writes=MODEL_LANGUAGES, transform=transform)
