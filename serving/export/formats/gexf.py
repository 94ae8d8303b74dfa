"""GEXF 1.3: the graph of lineage in the XML of Gephi."""

from hublake.serving.export.table_format import GraphFormat

FORMAT = GraphFormat("the graph of lineage for Gephi, with dates", "gexf")
