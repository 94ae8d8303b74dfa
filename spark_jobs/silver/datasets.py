"""Which datasets does the Hub list, and with which metadata?

One row per item of the current dataset listing; no row without such a listing, as in a warehouse with models only.
"""

from hublake.lake.schema.bronze import CRAWL_RUNS, LISTINGS
from hublake.lake.schema.silver.datasets import DATASETS
from hublake.rules.listings.listed_datasets import LISTED_DATASET, dataset_row
from hublake.spark_jobs.job import Facet, Job
from hublake.spark_jobs.steps.listed_items import ItemPass

transform = Facet(ItemPass("dataset", LISTED_DATASET), DATASETS, dataset_row, is_main=True)

JOB = Job(reads=(LISTINGS, CRAWL_RUNS), writes=DATASETS, transform=transform, requires_spider="datasets")
