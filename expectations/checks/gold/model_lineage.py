"""Checks of gold.model_lineage."""

from hublake.expectations.builders import DERIVATIONS, IS_DERIVATION, expect_no_rows

# Components whose name is not their smallest member: no member has the name, or a member has a smaller one. A model without edges is a
# component of its own with its own name, so it is excluded.
MISNAMED_COMPONENTS = (
    "SELECT count(*) FROM {batch} WHERE component_id <> model_id OR NOT is_leaf OR generation > 0"
    " GROUP BY xxhash64(component_id) HAVING NOT max(component_id = model_id) OR max(component_id > model_id)"
)

CHECKS = [
    expect_no_rows(
        "the name of a component is not larger than the names of its members",
        "SELECT model_id, component_id FROM {batch} WHERE component_id > model_id",
        guards_against="a component that is not named after its smallest member: readers join families on this name",
    ),
    expect_no_rows(
        "a root has generation 0, is not a leaf and is its own root",
        "SELECT model_id FROM {batch} WHERE is_root AND (generation > 0 OR is_leaf OR NOT array_contains(root_ids, model_id))",
        guards_against="roots that have parents or no children",
    ),
    expect_no_rows(
        "a component is named after a member",
        "SELECT component_id FROM {batch} AS a LEFT ANTI JOIN {batch} AS b ON a.component_id = b.model_id",
        guards_against="a family that cannot be looked up",
        prefilter=MISNAMED_COMPONENTS,
    ),
    expect_no_rows(
        "a component is named after its smallest member",
        "SELECT component_id FROM {batch} GROUP BY component_id HAVING min(model_id) <> component_id",
        guards_against="a family whose name changes between snapshots",
        prefilter=MISNAMED_COMPONENTS,
    ),
    expect_no_rows(
        "both ends of an edge are in one component",
        f"SELECT child_id, parent_id FROM ({DERIVATIONS}) JOIN {{batch}} AS a ON child_id = a.model_id"
        " JOIN {batch} AS b ON parent_id = b.model_id WHERE a.component_id <> b.component_id",
        guards_against="components that were computed on other edges than the published ones",
        # Only one model in thirty is a parent, so the parents are broadcast. A parent that is flagged as a leaf is returned as well.
        prefilter="WITH below AS (SELECT xxhash64(model_id) AS model, xxhash64(component_id) AS name FROM {batch}"
        " WHERE component_id <> model_id),"
        " above AS (SELECT xxhash64(model_id) AS model, xxhash64(component_id) AS name FROM {batch} WHERE NOT is_leaf),"
        f" pair AS (SELECT xxhash64(child_id) AS child, xxhash64(parent_id) AS parent FROM {{lineage_edges}} WHERE {IS_DERIVATION})"
        " SELECT /*+ BROADCAST(above), SHUFFLE_HASH(below) */ child FROM pair LEFT JOIN above ON parent = above.model"
        " LEFT JOIN below ON child = below.model"
        " WHERE above.name IS NULL OR coalesce(below.name, child) <> above.name",
    ),
]
