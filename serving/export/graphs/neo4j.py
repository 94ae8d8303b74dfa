"""Two CSV files for the bulk import of Neo4j: `neo4j-admin database import full --nodes=Model=nodes.csv --relationships=relationships.csv`.

No text is protected from spreadsheets here: the database needs the names as they are.
"""

from pathlib import Path

from hublake.serving.export.files import Written
from hublake.serving.export.formats.csv import FORMAT as CSV
from hublake.serving.export.graphs.lineage_graph import EDGE_COLUMNS, LineageGraph
from hublake.serving.export.write import write_query

TYPES = {"string": "string", "timestamp": "datetime", "long": "long", "double": "double", "boolean": "boolean"}


def _value(name: str, type_: str) -> str:
    return f"strftime({name}, '%Y-%m-%dT%H:%M:%SZ')" if type_ == "timestamp" else name


def write(graph: LineageGraph, folder: Path) -> list[Written]:
    """Write the files of this format to a folder."""
    nodes = ", ".join(f'{_value(column.name, column.type)} AS "{column.name}:{TYPES[column.type]}"' for column in graph.columns)
    relation, *more = EDGE_COLUMNS
    values = ", ".join(f'{column.name} AS "{column.name}:{TYPES[column.type]}"' for column in more)
    queries = {
        "nodes": f'SELECT model_id AS "model_id:ID", {nodes} FROM graph_nodes',
        "relationships": f'SELECT child_id AS ":START_ID", parent_id AS ":END_ID", {relation.name} AS ":TYPE", {values}'
        " FROM graph_edges ORDER BY child_id, parent_id, relation",
    }
    return [write_query(graph.published, query, name, CSV, folder) for name, query in queries.items()]
