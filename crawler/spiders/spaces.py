"""The listing of all Spaces, with every field that the listing offers."""

from hublake.crawler.listings.expands import SPACE_EXPANDS
from hublake.crawler.spiders.reconciling import ReconcilingListingSpider


class SpacesSpider(ReconcilingListingSpider):
    """Lists all Spaces."""

    name = "spaces"
    repo_type = "space"
    counted_in = "Spaces"
    expands = SPACE_EXPANDS
