"""How much CPU time does the map of families take on a forest with hubs like the real Hub's, compared with igraph's layout of trees?

The forest has families of Zipf's sizes: of 3.1 million models the largest has 300,000, and its root 165,795 children. igraph (circular
Reingold-Tilford) places the same edges; it takes minutes from a few hundred thousand models, so it is run up to --peer models. The bad case
is one parent with 100,000 children that have a child each:
    python -m benchmarks.layout_speed --models 100000 1000000 3100000
"""

import argparse
from time import process_time
from typing import Any

import igraph
import numpy as np

from benchmarks.figure import peak_megabytes, show
from hublake.serving.layouts.families import families_map
from hublake.serving.layouts.forest import ROOT

Numbers = np.ndarray[Any, np.dtype[np.int64]]
LARGEST, MOST_CHILDREN, FAMILY_MEMBERS = 300_000 / 3_100_000, 165_795 / 300_000, 61


def synthetic_forest(models: int, seed: int = 7) -> tuple[Numbers, Numbers]:
    """(parent, relation) of a forest of connected models in random order."""
    rng = np.random.default_rng(seed)
    others = 1 / np.arange(2, models // FAMILY_MEMBERS) ** 0.9
    sizes = np.concatenate([[models * LARGEST], np.maximum(others / others.sum() * models * (1 - LARGEST), 2)]).astype(np.int64)
    first = np.cumsum(sizes) - sizes
    local = np.arange(sizes.sum()) - np.repeat(first, sizes)
    is_direct = rng.random(local.size) < MOST_CHILDREN
    is_direct[: sizes[0]] = local[: sizes[0]] <= sizes[0] * MOST_CHILDREN
    inner = (rng.random(local.size) ** 3 * local * 0.06).astype(np.int64)
    parent = np.repeat(first, sizes) + np.where(is_direct, 0, inner)
    parent[first] = ROOT
    shuffled = rng.permutation(parent.size)
    result = np.full(parent.size, ROOT)
    result[shuffled] = np.where(parent == ROOT, ROOT, shuffled[parent])
    return result, rng.choice(5, parent.size, p=[0.4, 0.3, 0.24, 0.05, 0.01])


def igraph_seconds(parent: Numbers) -> float:
    """CPU time of igraph's circular layout of the same forest."""
    child = np.flatnonzero(parent != ROOT)
    graph = igraph.Graph(n=parent.size, edges=np.column_stack([parent[child], child]), directed=True)
    started = process_time()
    graph.layout_reingold_tilford_circular(mode="out")
    return process_time() - started


def main() -> None:
    """Print a line for each size, and one for the bad case."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--models", type=int, nargs="+", default=[100_000, 1_000_000])
    parser.add_argument("--peer", type=int, default=100_000, help="run igraph up to so many models")
    args = parser.parse_args()
    for models in args.models:
        parent, relation = synthetic_forest(models)
        started = process_time()
        placed = families_map(parent, relation)
        ours = process_time() - started
        peer = igraph_seconds(parent) if models <= args.peer else None
        bar = "180 CPU s" if models >= 3_000_000 else ""
        show(f"map of {parent.size:,} models in {placed.root.size:,} families", ours, peer, unit="CPU s", peer_name="igraph", bar=bar)
        show("half its side, in least distances of two models", placed.extent, unit="units")
    parent = np.concatenate([[ROOT], np.zeros(100_000, dtype=np.int64), np.arange(1, 100_001)])
    started = process_time()
    families_map(parent, np.zeros_like(parent))
    show("one parent with 100,000 sub-families", process_time() - started, unit="CPU s", bar="10 CPU s")
    show("peak memory", peak_megabytes(), unit="MB")


if __name__ == "__main__":
    main()
