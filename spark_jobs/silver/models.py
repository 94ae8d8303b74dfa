"""Which models are there, and what does the Hub say of each?"""

from pyspark.sql import DataFrame

from hublake.lake.schema.bronze import CRAWL_RUNS, LISTINGS
from hublake.lake.schema.silver.models import MODELS
from hublake.rules.listings.models import LISTED, model_facts
from hublake.spark_jobs.job import Job
from hublake.spark_jobs.steps.listed_items import newest_items, read_items


def transform(listings: DataFrame, crawl_runs: DataFrame) -> DataFrame:
    """Items of the newest whole model listing and of the listings of changes since.

    Of an item listed twice the later answer; what cannot be read is set aside.
    """
    return read_items(newest_items(listings, crawl_runs, "model"), LISTED, model_facts, MODELS, "model_id")


JOB = Job(reads=(LISTINGS, CRAWL_RUNS), writes=MODELS, transform=transform)
