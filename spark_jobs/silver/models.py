"""Which models are there, and what does the Hub say of each?"""

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from lake.tables.bronze import CRAWL_RUNS, LISTINGS
from lake.tables.silver import MODELS
from spark_jobs.job import Job
from spark_jobs.rules.listing import model_facts
from spark_jobs.silver.listed_items import changed_listings, newest_items, read_items, whole_listings


def transform(listings: DataFrame, crawl_runs: DataFrame) -> DataFrame:
    """Items of the newest whole model listing and of the listings of changes since.

    Of an item listed twice the later answer; what cannot be read is set aside.
    """
    return read_items(newest_items(listings, crawl_runs, "model"), model_facts, MODELS, "model_id")


def whole_model_listings(crawl_runs: DataFrame) -> DataFrame:
    """Runs of the models spider that listed all they were asked for, from end to end."""
    return whole_listings(crawl_runs, "models")


def snapshots_of_models(crawl_runs: DataFrame) -> DataFrame:
    """Runs of whole listings, and of listings of changes behind a whole one: each of their days is a snapshot."""
    first = whole_model_listings(crawl_runs).agg(F.min("started_at").alias("first_at"))
    changes = changed_listings(crawl_runs, "models").join(F.broadcast(first), F.col("started_at") > F.col("first_at"), how="left_semi")
    return whole_model_listings(crawl_runs).unionByName(changes)


JOB = Job(reads=(LISTINGS, CRAWL_RUNS), writes=MODELS, transform=transform)
