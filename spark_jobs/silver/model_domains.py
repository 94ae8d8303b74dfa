"""In which fields is each model used, by the words of its tags and its name?"""

from collections.abc import Iterator

from pyspark.sql import DataFrame

from hublake.lake.schema.silver.models import MODELS
from hublake.lake.schema.silver.tasks import MODEL_DOMAINS
from hublake.rules.tasks.domains import domains_of
from hublake.spark_jobs.dataframes.array_columns import join_elements
from hublake.spark_jobs.dataframes.arrow_functions import Record, map_records
from hublake.spark_jobs.dataframes.spark_schema import spark_schema
from hublake.spark_jobs.job import CarryOver, Job

SCHEMA = spark_schema(MODEL_DOMAINS, without=("snapshot_date",))


def transform(models: DataFrame) -> DataFrame:
    """One row per domain and source; most models have none. Cost: names and tags pass through Python, tags as one text."""
    return map_records(models.select("model_id", join_elements("tags").alias("tags")), _rows, SCHEMA)


def _rows(row: Record) -> Iterator[Record]:
    for found in domains_of(row["model_id"], row["tags"].split("\n")):
        yield {"model_id": row["model_id"], **found._asdict()}


JOB = Job(reads=(MODELS,), writes=MODEL_DOMAINS, transform=transform, carries=CarryOver("model_id"))
