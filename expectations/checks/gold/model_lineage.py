"""Checks of gold.model_lineage."""

import great_expectations.expectations as gxe

from hublake.expectations.builders import IS_DERIVATION, PAIRS, never

# A component is misnamed where none of its members has its name, or one has a smaller name. A model that nothing joins to another names
# itself; it needs no look.
MISNAMED = (
    "SELECT count(*) FROM {batch} WHERE component_id <> model_id OR NOT is_leaf OR generation > 0"
    " GROUP BY xxhash64(component_id) HAVING NOT max(component_id = model_id) OR max(component_id > model_id)"
)

CHECKS = [
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
    never(
        "a component is named after a member",
        "SELECT component_id FROM {batch} AS a LEFT ANTI JOIN {batch} AS b ON a.component_id = b.model_id",
        guards="a family that nobody can look up",
        screened_by=MISNAMED,
    ),
    never(
        "the smallest member of a component gives its name",
        "SELECT component_id FROM {batch} GROUP BY component_id HAVING min(model_id) <> component_id",
        guards="one family under two names from one snapshot to the next",
        screened_by=MISNAMED,
    ),
    never(
        "an edge joins models of one component",
        f"SELECT child_id, parent_id FROM ({PAIRS}) JOIN {{batch}} AS a ON child_id = a.model_id"
        " JOIN {batch} AS b ON parent_id = b.model_id WHERE a.component_id <> b.component_id",
        guards="components computed on other edges than those that are published",
        # Of all models one in thirty is a parent: few enough for every task to have. One that is said to be a leaf is told as well.
        screened_by="WITH below AS (SELECT xxhash64(model_id) AS model, xxhash64(component_id) AS name FROM {batch}"
        " WHERE component_id <> model_id),"
        " above AS (SELECT xxhash64(model_id) AS model, xxhash64(component_id) AS name FROM {batch} WHERE NOT is_leaf),"
        f" pair AS (SELECT xxhash64(child_id) AS child, xxhash64(parent_id) AS parent FROM {{lineage_edges}} WHERE {IS_DERIVATION})"
        " SELECT /*+ BROADCAST(above), SHUFFLE_HASH(below) */ child FROM pair LEFT JOIN above ON parent = above.model"
        " LEFT JOIN below ON child = below.model"
        " WHERE above.name IS NULL OR coalesce(below.name, child) <> above.name",
    ),
]
