"""GEXF 1.3: the graph of lineage for Gephi, with the day of creation of each model for its timeline."""

from collections.abc import Iterator, Sequence
from pathlib import Path

from hublake.lake.schema import Column
from hublake.serving.export.files import Written, write_file
from hublake.serving.export.graphs.kinds import COLOUR_OF
from hublake.serving.export.graphs.lineage_graph import EDGE_COLUMNS, POSITION, XML_TYPES, LineageGraph, concatenated, value_text, xml_text
from hublake.serving.layouts.raster import rgb

HEAD = """<?xml version="1.0" encoding="UTF-8"?>
<gexf xmlns="http://gexf.net/1.3" xmlns:viz="http://gexf.net/1.3/viz" version="1.3">
"""
START = """' start="' || strftime(created_at, '%Y-%m-%d') || '"'"""
SIZE = 7  # of a node without impact: models are at least 10 apart


def _attributes(columns: Sequence[Column], kind: str) -> Iterator[str]:
    yield f'<attributes class="{kind}" mode="static">\n'
    for column in columns:
        yield f'<attribute id="{column.name}" title="{column.name}" type="{XML_TYPES[column.type]}"/>\n'
    yield "</attributes>\n"


def _values(columns: Sequence[Column]) -> Iterator[str]:
    """SQL expressions of the values of a row; null for values that are null."""
    yield "'<attvalues>'"
    yield from (f"""'<attvalue for="{column.name}" value="' || {value_text(column)} || '"/>'""" for column in columns)
    yield "'</attvalues>'"


def _drawn(graph: LineageGraph) -> str:
    """The SQL expression of the position, colour and size of a node in Gephi; empty without a layout."""
    if POSITION[0] not in graph.columns:
        return "''"
    colours = " ".join(
        f"""WHEN '{kind}' THEN '<viz:color r="{red}" g="{green}" b="{blue}"/>'"""
        for kind, (red, green, blue) in ((kind, rgb(colour)) for kind, colour in COLOUR_OF.items())
    )
    has_impact = any(column.name == "impact_score" for column in graph.columns)
    size = f"round({SIZE} * (1 + 1.5 * coalesce({'impact_score' if has_impact else '0'}, 0) / 100), 1)"
    return f"""CASE kind {colours} END || '<viz:position x="' || x || '" y="' || y || '" z="0"/><viz:size value="' || {size} || '"/>'"""


def _parts(graph: LineageGraph) -> Iterator[str | bytes]:
    yield HEAD
    yield f'<meta lastmodifieddate="{graph.day}"><creator>Hublake</creator></meta>\n'
    yield '<graph mode="dynamic" defaultedgetype="directed" timeformat="date">\n'
    yield from _attributes(graph.columns, "node")
    yield from _attributes(EDGE_COLUMNS, "edge")
    yield "<nodes>\n"
    name = xml_text("model_id")
    begin = ("""'<node id="'""", name, """'" label="'""", name, """'"'""", START, "'>'")
    yield from graph.node_lines(concatenated((*begin, *_values(graph.columns), _drawn(graph), "'</node>'")))
    yield "</nodes>\n<edges>\n"
    ends = ("""' source="'""", xml_text("child_id"), """'" target="'""", xml_text("parent_id"), """'" label="'""", "relation", """'">'""")
    number = ("""'<edge id="'""", "rowid + 1", """'"'""")
    yield from graph.edge_lines(concatenated((*number, *ends, *_values(EDGE_COLUMNS), "'</edge>'")))
    yield "</edges>\n</graph>\n</gexf>\n"


def write(graph: LineageGraph, folder: Path) -> list[Written]:
    """Write the files of this format to a folder."""
    return [write_file(folder / "lineage.gexf", _parts(graph), rows=graph.nodes + graph.edges)]
