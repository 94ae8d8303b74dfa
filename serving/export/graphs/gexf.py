"""GEXF 1.3: the graph of lineage for Gephi, with the day of creation of each model for its timeline."""

from collections.abc import Iterator, Sequence
from pathlib import Path

from hublake.lake.schema import Column
from hublake.serving.export.files import Written, write_file
from hublake.serving.export.graphs.lineage_graph import EDGE_COLUMNS, XML_TYPES, LineageGraph, value_text, xml_text

HEAD = """<?xml version="1.0" encoding="UTF-8"?>
<gexf xmlns="http://gexf.net/1.3" version="1.3">
"""
START = """coalesce(' start="' || strftime(created_at, '%Y-%m-%d') || '"', '')"""


def _attributes(columns: Sequence[Column], kind: str) -> Iterator[str]:
    yield f'<attributes class="{kind}" mode="static">\n'
    for column in columns:
        yield f'<attribute id="{column.name}" title="{column.name}" type="{XML_TYPES[column.type]}"/>\n'
    yield "</attributes>\n"


def _values(columns: Sequence[Column]) -> str:
    """The SQL expression of the values of a row; none for nulls."""
    values = (f"""coalesce('<attvalue for="{column.name}" value="' || {value_text(column)} || '"/>', '')""" for column in columns)
    return f"'<attvalues>' || {' || '.join(values)} || '</attvalues>'"


def _parts(graph: LineageGraph) -> Iterator[str]:
    yield HEAD
    yield f'<meta lastmodifieddate="{graph.day}"><creator>Hublake</creator></meta>\n'
    yield '<graph mode="dynamic" defaultedgetype="directed" timeformat="date">\n'
    yield from _attributes(graph.columns, "node")
    yield from _attributes(EDGE_COLUMNS, "edge")
    yield "<nodes>\n"
    name = xml_text("model_id")
    yield from graph.node_lines(
        f"""'<node id="' || {name} || '" label="' || {name} || '"' || {START} || '>' || {_values(graph.columns)} || '</node>'"""
    )
    yield "</nodes>\n<edges>\n"
    number = "row_number() OVER (ORDER BY child_id, parent_id, relation)"
    ends = f"""' source="' || {xml_text("child_id")} || '" target="' || {xml_text("parent_id")} || '" label="' || relation || '">'"""
    yield from graph.edge_lines(f"""'<edge id="' || {number} || '"' || {ends} || {_values(EDGE_COLUMNS)} || '</edge>'""")
    yield "</edges>\n</graph>\n</gexf>\n"


def write(graph: LineageGraph, folder: Path) -> list[Written]:
    """Write the files of this format to a folder."""
    return [write_file(folder / "lineage.gexf", _parts(graph), rows=graph.nodes + graph.edges)]
