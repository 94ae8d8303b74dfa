"""How much do the graph algorithms differ from NetworkX and igraph, on recorded hubs and synthetic graphs?

`--limit N` compares rounds of Spark with one task instead, with at most N pairs in one task.
    python -m benchmarks.graph_exact --data FOLDER [--limit 2000]
"""

import argparse
import tempfile
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import Any

import igraph
import networkx as nx
import numpy as np
import pyarrow as pa

from benchmarks.figure import lap, show
from benchmarks.lineage_truth import items
from benchmarks.synthetic_graph import synthetic_edges
from hublake.lake.settings import load
from hublake.rules.lineage.parent_references import parse_parent_references
from hublake.rules.lineage.tags import BASE_MODEL_TAG
from hublake.spark_jobs.engine.session import start_local_session
from hublake.spark_jobs.graph.components import strong_components
from hublake.spark_jobs.graph.digraph import Ids, simple_digraph
from hublake.spark_jobs.graph.impact_sums import DAMPING, Brought, ImpactSums, impact_sums
from hublake.spark_jobs.graph.leaf_contraction import contract_leaves
from hublake.spark_jobs.graph.lineage_positions import LineagePositions, lineage_positions
from hublake.spark_jobs.steps.graph_rounds.positions import FACTS

RECORDED = ("hub2024/models.jsonl.gz", "hub2026/models-2026-08-21.jsonl.gz")


def recorded(path: Path) -> tuple[Ids, Ids, Ids]:
    """(child, parent, downloads of each model): edges between listed models by tags; models are numbered by name."""
    hub = {item["id"]: item for item in items(path)}
    number = {name: index for index, name in enumerate(sorted(hub))}
    edges = [
        (number[child], number[parent.model_id])
        for child, item in hub.items()
        for tag in item["tags"]
        if tag.startswith(BASE_MODEL_TAG)
        for parent in parse_parent_references(tag.rpartition(":")[2])
        if parent.model_id in number
    ]
    child, parent = np.array(edges, dtype=np.int64).T
    return child, parent, np.array([hub[name].get("downloads") or 0 for name in number], dtype=np.int64)


def special_shapes() -> tuple[Ids, Ids, Ids]:
    """A star of 100,000, a chain of 50 between two cycles, self-loops, duplicate edges, random edges and 1,000 isolated models."""
    rng = np.random.default_rng(7)
    star, chain, cycle = np.arange(1, 100_001), np.arange(50), np.arange(5)
    parts = [
        (star, np.zeros_like(star)),
        (100_001 + chain, 100_002 + chain),
        (100_101 + cycle, 100_101 + (cycle + 1) % 5),
        (100_111 + cycle, 100_111 + (cycle + 1) % 5),
        (np.array([100_101, 100_051]), np.array([100_001, 100_111])),
        (np.array([100_121, 100_122, 100_122, 100_123]), np.array([100_121, 100_121, 100_121, 100_123])),
        (rng.integers(100_200, 101_000, 900), rng.integers(100_200, 101_000, 900)),
    ]
    child, parent = (np.concatenate(ends) for ends in zip(*parts, strict=True))
    return child, parent, rng.integers(0, 1_000, 102_000)


def compare(what: str, child: Ids, parent: Ids, downloads: Ids) -> None:
    """Compare every figure of every model."""
    nodes = downloads.size
    with lap() as ours:
        graph = simple_digraph(nodes, child, parent)
        contraction = contract_leaves(graph)
        positions = lineage_positions(contraction)
        sums = impact_sums(contraction, positions.root_counts, Brought.by_models(downloads))
    edges = list(zip(graph.child.tolist(), graph.parent.tolist(), strict=True))
    by_igraph = igraph.Graph(n=nodes, edges=edges, directed=True)
    by_networkx: nx.DiGraph[int] = nx.DiGraph()
    by_networkx.add_nodes_from(range(nodes))
    by_networkx.add_edges_from(edges)
    print(f"{what}: {nodes:,} models, {len(edges):,} edges, {contraction.core.child.size:,} in the core, computed in {ours.seconds:.2f} s")
    for weights, ranks in ((None, sums.pagerank), (downloads, sums.pagerank_by_downloads)):
        name = "pagerank" if weights is None else "pagerank by downloads"
        teleport = None if weights is None else dict(enumerate(weights.tolist()))
        peers = {
            "igraph": np.array(by_igraph.pagerank() if weights is None else by_igraph.personalized_pagerank(reset=weights.tolist())),
            "NetworkX": np.array(list(_networkx_pagerank(by_networkx, teleport).values())),
        }
        for peer, expected in peers.items():
            difference = np.abs(ranks / ranks.sum() - expected) / np.maximum(expected, 1e-18)
            show(f"  {name}, {peer}: largest relative difference", float(difference.max()), unit="of the rank", bar="1e-6")
    for name, count in _differing_models(by_networkx, by_igraph, strong_components(graph), positions, sums).items():
        show(f"  {name}: models that differ", count, unit="models", bar="0")


