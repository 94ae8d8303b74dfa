"""A picture as SVG, with names as text."""

from hublake.serving.export.table_format import PictureFormat

FORMAT = PictureFormat("the same as a drawing, up to 5,000 models", "svg")
