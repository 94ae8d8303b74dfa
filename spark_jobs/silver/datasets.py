"""Which datasets are there, and what does the Hub say of each?"""

from pyspark.sql import DataFrame

from lake.tables.bronze import CRAWL_RUNS, LISTINGS
from lake.tables.silver import DATASETS
from spark_jobs.job import Job
from spark_jobs.rules.dataset_listing import LISTED, dataset_facts
from spark_jobs.silver.listed_items import newest_items, read_items


def transform(listings: DataFrame, crawl_runs: DataFrame) -> DataFrame:
    """Items of the newest whole listing of datasets; no row where there was none, as of a warehouse that holds models alone."""
    return read_items(newest_items(listings, crawl_runs, "dataset"), LISTED, dataset_facts, DATASETS, "dataset_id")


JOB = Job(reads=(LISTINGS, CRAWL_RUNS), writes=DATASETS, transform=transform, of_spider="datasets")
