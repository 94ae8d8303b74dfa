"""A page of one family that needs no other file."""

from hublake.serving.export.table_format import PictureFormat

FORMAT = PictureFormat("a page with the graph and its models, up to 5,000, without scripts", "html")
