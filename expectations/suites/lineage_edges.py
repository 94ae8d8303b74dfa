"""Truths of silver.lineage_edges beside its declaration."""

import great_expectations.expectations as gxe

SUITE = [
    gxe.UnexpectedRowsExpectation(
        description="a self loop is an edge from a model to itself",
        unexpected_rows_query="SELECT child_id, parent_id FROM {batch} WHERE is_self_loop <> (child_id = parent_id)",
        severity="critical",
        notes="the graph jobs leave self loops out by this flag",
    ),
    gxe.UnexpectedRowsExpectation(
        description="an edge to a listed parent never points at a missing one as well",
        unexpected_rows_query="SELECT parent_id FROM {batch} GROUP BY parent_id HAVING count(DISTINCT parent_status = 'missing') > 1",
        severity="critical",
        notes="a parent is listed or it is not",
    ),
]
