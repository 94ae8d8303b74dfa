"""The whole listing of models, each item with everything that the listing gives."""

from hublake.crawler.hub_api import MODEL_EXPANDS
from hublake.crawler.whole_listing import WholeListingSpider


class ModelsSpider(WholeListingSpider):
    """The walk over all models."""

    name = "models"
    expands = MODEL_EXPANDS
