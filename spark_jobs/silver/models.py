"""Which models does the Hub list, and with which metadata?

One row per model in the newest full listing and the listings of changes since then, from the latest response about it. Items that cannot
be parsed are quarantined.
"""

from hublake.lake.schema.bronze import CRAWL_RUNS, LISTINGS
from hublake.lake.schema.silver.models import MODELS
from hublake.rules.listings.listed_models import model_row
from hublake.spark_jobs.job import Facet, Job
from hublake.spark_jobs.steps.model_items import MODEL_ITEMS

transform = Facet(MODEL_ITEMS, MODELS, model_row, is_main=True)

JOB = Job(reads=(LISTINGS, CRAWL_RUNS), writes=MODELS, transform=transform)
