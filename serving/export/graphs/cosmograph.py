"""Two CSV files for Cosmograph: edges.csv (source, target, edge ...) and metadata.csv (id, type, owner, architecture ...).

Here edges point from the base to what derives from it, as in networks of models that others have published in this form.
"""

from dataclasses import replace
from pathlib import Path

from hublake.lake.schema.silver.lineage import LINEAGE_EDGES
from hublake.serving.export.files import Written
from hublake.serving.export.formats.csv import FORMAT as CSV
from hublake.serving.export.graphs.lineage_graph import EDGE_COLUMNS, LineageGraph
from hublake.serving.export.write import write_query

RENAMED = {"kind": "type", "author": "owner"}
FIRST = ("id", "type", "owner", "architecture")


def write(graph: LineageGraph, folder: Path) -> list[Written]:
    """Write the files of this format to a folder."""
    edge, *more = EDGE_COLUMNS
    ends = [replace(LINEAGE_EDGES.by_name["parent_id"], name="source"), replace(LINEAGE_EDGES.by_name["child_id"], name="target")]
    columns = [*ends, replace(edge, name="edge"), *more]
    rows = "SELECT parent_id AS source, child_id AS target, relation AS edge, evidence, confidence, is_guessed FROM graph_edges"
    edges = f"SELECT {', '.join(map(CSV.select, columns))} FROM ({rows}) ORDER BY source, target, edge"
    nodes = [replace(LINEAGE_EDGES.by_name["child_id"], name="id")]
    nodes += [replace(column, name=RENAMED.get(column.name, column.name)) for column in graph.columns]
    nodes.sort(key=lambda column: FIRST.index(column.name) if column.name in FIRST else len(FIRST))
    names = ", ".join(f"{column.name} AS {RENAMED.get(column.name, column.name)}" for column in graph.columns)
    metadata = f"SELECT {', '.join(map(CSV.select, nodes))} FROM (SELECT model_id AS id, {names} FROM graph_nodes)"
    return [write_query(graph.published, query, name, CSV, folder) for name, query in (("edges", edges), ("metadata", metadata))]
