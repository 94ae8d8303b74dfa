"""The whole listing of Spaces, each item with everything that the listing gives."""

from hublake.crawler.hub_api import SPACE_EXPANDS
from hublake.crawler.whole_listing import WholeListingSpider


class SpacesSpider(WholeListingSpider):
    """Spaces, by the same walk as models."""

    name = "spaces"
    repo_type = "space"
    counted_in = "Spaces"
    expands = SPACE_EXPANDS
