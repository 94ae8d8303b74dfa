"""Checks of silver.lineage_edges."""

from hublake.expectations.builders import never, rarely

# What an edge says of its ends: the child is listed, and so is the parent unless it is missing. One look at both.
MISSAID = (
    "SELECT name FROM (SELECT inline(array(struct(xxhash64(child_id) AS name, TRUE AS is_listed),"
    " struct(xxhash64(parent_id) AS name, parent_status <> 'missing' AS is_listed))) FROM {batch})"
    " LEFT JOIN (SELECT xxhash64(model_id) AS name, TRUE AS is_found FROM {models}) USING (name)"
    " WHERE is_listed <> (is_found IS NOT NULL)"
)

CHECKS = [
    never(
        "a self loop is an edge from a model to itself",
        "SELECT child_id, parent_id FROM {batch} WHERE is_self_loop <> (child_id = parent_id)",
        guards="the graph jobs leave self loops out by this flag",
    ),
    never(
        "an edge to a listed parent never points at a missing one as well",
        "SELECT parent_id FROM {batch} GROUP BY parent_id HAVING count(DISTINCT parent_status = 'missing') > 1",
        guards="a parent is listed or it is not",
        screened_by="SELECT count(*) FROM {batch} GROUP BY xxhash64(parent_id)"
        " HAVING min(parent_status = 'missing') <> max(parent_status = 'missing')",
    ),
    never(
        "the child of an edge is a listed model",
        "SELECT child_id FROM {batch} LEFT ANTI JOIN {models} ON child_id = model_id",
        guards="an edge that hangs in the air counts in no figure",
        screened_by=MISSAID,
    ),
    never(
        "a parent that is there is a listed model",
        "SELECT parent_id FROM (SELECT parent_id FROM {batch} WHERE parent_status <> 'missing')"
        " LEFT ANTI JOIN {models} ON parent_id = model_id",
        guards="a parent invented by resolving names",
        screened_by=MISSAID,
    ),
    never(
        "a parent that is missing is no listed model",
        "SELECT parent_id FROM (SELECT parent_id FROM {batch} WHERE parent_status = 'missing')"
        " LEFT SEMI JOIN {models} ON parent_id = model_id",
        guards="dependants lost to a parent that is listed",
        screened_by=MISSAID,
    ),
    never(
        "no relation is inferred beside a declared one",
        "SELECT child_id, parent_id FROM {batch} GROUP BY child_id, parent_id HAVING count(DISTINCT is_relation_declared) > 1",
        guards="a plain and a typed tag for one base are one edge",
        screened_by="SELECT count(*) FROM {batch} GROUP BY xxhash64(child_id, parent_id)"
        " HAVING min(is_relation_declared) <> max(is_relation_declared)",
    ),
    never(
        "a parent has the name of a model",
        "SELECT child_id, parent_id FROM {batch} WHERE lower(parent_id) IN ('none', 'null', 'undefined', 'n/a', 'base_model', 'nan')"
        " OR contains(parent_id, '://') OR startswith(parent_id, '.') OR startswith(parent_id, '/')",
        guards="gaps, addresses and paths of a disk taken for models",
    ),
    never(
        "quantised models have no children",
        "SELECT count(*) AS quantised, count(DISTINCT parent_id) AS with_children FROM"
        " (SELECT DISTINCT child_id FROM {batch} WHERE relation = 'quantized' AND NOT is_self_loop) AS below"
        " LEFT JOIN (SELECT DISTINCT parent_id FROM {batch} WHERE NOT is_self_loop) AS above ON child_id = parent_id"
        " HAVING count(DISTINCT parent_id) > 0.1 * count(*)",
        guards="edges turned round: 99.4 % of quantised models are leaves; told above a tenth",
        severity="warning",
    ),
    rarely(
        "few parents are missing",
        "parent_status",
        "parent_status = 'missing'",
        at_most=0.5,
        guards="the move of canonical names (gpt2): 17 % of plain edges of 2024 dangled, three quarters of them by it alone",
    ),
    rarely("self loops are rare", "is_self_loop", "is_self_loop", at_most=0.05, guards="a child that names itself: 0.5 % in 2024"),
    rarely("cycles are rare", "is_cycle", "is_cycle", at_most=0.05, guards="edges turned round: 9 edges closed cycles in 2024"),
    rarely(
        "children are younger than their parents",
        "is_child_older",
        "is_child_older",
        at_most=0.25,
        guards="edges turned round; dates are of repositories, not of releases",
    ),
]
