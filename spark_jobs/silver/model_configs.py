"""What do the configuration and the weight files of each model state, as far as the listing says?"""

from hublake.lake.schema.bronze import CRAWL_RUNS, LISTINGS
from hublake.lake.schema.silver.architectures import MODEL_CONFIGS
from hublake.rules.listings.model_configs import config_row
from hublake.spark_jobs.job import Facet, Job
from hublake.spark_jobs.steps.model_items import MODEL_ITEMS

transform = Facet(MODEL_ITEMS, MODEL_CONFIGS, config_row)

JOB = Job(reads=(LISTINGS, CRAWL_RUNS), writes=MODEL_CONFIGS, transform=transform)
