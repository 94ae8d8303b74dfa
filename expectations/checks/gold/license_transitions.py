"""Checks of gold.license_transitions."""

from hublake.expectations.builders import expect_no_rows

CHECKS = [
    expect_no_rows(
        "transitions add up to the edges",
        "SELECT relation FROM (SELECT relation, sum(edges) AS edges FROM {batch} GROUP BY relation) AS counted"
        " FULL JOIN (SELECT relation, count(*) AS rows FROM {license_edges} GROUP BY relation) AS listed USING (relation)"
        " WHERE coalesce(edges, 0) <> coalesce(rows, 0)",
        guards_against="edges counted twice or lost",
    ),
    expect_no_rows(
        "the shares of a parent's licence add up to one",
        "SELECT relation, parent_license FROM {batch} GROUP BY relation, parent_license HAVING abs(sum(edges_share_of_parent) - 1) > 1e-6",
        guards_against="shares with another denominator",
    ),
]
