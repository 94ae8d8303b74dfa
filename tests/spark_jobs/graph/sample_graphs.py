"""Sample graphs, and their properties computed by NetworkX."""

import random
from collections.abc import Iterable

import networkx as nx
from pyspark.sql import DataFrame, SparkSession

from hublake.lake.schema.silver.lineage import LINEAGE_EDGES
from hublake.lake.schema.silver.models import MODELS
from tests.drawn import drawn

Pair = tuple[str, str]


def models_frame(spark: SparkSession, downloads: dict[str, int | None]) -> DataFrame:
    rows = [f"{i} | {name} | {'' if count is None else count}" for i, (name, count) in enumerate(downloads.items())]
    return drawn(spark, MODELS, "\n".join(["hub_id | model_id | downloads_30d", *rows]))


def edges_frame(spark: SparkSession, pairs: Iterable[Pair]) -> DataFrame:
    """Edges between listed models, with self-loops and cycles flagged; a duplicate pair becomes a second relation."""
    seen: dict[Pair, int] = {}
    pairs = list(pairs)
    graph = digraph_of((), pairs)
    component = {model: i for i, members in enumerate(nx.strongly_connected_components(graph)) for model in members}
    lines = ["child_id | parent_id | relation | parent_status | is_self_loop | is_cycle"]
    for child, parent in pairs:
        relation = ("finetune", "merge")[seen.setdefault((child, parent), 0)]
        seen[child, parent] += 1
        is_loop = child == parent
        is_cycle = not is_loop and component[child] == component[parent]
        lines.append(f"{child} | {parent} | {relation} | present | {'yes' if is_loop else 'no'} | {'yes' if is_cycle else 'no'}")
    return drawn(spark, LINEAGE_EDGES, "\n".join(lines))


def mixed_graph(seed: int = 3) -> tuple[dict[str, int | None], list[Pair]]:
    """Downloads and pairs of 400 models: every shape that the algorithms treat differently, some of them joined at random."""
    rng = random.Random(seed)
    pairs: list[Pair] = [(f"chain/{i}", f"chain/{i + 1}") for i in range(50)]
    pairs += [(f"star/{i}", "star/hub") for i in range(60)]
    pairs += [("ring/a", "ring/b"), ("ring/b", "ring/c"), ("ring/c", "ring/a"), ("pair/a", "pair/b"), ("pair/b", "pair/a")]
    pairs += [
        ("below/ring", "ring/a"),
        ("ring/b", "above/ring"),
        ("above/ring", "pair/a"),
        ("pair/b", "above/pair"),
        ("deeper/ring", "below/ring"),
    ]
    pairs += [("loop/self", "loop/self"), ("loop/child", "loop/self"), ("two/relations", "star/hub"), ("two/relations", "star/hub")]
    pairs += [(f"diamond/{low}", f"diamond/{high}") for low, high in ("db", "dc", "ba", "ca", "eb", "ec", "ed")]
    for i in range(1, 150):
        pairs += [(f"wild/{i}", f"wild/{rng.randrange(i)}") for _ in range(rng.choice((0, 1, 1, 2, 3)))]
    pairs += [("wild/7", "ring/c"), ("wild/90", "chain/20"), ("wild/0", "above/pair")]
    pairs = [*dict.fromkeys(pairs), ("two/relations", "star/hub")]
    names = [*dict.fromkeys(name for pair in pairs for name in pair), *(f"alone/{i}" for i in range(40))]
    return {name: rng.choice((None, 0, 0, rng.randrange(1_000), rng.randrange(10_000_000))) for name in names}, pairs


def digraph_of(models: Iterable[str], pairs: Iterable[Pair]) -> "nx.DiGraph[str]":
    graph: nx.DiGraph[str] = nx.DiGraph()
    graph.add_nodes_from(models)
    graph.add_edges_from(pair for pair in pairs if pair[0] != pair[1])
    return graph


def acyclic_part(graph: "nx.DiGraph[str]") -> "nx.DiGraph[str]":
    component = {model: i for i, members in enumerate(nx.strongly_connected_components(graph)) for model in members}
    acyclic = graph.copy()
    acyclic.remove_edges_from([(a, b) for a, b in graph.edges if component[a] == component[b]])
    return acyclic


def roots_and_generations(graph: "nx.DiGraph[str]") -> tuple[dict[str, list[str]], dict[str, int]]:
    acyclic = acyclic_part(graph)
    roots: dict[str, list[str]] = {}
    generation: dict[str, int] = {}
    for model in reversed(list(nx.topological_sort(acyclic))):
        parents = list(acyclic.successors(model))
        roots[model] = sorted({root for parent in parents for root in roots[parent]}) or [model]
        generation[model] = max((generation[parent] + 1 for parent in parents), default=0)
    return roots, generation
