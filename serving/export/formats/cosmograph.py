"""The two CSV files of Cosmograph."""

from hublake.serving.export.table_format import GraphFormat

FORMAT = GraphFormat("edges.csv and metadata.csv for Cosmograph", "cosmograph")
