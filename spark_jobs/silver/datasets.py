"""Which datasets does the Hub list, and with which metadata?"""

from pyspark.sql import DataFrame

from hublake.lake.schema.bronze import CRAWL_RUNS, LISTINGS
from hublake.lake.schema.silver.datasets import DATASETS
from hublake.rules.listings.listed_datasets import LISTED_DATASET, dataset_row
from hublake.spark_jobs.job import Job
from hublake.spark_jobs.steps.listed_items import current_items, parse_items


def transform(listings: DataFrame, crawl_runs: DataFrame) -> DataFrame:
    """One row per item of the current dataset listing; no row without such a listing, as in a warehouse with models only."""
    return parse_items(current_items(listings, crawl_runs, "dataset"), LISTED_DATASET, dataset_row, DATASETS, "dataset_id")


JOB = Job(reads=(LISTINGS, CRAWL_RUNS), writes=DATASETS, transform=transform, requires_spider="datasets")
