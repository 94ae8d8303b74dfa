"""The graph of lineage as arrays, and its models at the positions of a layout."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from hublake.lake.enums import EVIDENCE, RELATIONS
from hublake.lake.errors import WrongUse
from hublake.lake.repo_ids import ABOVE_FLOOR
from hublake.serving.export.graphs.kinds import KINDS
from hublake.serving.export.graphs.lineage_graph import POSITION, LineageGraph
from hublake.serving.layouts import LIMITS
from hublake.serving.layouts.families import families_map
from hublake.serving.layouts.forest import ROOT, main_parents
from hublake.serving.layouts.packing import rings
from hublake.serving.layouts.small import circular, kamada_kawai, spring
from hublake.serving.layouts.timeline import timeline

Numbers = np.ndarray[Any, np.dtype[Any]]
SECONDS_PER_DAY = 86_400
# Gephi draws a node 10 wide at first; positions that are 1 apart become 10 apart.
NODE_WIDTH = 10
TIMELINE_WIDTH = 10_000
LONE_RADIUS = 0.55  # of the disc of a model without relatives


@dataclass(frozen=True)
class GraphArrays:
    """Nodes in the order of names, edges by the numbers of their ends.

    `created` is in days since 1970, NaN where it is unknown or the Hub's floor; `impact` and `downloads` are 0 where they are unknown.
    `order` ranks by time of creation and name: new models come last, in each snapshot.
    """

    names: pa.StringArray
    kind: Numbers
    created: Numbers
    impact: Numbers
    downloads: Numbers
    child: Numbers
    parent: Numbers
    relation: Numbers
    is_guessed: Numbers
    main_parent: Numbers
    order: Numbers

    def name(self, node: int) -> str:
        """The name of a node."""
        return str(self.names[int(node)].as_py())

    def number(self, name: str) -> int:
        """The node of that name; -1 if there is none."""
        return int(pc.index(self.names, name).as_py())


def read_arrays(graph: LineageGraph, *, with_relatives: bool = False) -> GraphArrays:
    """Read nodes and edges; with `with_relatives`, only models that have an edge. Cost: their columns in memory, 100 bytes a model."""
    published = graph.published
    has_impact = any(column.name == "impact_score" for column in graph.columns)
    kinds = " ".join(f"WHEN '{name}' THEN {number}" for number, name in enumerate(KINDS))
    chosen = "kind <> 'alone'" if with_relatives else "TRUE"
    impact, size_column = ("impact_score", "descendants") if has_impact else ("0", "0")
    nodes = published.arrow(
        f"SELECT model_id, (CASE kind {kinds} END)::UTINYINT AS kind, epoch(created_at)::DOUBLE AS created,"
        f" coalesce({impact}, 0)::DOUBLE AS impact, coalesce({size_column}, 0)::BIGINT AS size,"
        " coalesce(downloads_30d, 0)::BIGINT AS downloads"
        f" FROM graph_nodes WHERE {chosen} ORDER BY model_id"
    )
    relations = " ".join(f"WHEN '{name}' THEN {number}" for number, name in enumerate(RELATIONS))
    strengths = " ".join(f"WHEN '{name}' THEN {len(EVIDENCE) - number}" for number, name in enumerate(EVIDENCE))
    edges = published.arrow(
        f"WITH numbers AS (SELECT model_id, row_number() OVER (ORDER BY model_id) - 1 AS number FROM graph_nodes WHERE {chosen})"
        f" SELECT down.number AS child, up.number AS parent, (CASE relation {relations} END)::UTINYINT AS relation,"
        f" (CASE evidence {strengths} ELSE 0 END)::UTINYINT AS strength, is_guessed FROM graph_edges"
        " JOIN numbers AS down ON child_id = down.model_id JOIN numbers AS up ON parent_id = up.model_id"
        " ORDER BY 1, 2, 3"
    )
    created, child, parent = nodes["created"].to_numpy(), edges["child"].to_numpy(), edges["parent"].to_numpy()
    order = np.empty(created.size, dtype=np.int64)
    order[np.lexsort((np.arange(created.size), np.nan_to_num(created)))] = np.arange(created.size)
    size = nodes["size"].to_numpy() if has_impact else np.bincount(parent, minlength=created.size)
    is_dated = created >= ABOVE_FLOOR.timestamp()
    return GraphArrays(
        names=nodes["model_id"].combine_chunks(),
        kind=nodes["kind"].to_numpy(),
        created=np.where(is_dated, created / SECONDS_PER_DAY, np.nan),
        impact=nodes["impact"].to_numpy(),
        downloads=nodes["downloads"].to_numpy(),
        child=child,
        parent=parent,
        relation=edges["relation"].to_numpy(),
        is_guessed=edges["is_guessed"].to_numpy(zero_copy_only=False),
        main_parent=main_parents(created.size, child, parent, edges["strength"].to_numpy(), size, order),
        order=order,
    )


def require_size(layout: str, nodes: int) -> None:
    """Raise WrongUse if the graph is too large for the layout."""
    most = LIMITS.get(layout)
    if most is not None and nodes > most:
        raise WrongUse(
            f"--layout {layout} places at most {most:,} models, and {nodes:,} are selected."
            " Select fewer with --root, --depth or filters, or choose --layout families"
        )


def positions(arrays: GraphArrays, layout: str) -> tuple[Numbers, Numbers]:
    """(x, y) of each node by a layout of LAYOUTS, y upwards. Raises WrongUse if the graph is too large for it."""
    require_size(layout, arrays.kind.size)
    match layout:
        case "families":
            return _families(arrays)
        case "timeline":
            placed = timeline(arrays.main_parent, arrays.kind, arrays.created, arrays.order)
            return placed.x, placed.y
        case "circular":
            return circular(arrays.main_parent, arrays.kind, arrays.order)
        case "kamada-kawai":
            return kamada_kawai(arrays.kind.size, arrays.child, arrays.parent)
        case _:
            return spring(arrays.kind.size, arrays.child, arrays.parent)


def _families(arrays: GraphArrays) -> tuple[Numbers, Numbers]:
    """The map of families; models without relatives are in rings around it, the oldest inside."""
    has_relatives = arrays.kind != KINDS.index("alone")
    placed, lone = np.flatnonzero(has_relatives), np.flatnonzero(~has_relatives)
    lone = lone[np.argsort(arrays.order[lone])]
    main = arrays.main_parent[placed]
    number = np.cumsum(has_relatives) - 1
    found = families_map(np.where(main == ROOT, ROOT, number[main]), arrays.kind[placed], arrays.order[placed])
    x, y = np.empty(arrays.kind.size), np.empty(arrays.kind.size)
    x[placed], y[placed] = found.x, found.y
    x[lone], y[lone], _ = rings(np.full(lone.size, LONE_RADIUS), found.extent)
    return x, y


def add_positions(graph: LineageGraph, layout: str) -> None:
    """Give the nodes of a graph the columns x and y, in the units of graph tools."""
    arrays = read_arrays(graph)
    x, y = positions(arrays, layout)
    scale = TIMELINE_WIDTH if layout == "timeline" else NODE_WIDTH
    graph.add_columns(POSITION, pa.table({"x": np.round(x * scale, 2), "y": np.round(y * scale, 2)}))
