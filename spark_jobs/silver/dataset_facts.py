"""Which datasets did models write, and which models?"""

from collections.abc import Iterator
from functools import reduce
from operator import or_

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from hublake.lake.curated import curated_words
from hublake.lake.schema.silver.datasets import DATASET_FACTS, DATASETS
from hublake.rules.datasets.dataset_origins import MAX_CHARS, dataset_origin
from hublake.spark_jobs.dataframes.array_columns import filter_elements
from hublake.spark_jobs.dataframes.arrow_functions import Record, map_records
from hublake.spark_jobs.dataframes.spark_schema import spark_schema
from hublake.spark_jobs.job import Job

# Whatever the rule recognises contains one of these.
MAY_TELL = ("gpt", "generated", "created", "written", "synthe", "produced", "distilled", "translated")


def transform(datasets: DataFrame) -> DataFrame:
    """One row per dataset. Cost: the datasets that contain a telling word pass through Python."""
    words = curated_words("synthetic_words", "word")
    tags = filter_elements("tags", lambda tag: tag.isin(*sorted(words))).alias("tags")
    description = F.substring("description", 1, MAX_CHARS).alias("description")
    known = datasets.select("dataset_id", tags, description, "licenses")
    name = F.lower("dataset_id")
    text = F.concat_ws(" ", name, F.lower("description"))
    parts = [name.contains(word) for word in sorted(words) if word.isalnum()] + [text.contains(word) for word in MAY_TELL]
    may_tell = reduce(or_, parts, F.size("tags") > 0)
    telling = map_records(known.where(may_tell), _rows, spark_schema(DATASET_FACTS, without=("snapshot_date",)))
    silent = known.where(~may_tell).select(
        "dataset_id",
        F.lit(None).cast("boolean").alias("is_synthetic"),
        F.array().cast("array<string>").alias("generated_by"),
        F.lit(None).cast("string").alias("evidence"),
        "licenses",
    )
    return telling.unionByName(silent)


def _rows(row: Record) -> Iterator[Record]:
    origin = dataset_origin(row["dataset_id"], row["tags"], row["description"])
    yield {"dataset_id": row["dataset_id"], "licenses": row["licenses"], **origin._asdict()}


JOB = Job(reads=(DATASETS,), writes=DATASET_FACTS, transform=transform)
