"""The whole listing of models, each item with everything that the listing gives."""

from crawler.hub_api import MODEL_EXPANDS
from crawler.whole_listing import WholeListingSpider


class ModelsSpider(WholeListingSpider):
    """The walk over all models."""

    name = "models"
    expands = MODEL_EXPANDS
