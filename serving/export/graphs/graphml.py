"""GraphML: the graph of lineage for NetworkX, igraph, Gephi, yEd and Cytoscape."""

from collections.abc import Iterator, Sequence
from pathlib import Path

from hublake.lake.schema import Column
from hublake.serving.export.files import Written, write_file
from hublake.serving.export.graphs.lineage_graph import EDGE_COLUMNS, XML_TYPES, LineageGraph, concatenated, value_text, xml_text

HEAD = """<?xml version="1.0" encoding="UTF-8"?>
<graphml xmlns="http://graphml.graphdrawing.org/xmlns" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"
 xsi:schemaLocation="http://graphml.graphdrawing.org/xmlns http://graphml.graphdrawing.org/xmlns/1.0/graphml.xsd">
"""


def _keys(columns: Sequence[Column], kind: str) -> Iterator[str]:
    for column in columns:
        yield f'<key id="{kind}_{column.name}" for="{kind}" attr.name="{column.name}" attr.type="{XML_TYPES[column.type]}"/>\n'


def _data(columns: Sequence[Column], kind: str) -> Iterator[str]:
    """SQL expressions of the data elements of a row; null for values that are null."""
    return (f"""'<data key="{kind}_{column.name}">' || {value_text(column)} || '</data>'""" for column in columns)


def _parts(graph: LineageGraph) -> Iterator[str | bytes]:
    yield HEAD
    yield from _keys(graph.columns, "node")
    yield from _keys(EDGE_COLUMNS, "edge")
    yield f'<graph id="lineage {graph.day}" edgedefault="directed">\n'
    begin = ("""'<node id="'""", xml_text("model_id"), """'">'""")
    yield from graph.node_lines(concatenated((*begin, *_data(graph.columns, "node"), "'</node>'")))
    ends = ("""'<edge source="'""", xml_text("child_id"), """'" target="'""", xml_text("parent_id"), """'">'""")
    yield from graph.edge_lines(concatenated((*ends, *_data(EDGE_COLUMNS, "edge"), "'</edge>'")))
    yield "</graph>\n</graphml>\n"


def write(graph: LineageGraph, folder: Path) -> list[Written]:
    """Write the files of this format to a folder."""
    return [write_file(folder / "lineage.graphml", _parts(graph), rows=graph.nodes + graph.edges)]
