"""The whole listing of models, each item with everything that the listing gives."""

from crawler.hub_api import MODEL_EXPANDS
from crawler.listing_spider import ListingSpider


class ModelsSpider(ListingSpider):
    """Models are what a listing is of unless said otherwise."""

    name = "models"
    expands = MODEL_EXPANDS
