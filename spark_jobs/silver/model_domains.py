"""In which fields is each model used, by the words of its tags and its name?"""

from pyspark.sql import DataFrame
from pyspark.sql.types import StructType

from hublake.lake.schema.silver.models import MODELS
from hublake.lake.schema.silver.tasks import MODEL_DOMAINS
from hublake.rules.tasks.domains import FoundDomain, domains_of
from hublake.spark_jobs.dataframes.array_columns import join_elements
from hublake.spark_jobs.dataframes.arrow_functions import Row, map_values
from hublake.spark_jobs.dataframes.spark_schema import spark_schema
from hublake.spark_jobs.job import CarryOver, Job

SCHEMA = spark_schema(MODEL_DOMAINS, without=("snapshot_date",))
ROW = StructType([SCHEMA[name] for name in (*FoundDomain._fields, "model_id")])


def transform(models: DataFrame) -> DataFrame:
    """One row per domain and source; most models have none. Cost: names and tags pass through Python, tags as one text."""
    return map_values(models.select("model_id", join_elements("tags").alias("tags")), _rows, ROW).select(*SCHEMA.fieldNames())


def _rows(model_id: str, tags: str) -> list[Row]:
    return [(*found, model_id) for found in domains_of(model_id, tags.split("\n"))]


JOB = Job(reads=(MODELS,), writes=MODEL_DOMAINS, transform=transform, carries=CarryOver("model_id"))
