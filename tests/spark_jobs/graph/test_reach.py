"""Reach equals a breadth-first search per label."""

from collections import deque

import numpy as np

from hublake.spark_jobs.graph.digraph import simple_digraph
from hublake.spark_jobs.graph.reach import reach


def breadth_first(children: dict[int, list[int]], starts: set[int]) -> dict[int, int]:
    """Node -> fewest edges from a start."""
    steps, queue = dict.fromkeys(starts, 0), deque(starts)
    while queue:
        node = queue.popleft()
        for child in children.get(node, ()):
            if child not in steps:
                steps[child] = steps[node] + 1
                queue.append(child)
    return steps


def test_every_pair_is_found_once_and_entered_by_a_shortest_path() -> None:
    random = np.random.default_rng(7)
    for nodes, edges, labels in ((1, 0, 1), (12, 30, 3), (400, 700, 25), (400, 390, 60)):
        graph = simple_digraph(nodes, random.integers(nodes, size=edges), random.integers(nodes, size=edges))
        label, node = random.integers(labels, size=3 * labels), random.integers(nodes, size=3 * labels)
        children: dict[int, list[int]] = {}
        for child, parent in zip(graph.child.tolist(), graph.parent.tolist(), strict=True):
            children.setdefault(parent, []).append(child)
        expected = {name: breadth_first(children, set(node[label == name].tolist())) for name in range(labels)}
        found = reach(graph, labels, label, node)
        pairs = list(zip(found.label.tolist(), found.node.tolist(), strict=True))
        assert len(set(pairs)) == len(pairs)
        assert set(pairs) == {(name, reached) for name, steps in expected.items() for reached in steps}
        for name, reached, via in zip(found.label.tolist(), found.node.tolist(), found.via.tolist(), strict=True):
            if via < 0:
                assert expected[name][reached] == 0
            else:
                assert graph.child[via] == reached
                assert expected[name][int(graph.parent[via])] == expected[name][reached] - 1


def test_a_limit_ends_a_chain_of_thousands() -> None:
    nodes = np.arange(5_000)
    found = reach(simple_digraph(nodes.size, nodes[1:], nodes[:-1]), nodes.size, nodes, nodes, at_most=3)
    assert found.node.size == 4 * nodes.size - 6
    assert (found.node - found.label).max() == 3
