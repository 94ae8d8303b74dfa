"""The derivation graph as flat arrays: models with a listed parent or child, best impact first, and the edges between them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from hublake.explorer.data.graph_queries import edge_query, node_query
from hublake.lake.enums import EVIDENCE, LICENSE_FAMILIES, RELATIONS
from hublake.lake.schema.silver.lineage import LINEAGE_EDGES
from hublake.lake.schema.silver.models import MODELS
from hublake.serving.layouts.forest import main_parents
from hublake.serving.reader import PublishedTables

UNKNOWN, OTHER, BASE = "unknown", "other", "base"
MOST_VALUES = {"task": 64, "country": 96, "language": 64}  # of vocabularies that grow; rarer values are OTHER
VOCABULARIES: Mapping[str, Sequence[str]] = {
    "relation": (BASE, *RELATIONS),
    "evidence": (UNKNOWN, *EVIDENCE),
    "license_class": (UNKNOWN, "undeclared", *LICENSE_FAMILIES),
    "documentation": (UNKNOWN, "no_card_with_text", "depth_0", "depth_1", "depth_2", "depth_3", "depth_4"),
}
LARGEST_RADIUS = 255

Bytes = NDArray[np.uint8]
Indices = NDArray[np.int64]


@dataclass(frozen=True)
class Graph:
    """Models by their index, in the order of impact; edges by the indices of child and parent, in the order of both.

    `attributes` has one byte per model, by the name of the attribute; its meaning is in `vocabularies`, of `downloads` see
    `downloads_bucket`. `month` counts months since March 2022, 65535 if unknown; `created` is a day as a number, NaN at the Hub's floor.
    `main_parent` is -1 for roots; of several parents it is the one with the strongest evidence, then the one with most impact. `order` is
    the rank of the Hub's own id, which a later snapshot does not change among the models that both have.
    """

    day: date
    names: pa.StringArray
    child: Indices
    parent: Indices
    relation: Bytes
    evidence: Bytes
    main_parent: Indices
    attributes: Mapping[str, Bytes]
    vocabularies: Mapping[str, Sequence[str]]
    month: NDArray[np.uint16]
    created: NDArray[np.float64]
    descendants: Indices
    order: Indices

    def __len__(self) -> int:
        return len(self.names)

    def subset(self, members: Indices) -> "Graph":
        """The graph of some models, given by their indices in ascending order, and the edges between them."""
        number = np.full(len(self), -1, np.int64)
        number[members] = np.arange(len(members))
        child, parent = number[self.child], number[self.parent]
        kept = (child >= 0) & (parent >= 0)
        child, parent, evidence, order = child[kept], parent[kept], self.evidence[kept], self.order[members]
        return replace(
            self,
            names=self.names.take(pa.array(members)),
            child=child,
            parent=parent,
            relation=self.relation[kept],
            evidence=evidence,
            main_parent=_main_parents(child, parent, evidence, self.descendants[members], order),
            attributes={name: array[members] for name, array in self.attributes.items()},
            month=self.month[members],
            created=self.created[members],
            descendants=self.descendants[members],
            order=order,
        )

    def radius(self) -> Bytes:
        """The size of a drawn model, on a log scale of its descendants from 1 to 255."""
        logs = np.log1p(self.descendants)
        highest = logs.max(initial=0) or 1.0
        return np.rint(1 + logs / highest * (LARGEST_RADIUS - 1)).astype(np.uint8)

    def counts(self) -> dict[str, list[int]]:
        """Attribute -> number of models by value, in the order of its vocabulary; for `evidence`, of edges."""
        values = {**{name: self.attributes[name] for name in self.vocabularies if name in self.attributes}, "evidence": self.evidence}
        return {name: np.bincount(array, minlength=len(self.vocabularies[name])).tolist() for name, array in sorted(values.items())}


def read_graph(published: PublishedTables) -> Graph:
    """Read the graph of the newest snapshot. Tables that are not published leave their attribute unknown.

    Raises MissingTable where silver.models or silver.lineage_edges is not published. Cost: one scan of each table, and a sort of the
    connected models.
    """
    for table in (MODELS, LINEAGE_EDGES):
        published.require(table)
    day = published.value("SELECT max(snapshot_date) FROM silver.models")
    published.execute(edge_query(), {"day": day})
    published.execute(node_query(published), {"day": day})
    nodes = published.arrow("SELECT * FROM map_nodes ORDER BY node")
    edges = published.arrow(
        "SELECT child.node AS child, parent.node AS parent, relation, evidence FROM map_edges JOIN map_nodes AS child ON"
        " child_id = child.model_id JOIN map_nodes AS parent ON parent_id = parent.model_id ORDER BY child, parent, relation"
    )
    for name in ("map_edges", "map_nodes"):
        published.execute(f"DROP TABLE {name}")
    return _graph(day, nodes, edges)


def _graph(day: date, nodes: pa.Table, edges: pa.Table) -> Graph:
    vocabularies = dict(VOCABULARIES) | {name: _commonest(nodes[name], most) for name, most in MOST_VALUES.items()}
    child, parent = (edges[name].to_numpy().astype(np.int64) for name in ("child", "parent"))
    relation, evidence = (_encoded(edges[name], vocabularies[name]) for name in ("relation", "evidence"))
    order = nodes["stable"].to_numpy().astype(np.int64)
    descendants = nodes["descendants"].to_numpy().astype(np.int64)
    attributes = {
        name: _encoded(nodes[name], vocabularies[name]) for name in ("license_class", "task", "country", "language", "documentation")
    }
    main_parent = _main_parents(child, parent, evidence, descendants, order)
    main = main_edges(len(nodes), child, edge_order(child, parent, evidence, main_parent))
    attributes["relation"] = np.append(relation, np.uint8(0))[main]  # -1 is the last: BASE
    attributes["downloads"] = downloads_bucket(nodes["downloads_30d"].fill_null(-1).to_numpy())
    return Graph(
        day=day,
        names=nodes["model_id"].combine_chunks(),
        child=child,
        parent=parent,
        relation=relation,
        evidence=evidence,
        main_parent=main_parent,
        attributes=attributes,
        vocabularies=vocabularies,
        month=nodes["month"].to_numpy().astype(np.uint16),
        created=nodes["created"].to_numpy(),
        descendants=descendants,
        order=order,
    )


def _main_parents(child: Indices, parent: Indices, evidence: Bytes, descendants: Indices, order: Indices) -> Indices:
    found: Indices = main_parents(len(order), child, parent, -evidence.astype(np.int64), descendants, order)
    return found


def edge_order(child: Indices, parent: Indices, evidence: Bytes, main_parent: Indices) -> Indices:
    """The edges by child; of each child those to its main parent first, then by the strength of their evidence and the parent's impact.

    >>> edge_order(np.array([1, 2, 2]), np.array([0, 0, 1]), np.array([1, 1, 1], np.uint8), np.array([-1, 0, 1])).tolist()
    [0, 2, 1]
    """
    return np.lexsort((parent, evidence, parent != main_parent[child], child))


def main_edges(models: int, child: Indices, order: Indices) -> Indices:
    """The index of each model's first edge in `order`, -1 without one.

    >>> main_edges(3, np.array([1, 2, 2]), np.array([0, 2, 1])).tolist()
    [-1, 0, 2]
    """
    found = np.full(models, -1, np.int64)
    children, first = np.unique(child[order], return_index=True)
    found[children] = order[first]
    return found


def downloads_bucket(downloads: NDArray[Any]) -> Bytes:
    """0 if unknown (negative), else 1 plus the whole part of log2(downloads + 1): bucket b begins at 2 ** (b - 1) - 1 downloads.

    >>> downloads_bucket(np.array([-1, 0, 1, 2, 3, 6, 7])).tolist()
    [0, 1, 2, 2, 3, 3, 4]
    """
    known = np.maximum(downloads, 0).astype(np.float64)
    return np.where(downloads < 0, 0, 1 + np.floor(np.log2(known + 1))).astype(np.uint8)


def _commonest(values: pa.ChunkedArray, most: int) -> tuple[str, ...]:
    """UNKNOWN, the commonest values, most models first, and OTHER if there are more."""
    counted = pc.value_counts(values.drop_null()).to_pylist()
    names = [str(row["values"]) for row in sorted(counted, key=lambda row: (-row["counts"], row["values"]))]
    return (UNKNOWN, *names[:most], *([OTHER] if len(names) > most else ()))


def _encoded(values: pa.ChunkedArray, vocabulary: Sequence[str]) -> Bytes:
    """The index of each value in its vocabulary: 0 for null, the last for a value that is not in it."""
    found = pc.index_in(values, pa.array(vocabulary, pa.string()))
    other = pc.fill_null(found, len(vocabulary) - 1 if vocabulary[-1] == OTHER else 0)
    encoded: Bytes = pc.if_else(pc.is_null(values), 0, other).to_numpy().astype(np.uint8)
    return encoded
