"""One task gives the same results for what rounds of contraction have left of a graph as for the graph itself."""

from collections import Counter
from typing import Any

import numpy as np
import pyarrow as pa
import pytest

from hublake.spark_jobs.graph.digraph import simple_digraph
from hublake.spark_jobs.graph.impact_sums import DAMPING, Brought, impact_sums
from hublake.spark_jobs.graph.leaf_contraction import contract_leaves
from hublake.spark_jobs.graph.lineage_positions import lineage_positions
from hublake.spark_jobs.steps.graph_rounds.positions import positions_of_core
from hublake.spark_jobs.steps.graph_rounds.sums import sums_of_core
from tests.spark_jobs.graph.test_against_networkx import GRAPHS

Vertex = dict[str, Any]


def contracted(pairs: set[tuple[str, str]], downloads: dict[str, int], rounds: int) -> list[Vertex]:
    """The vertices that are left after so many rounds, with what each brings, by plain Python."""
    parents: dict[str, list[str]] = {name: [] for name in downloads}
    for child, parent in pairs:
        parents[child].append(parent)
    brought: dict[str, Vertex] = {
        name: {"pagerank": 1.0, "pagerank_by_downloads": float(own), "below": 1, "downloads": own, "smallest": name}
        for name, own in downloads.items()
    }
    for _ in range(rounds):
        children = Counter(parent for of_child in parents.values() for parent in of_child)
        for leaf in [name for name, of_leaf in parents.items() if len(of_leaf) == 1 and not children[name]]:
            gain, target = brought[leaf], brought[parents.pop(leaf)[0]]
            for rank in ("pagerank", "pagerank_by_downloads"):
                target[rank] += DAMPING * gain[rank]
            for count in ("below", "downloads"):
                target[count] += gain[count]
            target["smallest"] = min(target["smallest"], gain["smallest"])
    return [
        {"node": hash(name), "model_id": name, "parents": [hash(p) for p in of_name], "own_downloads": downloads[name], **brought[name]}
        for name, of_name in parents.items()
    ]


@pytest.mark.parametrize("rounds", [0, 1, 3, 100])
@pytest.mark.parametrize("name", GRAPHS)
def test_a_contracted_graph_has_the_results_of_the_whole_one(name: str, rounds: int) -> None:
    pairs = {(child, parent) for child, parent in GRAPHS[name] if child != parent}
    names = sorted({model for pair in GRAPHS[name] for model in pair})
    downloads = {model: n * 37 % 101 * (n % 3 == 1) for n, model in enumerate(names)}
    number = {model: n for n, model in enumerate(names)}
    ends = (np.array([number[pair[end]] for pair in sorted(pairs)], dtype=np.int64) for end in (0, 1))
    contraction = contract_leaves(simple_digraph(len(names), *ends))
    positions = lineage_positions(contraction)
    own = np.array([downloads[model] for model in names], dtype=np.int64)
    sums = impact_sums(contraction, positions.root_counts, Brought.by_models(own))

    core = pa.Table.from_pylist(contracted(pairs, downloads, rounds)).replace_schema_metadata()
    core = core.set_column(core.schema.get_field_index("parents"), "parents", core["parents"].cast(pa.list_(pa.int64())))
    left = [number[model] for model in core["model_id"].to_pylist()]
    found = sums_of_core(core, DAMPING)
    for column in ("pagerank", "pagerank_by_downloads", "downloads_attributed"):
        np.testing.assert_allclose(found[column].to_numpy(), getattr(sums, column)[left], rtol=1e-12)
    assert found["descendants"].to_pylist() == sums.descendants[left].tolist()
    assert found["roots"].to_pylist() == positions.root_counts[left].tolist()

    placed = {row["node"]: row for row in positions_of_core(core).to_pylist()}
    of_nodes = [placed[hash(names[n])] for n in left]
    offsets = positions.root_offsets
    roots = [[names[r] for r in positions.roots[offsets[k] : offsets[k + 1]]] for k in positions.root_list[left]]
    assert [row["root_ids"] for row in of_nodes] == roots
    assert [row["component_id"] for row in of_nodes] == [names[positions.component[n]] for n in left]
    assert [row["generation"] for row in of_nodes] == positions.generation[left].tolist()
