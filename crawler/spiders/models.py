"""The listing of all models, with every field that the listing offers."""

from hublake.crawler.spiders.reconciling import ReconcilingListingSpider
from hublake.lake.expands import MODEL_EXPANDS


class ModelsSpider(ReconcilingListingSpider):
    """Lists all models."""

    name = "models"
    expands = MODEL_EXPANDS
