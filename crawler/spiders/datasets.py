"""The whole listing of datasets, each item with everything that the listing gives."""

from hublake.crawler.hub_api import DATASET_EXPANDS
from hublake.crawler.whole_listing import WholeListingSpider


class DatasetsSpider(WholeListingSpider):
    """Datasets, by the same walk as models."""

    name = "datasets"
    repo_type = "dataset"
    counted_in = "datasets"
    expands = DATASET_EXPANDS
