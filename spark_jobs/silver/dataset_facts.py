"""Which datasets did models write, and which models?"""

from collections.abc import Iterable, Iterator
from functools import reduce
from operator import or_

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

from hublake.lake.curated import curated_words
from hublake.lake.schema.silver.datasets import DATASET_FACTS, DATASETS
from hublake.rules.datasets.dataset_origins import GENERATING_MODELS, MAX_CHARS, dataset_origin
from hublake.spark_jobs.dataframes.array_columns import filter_elements
from hublake.spark_jobs.dataframes.arrow_functions import Record, map_records
from hublake.spark_jobs.dataframes.checkpoints import lazy_checkpoint
from hublake.spark_jobs.dataframes.spark_schema import spark_schema
from hublake.spark_jobs.job import CarryOver, Job

# A description that the rule recognises contains one of each.
VERBS = ("generated", "created", "written", "synthe", "produced", "distilled", "translated")


def transform(datasets: DataFrame) -> DataFrame:
    """One row per dataset. Cost: the datasets that contain telling words pass through Python."""
    words = curated_words("synthetic_words", "word")
    tags = filter_elements("tags", lambda tag: tag.isin(*sorted(words))).alias("tags")
    known = datasets.select("dataset_id", tags, F.substring("description", 1, MAX_CHARS).alias("description"), "licenses")
    name, text = F.lower("dataset_id"), F.lower("description")
    states = _contains_any(text, VERBS) & _contains_any(text, GENERATING_MODELS)
    by_name = _contains_any(name, ["gpt", *sorted(word for word in words if word.isalnum())])
    described = F.when(F.coalesce(states, F.lit(False)), F.col("description"))
    may_tell = (F.size("tags") > 0) | by_name | F.col("description").isNotNull()
    parts = lazy_checkpoint(known.withColumn("description", described).withColumn("may_tell", may_tell))
    telling = map_records(parts.where("may_tell").drop("may_tell"), _rows, spark_schema(DATASET_FACTS, without=("snapshot_date",)))
    silent = parts.where(~F.col("may_tell")).select(
        "dataset_id",
        F.lit(None).cast("boolean").alias("is_synthetic"),
        F.array().cast("array<string>").alias("generated_by"),
        F.lit(None).cast("string").alias("evidence"),
        "licenses",
    )
    return telling.unionByName(silent)


def _contains_any(text: Column, words: Iterable[str]) -> Column:
    return reduce(or_, [text.contains(word) for word in words])


def _rows(row: Record) -> Iterator[Record]:
    origin = dataset_origin(row["dataset_id"], row["tags"], row["description"])
    yield {"dataset_id": row["dataset_id"], "licenses": row["licenses"], **origin._asdict()}


JOB = Job(reads=(DATASETS,), writes=DATASET_FACTS, transform=transform, carries=CarryOver("dataset_id"))
