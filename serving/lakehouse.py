"""The Python interface to published tables: `hublake.open`."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import pyarrow as pa

from hublake.lake.schema import Table, find_table
from hublake.lake.schema.columns import MODEL_ID
from hublake.lake.schema.gold.impact import MODEL_IMPACT_WITHOUT_GUESSES
from hublake.lake.schema.silver.models import MODELS
from hublake.lake.settings import load
from hublake.lake.suggestions import did_you_mean
from hublake.serving.kin import Direction, find_kin, require_model
from hublake.serving.reader import PublishedTables, open_published

if TYPE_CHECKING:
    import igraph
    import networkx as nx
    import pandas as pd
    import polars as pl

_MEMBERS = """
    SELECT kin.model_id, steps, author, created_at, downloads_30d, likes, pipeline_tag, library_name, architecture, parameters
    FROM (SELECT * FROM silver.models WHERE snapshot_date = $day) AS models RIGHT JOIN kin USING (model_id) ORDER BY steps, kin.model_id
"""
_EDGES = """
    SELECT child_id, parent_id, relation, evidence, confidence FROM silver.lineage_edges
    WHERE snapshot_date = $day AND NOT is_self_loop
    AND child_id IN (SELECT model_id FROM kin) AND parent_id IN (SELECT model_id FROM kin)
    ORDER BY child_id, parent_id, relation
"""


@dataclass(frozen=True)
class Rows:
    """The rows of a table or a query, in memory as an Arrow table."""

    arrow: pa.Table

    def to_arrow(self) -> pa.Table:
        """The rows as a pyarrow Table."""
        return self.arrow

    def to_pandas(self) -> "pd.DataFrame":
        """The rows as a pandas DataFrame. Needs pandas."""
        found: pd.DataFrame = self.arrow.to_pandas()
        return found

    def to_polars(self) -> "pl.DataFrame":
        """The rows as a Polars DataFrame. Needs polars."""
        import polars as pl

        found = pl.from_arrow(self.arrow)
        assert isinstance(found, pl.DataFrame)
        return found

    def to_dicts(self) -> list[dict[str, Any]]:
        """The rows as dicts by the names of the columns."""
        found: list[dict[str, Any]] = self.arrow.to_pylist()
        return found

    def __len__(self) -> int:
        return int(self.arrow.num_rows)

    def __iter__(self) -> Iterator[dict[str, Any]]:
        return iter(self.to_dicts())


@dataclass(frozen=True)
class Model(Mapping[str, Any]):
    """The facts on one model of a snapshot: a read-only mapping from columns of silver.models, and of gold tables with a row per model."""

    model_id: str
    facts: Mapping[str, Any] = field(repr=False)

    def __getitem__(self, name: str) -> Any:
        if name not in self.facts:
            raise KeyError(f"{name!r}.{did_you_mean(name, self.facts)}")
        return self.facts[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self.facts)

    def __len__(self) -> int:
        return len(self.facts)


@dataclass(frozen=True)
class Family:
    """A model or dataset with all its descendants (or ancestors), and the edges between these models."""

    root_id: str
    models: Rows
    edges: Rows

    def to_networkx(self) -> "nx.MultiDiGraph":
        """A directed graph, child to parent: nodes are model_ids with the columns of `models`, edges have those of `edges`. Needs networkx.

        Two models may have several edges, with different relations.
        """
        import networkx as nx

        graph = nx.MultiDiGraph(root=self.root_id)
        graph.add_nodes_from((row.pop("model_id"), row) for row in self.models.to_dicts())
        graph.add_edges_from((row.pop("child_id"), row.pop("parent_id"), row) for row in self.edges.to_dicts())
        return graph

    def to_igraph(self) -> "igraph.Graph":
        """The same as an igraph Graph; the vertex attribute `name` is the model_id. Needs igraph."""
        import igraph

        models, edges = self.models.to_dicts(), self.edges.to_dicts()
        graph = igraph.Graph(directed=True)
        names = [row["model_id"] for row in models]
        number = {name: index for index, name in enumerate(names)}
        attributes = {name: [row[name] for row in models] for name in self.models.arrow.column_names if name != "model_id"}
        graph.add_vertices(len(names), attributes={"name": names, **attributes})
        ends = [(number[row["child_id"]], number[row["parent_id"]]) for row in edges]
        graph.add_edges(ends, attributes={name: [row[name] for row in edges] for name in ("relation", "evidence", "confidence")})
        return graph

    def __len__(self) -> int:
        return len(self.models)


class Lakehouse:
    """The published tables of a warehouse, in the versions of its last build when it was opened."""

    def __init__(self, published: PublishedTables) -> None:
        self._published = published

    @property
    def tables(self) -> list[str]:
        """Full names of the tables that the warehouse contains."""
        return sorted(self._published.tables)

    def table(self, name: str, *, all_snapshots: bool = False) -> Rows:
        """The rows of a table, by its full or short name: those of the newest snapshot, of a history and of operational tables all rows.

        Raises UnknownTable, or MissingTable where the warehouse lacks the table.
        """
        table = self._require(name)
        if all_snapshots or table.is_history or table.partitioned_by[:1] != ("snapshot_date",):
            return self.sql(f"SELECT * FROM {table.full_name}")
        return self.sql(f"SELECT * FROM {table.full_name} WHERE snapshot_date = (SELECT max(snapshot_date) FROM {table.full_name})")

    def sql(self, query: str, **parameters: Any) -> Rows:
        """The rows of a query of DuckDB's SQL; `$name` in the query is a parameter. Raises duckdb.Error for a mistake in the query."""
        with self._published.sides_by_size():
            return Rows(self._published.arrow(query, **parameters))

    def model(self, model_id: str) -> Model:
        """The facts on a model in the newest snapshot. Raises WrongUse, with similar names, where no model has the name."""
        day = self._newest_day()
        require_model(self._published, model_id, day)
        facts: dict[str, Any] = {}
        for table in self._tables_with_every_model():
            found = self._published.records(
                f"SELECT * FROM {table.full_name} WHERE snapshot_date = $day AND model_id = $id", day=day, id=model_id
            )
            facts |= found[0] if found else {}
        return Model(model_id, facts)

    def family(self, root_id: str, direction: Direction = "descendants") -> Family:
        """All descendants or ancestors of a model or dataset in the newest snapshot, with itself. Raises WrongUse for an unknown name."""
        find_kin(self._published, root_id, direction)
        day = self._newest_day()
        members, edges = (Rows(self._published.arrow(query, day=day)) for query in (_MEMBERS, _EDGES))
        return Family(root_id, members, edges)

    def _newest_day(self) -> Any:
        self._require("silver.models")
        return self._published.value("SELECT max(snapshot_date) FROM silver.models")

    def _tables_with_every_model(self) -> list[Table]:
        published = self._published.tables.values()
        with_every_model = [table for table in published if table.has_every_model and table.key[-1] == MODEL_ID.name]
        return [MODELS, *(table for table in with_every_model if table != MODEL_IMPACT_WITHOUT_GUESSES)]

    def _require(self, name: str) -> Table:
        table = find_table(name)
        self._published.require(table)
        return table

    def __repr__(self) -> str:
        return f"<hublake.Lakehouse {self._published.address}: {len(self.tables)} tables>"


def open_lakehouse(warehouse: str | None, as_of: str | None, *, without_guesses: bool) -> Lakehouse:
    """The lakehouse at an address, or at the configured one."""
    return Lakehouse(open_published(load(flags={"warehouse": warehouse}), as_of, without_guesses=without_guesses))
