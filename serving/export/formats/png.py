"""A picture as PNG."""

from hublake.serving.export.table_format import PictureFormat

FORMAT = PictureFormat("a picture of the graph, see --picture and --layout", "png")
