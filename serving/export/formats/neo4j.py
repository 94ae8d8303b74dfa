"""The two CSV files of the bulk import of Neo4j."""

from hublake.serving.export.table_format import GraphFormat

FORMAT = GraphFormat("nodes.csv and relationships.csv for Neo4j's bulk import", "neo4j")
