"""Which models does the Hub list, and with which metadata?"""

from pyspark.sql import DataFrame

from hublake.lake.schema.bronze import CRAWL_RUNS, LISTINGS
from hublake.lake.schema.silver.models import MODELS
from hublake.rules.listings.listed_models import LISTED_MODEL, model_row
from hublake.spark_jobs.job import Job
from hublake.spark_jobs.steps.listed_items import current_items, parse_items


def transform(listings: DataFrame, crawl_runs: DataFrame) -> DataFrame:
    """One row per model in the newest full listing and the listings of changes since then, from the latest response about it.

    Items that cannot be parsed are quarantined.
    """
    return parse_items(current_items(listings, crawl_runs, "model"), LISTED_MODEL, model_row, MODELS, "model_id")


JOB = Job(reads=(LISTINGS, CRAWL_RUNS), writes=MODELS, transform=transform)
