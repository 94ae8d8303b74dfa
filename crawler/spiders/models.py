"""The listing of all models, with every field that the listing offers."""

from hublake.crawler.listings.expands import MODEL_EXPANDS
from hublake.crawler.spiders.reconciling import ReconcilingListingSpider


class ModelsSpider(ReconcilingListingSpider):
    """Lists all models."""

    name = "models"
    expands = MODEL_EXPANDS
