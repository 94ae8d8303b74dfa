"""The graph of lineage for graph tools: models as nodes with typed attributes, edges from a model to what it derives from."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date

import pyarrow as pa

from hublake.lake.enums import GUESSED_EVIDENCE
from hublake.lake.schema import Column
from hublake.lake.schema.gold.impact import MODEL_IMPACT
from hublake.lake.schema.gold.lineage import COMMUNITIES, MODEL_LINEAGE
from hublake.lake.schema.silver.licenses import MODEL_LICENSES
from hublake.lake.schema.silver.lineage import LINEAGE_EDGES
from hublake.lake.schema.silver.models import MODELS
from hublake.lake.terminal import printable
from hublake.serving.reader import PublishedTables
from hublake.serving.scan import quote

# Types of columns -> the names of types in GraphML and GEXF.
FORBIDDEN = (*range(9), 11, 12, *range(14, 32), 0xFFFE, 0xFFFF)  # characters that no document in XML 1.0 contains
XML_TYPES = {"string": "string", "timestamp": "string", "long": "long", "double": "double", "boolean": "boolean"}
OF_MODELS = ("author", "created_at", "downloads_30d", "likes", "pipeline_tag", "library_name", "architecture", "parameters")
OF_GOLD = {
    MODEL_IMPACT: ("impact_score", "descendants"),
    MODEL_LINEAGE: ("generation", "component_id"),
    COMMUNITIES: ("community_id",),
}
# The relation of a model is that of its strongest declared edge; `base` if it has none and others derive from it, else `alone`.
KIND = Column("kind", "string", "How the model derives from its parents: a relation, base or alone")
LICENSE = Column("license", "string", "Licences, joined by commas")
EDGE_COLUMNS = (
    *(LINEAGE_EDGES.by_name[name] for name in ("relation", "evidence", "confidence")),
    Column("is_guessed", "boolean", "Whether nobody declared the edge"),
)
RANGE = 400_000  # models that are joined and sorted at once
SAMPLED = 500  # of the names, one in so many is read to find ranges
# Of a graph with a layout.
POSITION = (Column("x", "double", "Position in the layout, to the right"), Column("y", "double", "Position in the layout, upwards"))


class LineageGraph:
    """The models of a day and the edges between them: all of them, or those of the temporary table `selected`.

    Cost: the columns of nodes and edges, in temporary tables; rows are streamed from them. The tables are in the order of names, so that
    nothing is sorted while lines are written.
    """

    def __init__(self, published: PublishedTables, *, is_selected: bool) -> None:
        for table in (MODELS, LINEAGE_EDGES):
            published.require(table)
        self.published = published
        self.day: date = published.value("SELECT max(snapshot_date) FROM silver.lineage_edges")
        self.columns = self._node_columns()
        published.execute(
            "CREATE OR REPLACE TEMP TABLE graph_edges AS SELECT child_id, parent_id, relation, evidence, confidence,"
            " evidence IN (SELECT unnest($guessed)) AS is_guessed FROM silver.lineage_edges"
            " WHERE snapshot_date = $day AND parent_status <> 'missing' AND NOT is_self_loop"
            + (" AND child_id IN (SELECT model_id FROM selected) AND parent_id IN (SELECT model_id FROM selected)" if is_selected else "")
            + " ORDER BY child_id, parent_id, relation",
            {"day": self.day, "guessed": list(GUESSED_EVIDENCE)},
        )
        self._fill_nodes("model_id IN (SELECT model_id FROM selected)" if is_selected else "TRUE")

    def _fill_nodes(self, chosen: str) -> None:
        """Join the columns of the nodes and sort them by name, range by range: all at once would need more than the memory of readers."""
        execute, nodes = self.published.execute, self._nodes_query(chosen)
        for number, (low, high) in enumerate(self._ranges(chosen)):
            begin = "INSERT INTO sorted_nodes" if number else "CREATE OR REPLACE TEMP TABLE sorted_nodes AS"
            execute(f"{begin} {nodes} ORDER BY model_id", {"day": self.day, "low": low, "high": high})
        execute("CREATE OR REPLACE TEMP VIEW graph_nodes AS SELECT * FROM sorted_nodes")

    def _ranges(self, chosen: str) -> list[tuple[str, str | None]]:
        """Ranges of names, in order, with about RANGE models each: at or after the first name, and before the second."""
        sampled = f"SELECT model_id FROM silver.models WHERE snapshot_date = $day AND {chosen} AND hash(model_id) % $part = 0 ORDER BY ALL"
        names = [name for (name,) in self.published.rows(sampled, day=self.day, part=SAMPLED)]
        ranges = max(len(names) * SAMPLED // RANGE, 1)
        ends = sorted({names[len(names) * number // ranges] for number in range(1, ranges)})
        return list(zip(["", *ends], [*ends, None], strict=True))

    def _node_columns(self) -> Sequence[Column]:
        present = [table.by_name[name] for table, names in OF_GOLD.items() if table.full_name in self.published.tables for name in names]
        licenses = [LICENSE] if MODEL_LICENSES.full_name in self.published.tables else []
        return (*(MODELS.by_name[name] for name in OF_MODELS), KIND, *licenses, *present)

    def _nodes_query(self, chosen: str) -> str:
        """The query of the nodes from $low on and before $high, if that is not null."""
        of_day = f"WHERE snapshot_date = $day AND {_within('model_id')} AND {chosen}"
        joins = [
            "LEFT JOIN (SELECT child_id AS model_id, first(relation ORDER BY is_guessed, confidence DESC, relation) AS relation"
            f" FROM graph_edges WHERE {_within('child_id')} GROUP BY child_id) USING (model_id)",
            "LEFT JOIN (SELECT DISTINCT parent_id AS model_id, 'base' AS base"
            f" FROM graph_edges WHERE {_within('parent_id')}) USING (model_id)",
        ]
        if LICENSE in self.columns:
            value = "coalesce(resolved_license, license)"
            joins.append(
                f"LEFT JOIN (SELECT model_id, array_to_string(list_sort(list_distinct(list({value}))), ', ') AS license"
                f" FROM silver.model_licenses {of_day} GROUP BY model_id) USING (model_id)"
            )
        for table, of_gold in OF_GOLD.items():
            if table.full_name in self.published.tables:
                joins.append(f"LEFT JOIN (SELECT model_id, {', '.join(of_gold)} FROM {table.full_name} {of_day}) USING (model_id)")
        names = ", ".join(column.name for column in self.columns if column != KIND)
        return (
            f"SELECT model_id, {names}, coalesce(relation, base, 'alone') AS kind"
            f" FROM (SELECT model_id, {', '.join(OF_MODELS)} FROM silver.models {of_day}) {' '.join(joins)}"
        )

    def add_columns(self, columns: Sequence[Column], values: pa.Table) -> None:
        """Give the nodes further columns, whose rows are in the order of names."""
        names = ", ".join(column.name for column in columns)
        self.published.connection.register("added_columns", values)
        self.published.execute(
            f"CREATE OR REPLACE TEMP VIEW graph_nodes AS SELECT sorted_nodes.*, {names} FROM sorted_nodes POSITIONAL JOIN added_columns"
        )
        self.columns = (*self.columns, *columns)

    def direct_derivatives(self, names: Sequence[str]) -> dict[str, int]:
        """How many models of the snapshot derive directly from each of the named ones, selected or not."""
        return dict(
            self.published.rows(
                "SELECT parent_id, count(DISTINCT child_id) FROM silver.lineage_edges WHERE snapshot_date = $day"
                " AND parent_status <> 'missing' AND NOT is_self_loop AND parent_id IN (SELECT unnest($names)) GROUP BY 1",
                day=self.day,
                names=list(names),
            )
        )

    def communities(self) -> dict[str, str]:
        """The community of each node that has one; none if communities are not published. Cost: all of them in memory."""
        if COMMUNITIES.by_name["community_id"] not in self.columns:
            return {}
        return dict(self.published.rows("SELECT model_id, community_id FROM graph_nodes WHERE community_id IS NOT NULL"))

    @property
    def nodes(self) -> int:
        return int(self.published.value("SELECT count(*) FROM graph_nodes"))

    @property
    def edges(self) -> int:
        return int(self.published.value("SELECT count(*) FROM graph_edges"))

    def node_lines(self, expression: str) -> Iterator[bytes]:
        """A line for each node, in the order of names: an SQL expression of `model_id` and `columns`."""
        return self._lines(f"SELECT {expression} || chr(10) AS line FROM graph_nodes")

    def edge_lines(self, expression: str) -> Iterator[bytes]:
        """A line for each edge, in the order of its ends: an SQL expression of child_id, parent_id, EDGE_COLUMNS and rowid, from 0."""
        return self._lines(f"SELECT {expression} || chr(10) AS line FROM graph_edges")

    def _lines(self, query: str) -> Iterator[bytes]:
        """The lines, many at a time: the texts of an Arrow array are one after another in memory."""
        for batch in self.published.batches(query):
            lines = batch.column(0)
            if not len(lines):
                continue
            _, offsets, texts = lines.buffers()
            ends = pa.Array.from_buffers(pa.int32(), len(lines) + 1, [None, offsets], offset=lines.offset)
            yield texts[ends[0].as_py() : ends[len(lines)].as_py()].to_pybytes()


def _within(column: str) -> str:
    return f"{column} >= $low AND ($high IS NULL OR {column} < $high)"


def concatenated(parts: Iterable[str]) -> str:
    """The SQL expression of a text without the parts that are null. A chain of || would copy the text for each part."""
    return f"concat({', '.join(parts)})"


def xml_text(expression: str) -> str:
    """The SQL expression of a text in XML. Characters that XML cannot contain are written as on a terminal, such as \\x07."""
    escaped = expression
    for character, reference in (("&", "&amp;"), ("<", "&lt;"), (">", "&gt;"), ('"', "&quot;")):
        escaped = f"replace({escaped}, '{character}', '{reference}')"
    for code in (9, 10, 13):
        escaped = f"replace({escaped}, chr({code}), '&#{code};')"
    escaped_and_shown = escaped
    for code in FORBIDDEN:
        escaped_and_shown = f"replace({escaped_and_shown}, chr({code}), {quote(printable(chr(code)))})"
    forbidden = "[" + "".join(rf"\x{{{code:X}}}" for code in FORBIDDEN) + "]"
    return (
        rf"CASE WHEN NOT regexp_matches({expression}, '[&<>\"\x00-\x1F\x{{FFFE}}\x{{FFFF}}]') THEN {expression}"
        f" WHEN regexp_matches({expression}, '{forbidden}') THEN {escaped_and_shown} ELSE {escaped} END"
    )


def value_text(column: Column) -> str:
    """The SQL expression of a column's value as text: timestamps in ISO 8601 and UTC."""
    if column.type == "timestamp":
        return f"strftime({column.name}, '%Y-%m-%dT%H:%M:%SZ')"
    if column.type == "string":
        return xml_text(column.name)
    return f"{column.name}::VARCHAR"
