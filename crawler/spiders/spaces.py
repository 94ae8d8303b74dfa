"""The listing of all Spaces, with every field that the listing offers."""

from hublake.crawler.spiders.reconciling import ReconcilingListingSpider
from hublake.lake.expands import SPACE_EXPANDS


class SpacesSpider(ReconcilingListingSpider):
    """Lists all Spaces."""

    name = "spaces"
    repo_type = "space"
    counted_in = "Spaces"
    expands = SPACE_EXPANDS
