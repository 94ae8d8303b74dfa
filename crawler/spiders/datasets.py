"""The listing of all datasets, with every field that the listing offers."""

from hublake.crawler.spiders.reconciling import ReconcilingListingSpider
from hublake.lake.expands import DATASET_EXPANDS


class DatasetsSpider(ReconcilingListingSpider):
    """Lists all datasets."""

    name = "datasets"
    repo_type = "dataset"
    counted_in = "datasets"
    expands = DATASET_EXPANDS
