"""Truths of gold.model_lineage beside its declaration."""

import great_expectations.expectations as gxe

SUITE = [
    gxe.UnexpectedRowsExpectation(
        description="a component is named after its smallest member",
        unexpected_rows_query="SELECT model_id, component_id FROM {batch} WHERE component_id > model_id",
        severity="critical",
        notes="readers join families on this name",
    ),
    gxe.UnexpectedRowsExpectation(
        description="a root stands at the top: generation 0, not a leaf, its own root",
        unexpected_rows_query="SELECT model_id FROM {batch}"
        " WHERE is_root AND (generation > 0 OR is_leaf OR NOT array_contains(root_ids, model_id))",
        severity="critical",
        notes="a root has models below it and none above",
    ),
]
