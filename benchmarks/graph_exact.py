"""Is the folded graph equal to NetworkX and igraph, on recorded hubs and on made graphs? Prints the largest difference of each figure.

python -m benchmarks.graph_exact --data FOLDER
"""

import argparse
from contextlib import suppress
from pathlib import Path

import igraph
import networkx as nx
import numpy as np

from benchmarks.figure import lap, show
from benchmarks.lineage_truth import items
from benchmarks.made_graph import made_pairs
from hublake.rules.lineage.declared_parents import BASE_MODEL_TAG
from hublake.rules.lineage.parent_names import parent_names
from hublake.spark_jobs.graph.bearing import Bearing, bearing
from hublake.spark_jobs.graph.folding import Ids, distinct_pairs, fold
from hublake.spark_jobs.graph.standing import Standing, standing
from hublake.spark_jobs.graph.strong import strong_components

RECORDED = ("hub2024/models.jsonl.gz", "hub2026/models-2026-08-21.jsonl.gz")


def recorded(path: Path) -> tuple[Ids, Ids, Ids]:
    """(child, parent, downloads of each model): pairs by tags between listed models, numbers in order of names."""
    hub = {item["id"]: item for item in items(path)}
    number = {name: place for place, name in enumerate(sorted(hub))}
    pairs = [
        (number[child], number[parent.name])
        for child, item in hub.items()
        for tag in item["tags"]
        if tag.startswith(BASE_MODEL_TAG)
        for parent in parent_names(tag.rpartition(":")[2])
        if parent.name in number
    ]
    child, parent = np.array(pairs, dtype=np.int64).T
    return child, parent, np.array([hub[name].get("downloads") or 0 for name in number], dtype=np.int64)


def shapes() -> tuple[Ids, Ids, Ids]:
    """A star of 100,000, a chain of 50 between two cycles, self loops, pairs given twice, any to any, and 1,000 models alone."""
    chance = np.random.default_rng(7)
    star, chain, cycle = np.arange(1, 100_001), np.arange(50), np.arange(5)
    sides = [
        (star, np.zeros_like(star)),
        (100_001 + chain, 100_002 + chain),
        (100_101 + cycle, 100_101 + (cycle + 1) % 5),
        (100_111 + cycle, 100_111 + (cycle + 1) % 5),
        (np.array([100_101, 100_051]), np.array([100_001, 100_111])),
        (np.array([100_121, 100_122, 100_122, 100_123]), np.array([100_121, 100_121, 100_121, 100_123])),
        (chance.integers(100_200, 101_000, 900), chance.integers(100_200, 101_000, 900)),
    ]
    child, parent = (np.concatenate(side) for side in zip(*sides, strict=True))
    return child, parent, chance.integers(0, 1_000, 102_000)


def compare(what: str, child: Ids, parent: Ids, downloads: Ids) -> None:
    """Every figure of every model."""
    size = downloads.size
    with lap() as ours:
        folding = fold(distinct_pairs(size, child, parent))
        strong = strong_components(folding)
        stands = standing(folding, strong)
        bears = bearing(folding, strong, stands.root_counts, downloads)
    kept = list(zip(folding.pairs.child.tolist(), folding.pairs.parent.tolist(), strict=True))
    peer = igraph.Graph(n=size, edges=kept, directed=True)
    plain: nx.DiGraph[int] = nx.DiGraph()
    plain.add_nodes_from(range(size))
    plain.add_edges_from(kept)
    print(f"{what}: {size:,} models, {len(kept):,} pairs, {folding.core.child.size:,} in the core, folded in {ours.seconds:.2f} s")
    for weights, ranks in ((None, bears.pagerank), (downloads, bears.pagerank_by_downloads)):
        name = "pagerank" if weights is None else "pagerank by downloads"
        teleport = None if weights is None else dict(enumerate(weights.tolist()))
        by_networkx = _networkx(plain, teleport)
        by_igraph = peer.pagerank() if weights is None else peer.personalized_pagerank(reset=weights.tolist())
        for other, told in (("igraph", np.array(by_igraph)), ("NetworkX", np.array(list(by_networkx.values())))):
            difference = np.abs(ranks / ranks.sum() - told) / np.maximum(told, 1e-18)
            show(f"  {name}, {other}: largest relative difference", float(difference.max()), unit="of the rank", bar="1e-6")
    for name, count in _wrong(plain, peer, strong, stands, bears).items():
        show(f"  {name}: models that differ", count, unit="models", bar="0")


def _networkx(plain: "nx.DiGraph[int]", teleport: dict[int, int] | None) -> dict[int, float]:
    """Ranks as near as its rounding lets it come: it stops where a step changes less than `tol` a model, or never."""
    for digits in range(16, 9, -1):
        with suppress(nx.PowerIterationFailedConvergence):
            found: dict[int, float] = nx.pagerank(plain, personalization=teleport, tol=10.0**-digits / len(plain), max_iter=500)
            return found
    raise ValueError("NetworkX comes to no end")


def _wrong(plain: "nx.DiGraph[int]", peer: igraph.Graph, strong: Ids, stands: Standing, bears: Bearing) -> dict[str, int]:
    smallest, ring = np.arange(strong.size), np.arange(strong.size)
    for label, groups in ((smallest, nx.weakly_connected_components(plain)), (ring, nx.strongly_connected_components(plain))):
        for members in groups:
            label[list(members)] = min(members)
    below = {model: len(nx.ancestors(plain, model)) for model, children in enumerate(peer.indegree()) if children}
    roots, generation = _tops(plain, ring)
    found = [stands.root[stands.first_root[k] : stands.first_root[k + 1]].tolist() for k in stands.roots_of.tolist()]
    return {
        "components": int((smallest != stands.component).sum()),
        "strong components": int((ring != strong).sum()),
        "roots": sum(roots[model] != set(told) or len(told) != len(roots[model]) for model, told in enumerate(found)),
        "generations": sum(generation[model] != told for model, told in enumerate(stands.generation.tolist())),
        "dependants": int((np.array(peer.indegree()) != bears.dependants).sum()),
        "descendants": sum(below.get(model, 0) != told for model, told in enumerate(bears.descendants.tolist())),
    }


def _tops(plain: "nx.DiGraph[int]", ring: Ids) -> tuple[dict[int, set[int]], dict[int, int]]:
    """Topmost models above each, and the longest way to one, without the pairs on cycles."""
    upward = nx.DiGraph(plain)
    upward.remove_edges_from([(a, b) for a, b in plain.edges if ring[a] == ring[b]])
    roots: dict[int, set[int]] = {}
    generation: dict[int, int] = {}
    for model in reversed(list(nx.topological_sort(upward))):
        parents = list(upward.successors(model))
        roots[model] = set().union(*(roots[parent] for parent in parents)) or {model}
        generation[model] = max((generation[parent] + 1 for parent in parents), default=0)
    return roots, generation


def main() -> None:
    """Both recorded hubs, then made graphs."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, default=Path(__file__).resolve().parents[2] / "shared" / "data")
    data = parser.parse_args().data
    for name in RECORDED:
        compare(name, *recorded(data / name))
    compare("odd shapes", *shapes())
    made = made_pairs(100_000, 50_000)
    compare("a made hub", *made, np.random.default_rng(7).integers(0, 1_000, 100_000))


if __name__ == "__main__":
    main()
