"""Checks of gold.language_transfer."""

from hublake.expectations.builders import expect_no_rows

CHECKS = [
    expect_no_rows(
        "transfers add up to the edges between listed models",
        "SELECT relation FROM (SELECT relation, sum(edges) AS edges FROM {batch} GROUP BY relation) AS counted"
        " FULL JOIN (SELECT relation, count(*) AS rows FROM {lineage_edges} WHERE parent_status <> 'missing' AND NOT is_self_loop"
        " GROUP BY relation) AS listed USING (relation) WHERE coalesce(edges, 0) <> coalesce(rows, 0)",
        guards_against="edges counted twice, or edges without known languages that were dropped",
    ),
    expect_no_rows(
        "the shares of a parent language add up to one",
        "SELECT relation, parent_language FROM {batch} GROUP BY relation, parent_language"
        " HAVING abs(sum(edges_share_of_parent) - 1) > 1e-6",
        guards_against="shares with another denominator",
    ),
    expect_no_rows(
        "a change is unknown exactly if an end declares nothing",
        "SELECT parent_language, child_language, change FROM {batch}"
        " WHERE (change = 'unknown') <> (parent_language = 'none' OR child_language = 'none')",
        guards_against="unknown languages that count as a move",
    ),
    expect_no_rows(
        "a language that is kept is the same at both ends",
        "SELECT parent_language, child_language FROM {batch} WHERE change = 'kept' AND parent_language <> child_language",
        guards_against="languages of parent and child in the wrong order",
    ),
]
