"""Checks of gold.network_metrics."""

from hublake.expectations.builders import never

CHECKS = [
    never(
        "nodes are the listed models",
        "SELECT value FROM {batch} CROSS JOIN (SELECT count(*) AS listed FROM {models}) WHERE metric = 'nodes' AND value <> listed",
        guards="figures of a part of the graph",
    ),
    never(
        "no count is below zero and no share above one",
        "SELECT metric, value FROM {batch} WHERE value < 0 OR (metric LIKE '%share%' AND value > 1)",
        guards="a difference or a division the wrong way round",
    ),
]
