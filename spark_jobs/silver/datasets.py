"""Which datasets are there, and what does the Hub say of each?"""

from pyspark.sql import DataFrame

from hublake.lake.schema.bronze import CRAWL_RUNS, LISTINGS
from hublake.lake.schema.silver.datasets import DATASETS
from hublake.rules.listings.datasets import LISTED, dataset_facts
from hublake.spark_jobs.job import Job
from hublake.spark_jobs.steps.listed_items import newest_items, read_items


def transform(listings: DataFrame, crawl_runs: DataFrame) -> DataFrame:
    """Items of the newest whole listing of datasets; no row where there was none, as of a warehouse that holds models alone."""
    return read_items(newest_items(listings, crawl_runs, "dataset"), LISTED, dataset_facts, DATASETS, "dataset_id")


JOB = Job(reads=(LISTINGS, CRAWL_RUNS), writes=DATASETS, transform=transform, requires_spider="datasets")