def compare_rounds(spark: Any, what: str, child: Ids, parent: Ids, downloads: Ids, limit: int) -> None:
    """Compare rounds of Spark with one task, whose results `compare` checks; a model is named by its number."""
    from hublake.spark_jobs.job import Execution
    from hublake.spark_jobs.steps.graph_rounds.positions import positions_by_rounds
    from hublake.spark_jobs.steps.graph_rounds.sums import sums_by_rounds

    graph = simple_digraph(downloads.size, child, parent)
    contraction = contract_leaves(graph)
    positions = lineage_positions(contraction)
    expected = impact_sums(contraction, positions.root_counts, Brought.by_models(downloads))
    names = [f"{number:09d}" for number in range(downloads.size)]
    models = spark.createDataFrame(pa.table({"node": np.arange(downloads.size), "downloads": downloads, "model_id": names}))
    pairs = spark.createDataFrame(pa.table({"node": graph.child, "parent": graph.parent, "is_guess": np.zeros(graph.child.size, np.bool_)}))
    execution = Execution(limit, lambda note: print(f"{what}: {note}"))
    sums = sums_by_rounds(models.select("node", "downloads"), pairs, DAMPING, execution).toArrow().sort_by("node")
    node = sums["node"].to_numpy()
    show("  models with dependants that differ", int((np.flatnonzero(expected.dependants) != node).sum()), unit="models", bar="0")
    for name in ("pagerank", "pagerank_by_downloads", "downloads_attributed"):
        values = getattr(expected, name)[node]
        difference = np.abs(sums[name].to_numpy() - values) / np.maximum(values, 1e-300)
        show(f"  {name}: largest relative difference", float(difference.max()), unit="of the value", bar="1e-9")
    for name in ("dependants", "descendants"):
        differing = sums[name].to_numpy() != getattr(expected, name)[node]
        show(f"  {name}: models that differ", int(differing.sum()), unit="models", bar="0")
    facts = models.select("node").limit(0).selectExpr("node", *[f"false AS {name}" for name in FACTS])
    named = models.select("node", "model_id")
    placed = positions_by_rounds(named, facts, pairs.select("node", "parent"), execution).toArrow().sort_by("model_id")
    offsets = positions.root_offsets
    roots = [[names[r] for r in positions.roots[offsets[k] : offsets[k + 1]]] for k in positions.root_list.tolist()]
    expected_columns = {
        "model_id": names,
        "component_id": [names[n] for n in positions.component.tolist()],
        "root_ids": roots,
        "generation": positions.generation.tolist(),
    }
    for name, column in expected_columns.items():
        differing = sum(one != other for one, other in zip(placed[name].to_pylist(), column, strict=True))
        show(f"  {name}: models that differ", differing, unit="models", bar="0")


def _networkx_pagerank(graph: "nx.DiGraph[int]", teleport: dict[int, int] | None) -> dict[int, float]:
    """Ranks with the smallest tolerance at which NetworkX converges: with smaller ones, its rounding errors keep it from stopping."""
    for digits in range(16, 9, -1):
        with suppress(nx.PowerIterationFailedConvergence):
            found: dict[int, float] = nx.pagerank(graph, personalization=teleport, tol=10.0**-digits / len(graph), max_iter=500)
            return found
    raise ValueError("NetworkX does not converge")


def _differing_models(
    by_networkx: "nx.DiGraph[int]", by_igraph: igraph.Graph, strong: Ids, positions: LineagePositions, sums: ImpactSums
) -> dict[str, int]:
    weak_label, strong_label = np.arange(strong.size), np.arange(strong.size)
    for label, components in (
        (weak_label, nx.weakly_connected_components(by_networkx)),
        (strong_label, nx.strongly_connected_components(by_networkx)),
    ):
        for members in components:
            label[list(members)] = min(members)
    descendants = {model: len(nx.ancestors(by_networkx, model)) for model, children in enumerate(by_igraph.indegree()) if children}
    roots, generation = _roots_and_generations(by_networkx, strong_label)
    offsets = positions.root_offsets
    root_lists = [positions.roots[offsets[k] : offsets[k + 1]].tolist() for k in positions.root_list.tolist()]
    return {
        "components": int((weak_label != positions.component).sum()),
        "strong components": int((strong_label != strong).sum()),
        "roots": sum(roots[model] != set(found) or len(found) != len(roots[model]) for model, found in enumerate(root_lists)),
        "generations": sum(generation[model] != found for model, found in enumerate(positions.generation.tolist())),
        "dependants": int((np.array(by_igraph.indegree()) != sums.dependants).sum()),
        "descendants": sum(descendants.get(model, 0) != found for model, found in enumerate(sums.descendants.tolist())),
    }


def _roots_and_generations(graph: "nx.DiGraph[int]", strong_label: Ids) -> tuple[dict[int, set[int]], dict[int, int]]:
    """The roots above each model and the longest path from one, without the edges on cycles."""
    acyclic = nx.DiGraph(graph)
    acyclic.remove_edges_from([(a, b) for a, b in graph.edges if strong_label[a] == strong_label[b]])
    roots: dict[int, set[int]] = {}
    generation: dict[int, int] = {}
    for model in reversed(list(nx.topological_sort(acyclic))):
        parents = list(acyclic.successors(model))
        roots[model] = set().union(*(roots[parent] for parent in parents)) or {model}
        generation[model] = max((generation[parent] + 1 for parent in parents), default=0)
    return roots, generation


def main() -> None:
    """Compare on two recorded hubs, special shapes and a synthetic hub."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, default=Path(__file__).resolve().parents[2] / "shared" / "data")
    parser.add_argument("--limit", type=int, help="graph.max_pairs_in_one_task: compare rounds of Spark with one task")
    args = parser.parse_args()
    graphs: dict[str, Callable[[], tuple[Ids, Ids, Ids]]] = {name: partial(recorded, args.data / name) for name in RECORDED}
    graphs |= {"special shapes": special_shapes, "a synthetic hub": _synthetic}
    if args.limit is None:
        for name, graph in graphs.items():
            compare(name, *graph())
        return
    with tempfile.TemporaryDirectory() as scratch:
        spark = start_local_session(load(), Path(scratch))
        for name, graph in graphs.items():
            compare_rounds(spark, name, *graph(), args.limit)
        spark.stop()


def _synthetic() -> tuple[Ids, Ids, Ids]:
    return *synthetic_edges(100_000, 50_000), np.random.default_rng(7).integers(0, 1_000, 100_000)


if __name__ == "__main__":
    main()
