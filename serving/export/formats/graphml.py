"""GraphML: the graph of lineage in XML."""

from hublake.serving.export.table_format import GraphFormat

FORMAT = GraphFormat("the graph of lineage for NetworkX, igraph, Gephi", "graphml")
