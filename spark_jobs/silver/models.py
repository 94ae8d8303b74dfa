"""Which models are there, and what does the Hub say of each?"""

from pyspark.sql import DataFrame

from lake.tables.bronze import CRAWL_RUNS, LISTINGS
from lake.tables.silver import MODELS
from spark_jobs.job import Job
from spark_jobs.rules.listing import LISTED, model_facts
from spark_jobs.silver.listed_items import newest_items, read_items


def transform(listings: DataFrame, crawl_runs: DataFrame) -> DataFrame:
    """Items of the newest whole model listing and of the listings of changes since.

    Of an item listed twice the later answer; what cannot be read is set aside.
    """
    return read_items(newest_items(listings, crawl_runs, "model"), LISTED, model_facts, MODELS, "model_id")


JOB = Job(reads=(LISTINGS, CRAWL_RUNS), writes=MODELS, transform=transform)
