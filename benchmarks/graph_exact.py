"""Is the folded graph equal to NetworkX and igraph on recorded hubs? Prints the largest difference of each figure.

python -m benchmarks.graph_exact --data FOLDER
"""

import argparse
from pathlib import Path

import igraph
import networkx as nx
import numpy as np

from benchmarks.figure import lap, show
from benchmarks.lineage_truth import items
from spark_jobs.graph.bearing import bearing
from spark_jobs.graph.folding import distinct_pairs, fold
from spark_jobs.graph.standing import standing
from spark_jobs.graph.strong import strong_components
from spark_jobs.rules.lineage import BASE_MODEL_TAG
from spark_jobs.rules.parent_names import parent_names

RECORDED = ("hub2024/models.jsonl.gz", "hub2026/models-2026-08-21.jsonl.gz")


def compare(path: Path) -> None:
    """Pairs by tags between listed models; every figure of every model."""
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
    downloads = np.array([hub[name].get("downloads") or 0 for name in number], dtype=np.int64)
    with lap() as ours:
        folding = fold(distinct_pairs(len(number), *np.array(pairs, dtype=np.int64).T))
        strong = strong_components(folding)
        stands = standing(folding, strong)
        bears = bearing(folding, strong, stands.root_counts, downloads)
    kept = list(zip(folding.pairs.child.tolist(), folding.pairs.parent.tolist(), strict=True))
    peer = igraph.Graph(n=len(number), edges=kept, directed=True)
    plain: nx.DiGraph[int] = nx.DiGraph()
    plain.add_nodes_from(range(len(number)))
    plain.add_edges_from(kept)
    ranks = {
        "pagerank, igraph": (bears.pagerank, peer.pagerank()),
        "pagerank by downloads, igraph": (bears.pagerank_by_downloads, peer.personalized_pagerank(reset=downloads.tolist())),
        "pagerank, NetworkX": (bears.pagerank, list(nx.pagerank(plain, tol=1e-17, max_iter=2_000).values())),
    }
    print(
        f"{path.name}: {len(number):,} models, {len(kept):,} pairs, {folding.core.child.size:,} in the core, folded in {ours.seconds:.2f} s"
    )
    for name, (found, expected) in ranks.items():
        told = np.array(expected)
        difference = np.abs(found / found.sum() - told) / np.maximum(told, 1e-18)
        show(f"  {name}: largest relative difference", float(difference.max()), unit="of the rank", bar="1e-6")
    smallest = np.arange(len(number))
    for members in nx.weakly_connected_components(plain):
        smallest[list(members)] = min(members)
    connected = np.unique(folding.pairs.parent)
    below = [len(nx.ancestors(plain, model)) for model in connected.tolist()]
    wrong = {
        "components": int((smallest != stands.component).sum()),
        "dependants": int((np.array(peer.indegree()) != bears.dependants).sum()),
        "descendants": int((np.array(below) != bears.descendants[connected]).sum()),
        "strong components": abs(len(np.unique(strong)) - nx.number_strongly_connected_components(plain)),
    }
    for name, count in wrong.items():
        show(f"  {name}: models that differ", count, unit="models", bar="0")


def main() -> None:
    """Both recorded hubs."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, default=Path(__file__).resolve().parents[2] / "shared" / "data")
    data = parser.parse_args().data
    for name in RECORDED:
        compare(data / name)


if __name__ == "__main__":
    main()
