"""Checks of gold.network_metrics."""

from hublake.expectations.builders import expect_no_rows

CHECKS = [
    expect_no_rows(
        "nodes is the number of listed models",
        "SELECT value FROM {batch} CROSS JOIN (SELECT count(*) AS listed FROM {models}) WHERE metric = 'nodes' AND value <> listed",
        guards_against="metrics of a part of the graph",
    ),
    expect_no_rows(
        "no metric is negative and no share is above one",
        "SELECT metric, value FROM {batch} WHERE value < 0 OR (metric LIKE '%share%' AND value > 1)",
        guards_against="a difference or a ratio with its terms swapped",
    ),
]
