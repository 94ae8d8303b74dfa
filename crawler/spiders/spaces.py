"""The whole listing of Spaces, each item with everything that the listing gives."""

from crawler.hub_api import SPACE_EXPANDS
from crawler.listing_spider import ListingSpider


class SpacesSpider(ListingSpider):
    """Spaces, by the same walk as models."""

    name = "spaces"
    repo_type = "space"
    counted_in = "Spaces"
    expands = SPACE_EXPANDS
