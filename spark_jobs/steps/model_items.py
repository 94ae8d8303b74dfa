"""The pass over the listed models that all jobs on their items share."""

from hublake.rules.listings.model_items import LISTED_MODEL
from hublake.spark_jobs.steps.listed_items import ItemPass

MODEL_ITEMS = ItemPass("model", LISTED_MODEL)
