"""The whole listing of Spaces, each item with everything that the listing gives."""

from crawler.hub_api import SPACE_EXPANDS
from crawler.whole_listing import WholeListingSpider


class SpacesSpider(WholeListingSpider):
    """Spaces, by the same walk as models."""

    name = "spaces"
    repo_type = "space"
    counted_in = "Spaces"
    expands = SPACE_EXPANDS
