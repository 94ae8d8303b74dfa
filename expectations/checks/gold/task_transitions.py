"""Checks of gold.task_transitions."""

from hublake.expectations.builders import expect_no_rows

CHECKS = [
    expect_no_rows(
        "transitions of tasks add up to the edges between listed models",
        "SELECT relation FROM (SELECT relation, sum(edges) AS edges FROM {batch} GROUP BY relation) AS counted"
        " FULL JOIN (SELECT relation, count(*) AS rows FROM {lineage_edges} WHERE parent_status <> 'missing' AND NOT is_self_loop"
        " GROUP BY relation) AS listed USING (relation) WHERE coalesce(edges, 0) <> coalesce(rows, 0)",
        guards_against="edges counted twice, or edges without known tasks that were dropped",
    ),
    expect_no_rows(
        "the shares of a parent task add up to one",
        "SELECT relation, parent_task FROM {batch} GROUP BY relation, parent_task HAVING abs(sum(edges_share_of_parent) - 1) > 1e-6",
        guards_against="shares with another denominator",
    ),
    expect_no_rows(
        "a change has two known tasks",
        "SELECT parent_task, child_task FROM {batch} WHERE is_change AND (parent_task = '' OR child_task = '' OR parent_task = child_task)",
        guards_against="unknown tasks that count as adaptation",
    ),
    expect_no_rows(
        "strong edges are some of the edges, and have known tasks",
        "SELECT parent_task, child_task FROM {batch} WHERE strong_edges > edges"
        " OR (strong_edges > 0 AND (parent_task = '' OR child_task = ''))",
        guards_against="inferred tasks that count as declared",
    ),
]
