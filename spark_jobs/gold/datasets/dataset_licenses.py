"""Which licences do models have that declare a dataset under a certain licence?"""

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from hublake.lake.schema.gold.datasets import DATASET_LICENSES
from hublake.lake.schema.silver.datasets import DATASET_FACTS, MODEL_DATASETS
from hublake.lake.schema.silver.licenses import MODEL_LICENSES
from hublake.spark_jobs.dataframes.hash_joins import HASH, join_by_hash
from hublake.spark_jobs.job import Job
from hublake.spark_jobs.steps.dataset_uses import dataset_uses
from hublake.spark_jobs.steps.licenses_by_model import license_text, licenses_by_hash


def transform(model_datasets: DataFrame, dataset_facts: DataFrame, model_licenses: DataFrame) -> DataFrame:
    """Pairs of a model and a dataset, by the licences of both; those of a dataset that is not listed are unknown, so empty."""
    datasets = dataset_facts.select("dataset_id", license_text(F.array_sort("licenses")).alias("dataset_license"))
    models = licenses_by_hash(model_licenses).select(HASH, license_text("licenses").alias("model_license"))
    pairs = join_by_hash(join_by_hash(dataset_uses(model_datasets), datasets, name="dataset_id"), models)
    grouped = pairs.groupBy(*(F.coalesce(name, F.lit("")).alias(name) for name in ("dataset_license", "model_license")))
    counted = grouped.agg(F.count("*").alias("uses"), F.countDistinct("dataset_id").alias("distinct_datasets"))
    return counted.withColumn("verdict", F.lit("unknown"))


JOB = Job(reads=(MODEL_DATASETS, DATASET_FACTS, MODEL_LICENSES), writes=DATASET_LICENSES, transform=transform)
