"""Checks of silver.lineage_edges."""

from hublake.expectations.builders import expect_no_rows, expect_share_at_most

# A prefilter for both ends of the edges in one pass: a child must be a listed model, and a parent exactly if it is not missing.
WRONG_STATUS = (
    "SELECT name FROM (SELECT inline(array(struct(xxhash64(child_id) AS name, TRUE AS is_listed),"
    " struct(xxhash64(parent_id) AS name, parent_status <> 'missing' AS is_listed))) FROM {batch})"
    " LEFT JOIN (SELECT xxhash64(model_id) AS name, TRUE AS is_found FROM {models}) USING (name)"
    " WHERE is_listed <> (is_found IS NOT NULL)"
)

CHECKS = [
    expect_no_rows(
        "is_self_loop is true exactly for an edge from a model to itself",
        "SELECT child_id, parent_id FROM {batch} WHERE is_self_loop <> (child_id = parent_id)",
        guards_against="self loops in the graph: the graph jobs exclude them by this flag",
    ),
    expect_no_rows(
        "a parent is either missing in all of its edges or in none",
        "SELECT parent_id FROM {batch} GROUP BY parent_id HAVING count(DISTINCT parent_status = 'missing') > 1",
        guards_against="a parent that is listed and missing at once",
        prefilter="SELECT count(*) FROM {batch} GROUP BY xxhash64(parent_id)"
        " HAVING min(parent_status = 'missing') <> max(parent_status = 'missing')",
    ),
    expect_no_rows(
        "the child of an edge is a listed model",
        "SELECT child_id FROM {batch} LEFT ANTI JOIN {models} ON child_id = model_id",
        guards_against="edges without a listed child, which no figure counts",
        prefilter=WRONG_STATUS,
    ),
    expect_no_rows(
        "a parent that is not missing is a listed model",
        "SELECT parent_id FROM (SELECT parent_id FROM {batch} WHERE parent_status <> 'missing')"
        " LEFT ANTI JOIN {models} ON parent_id = model_id",
        guards_against="parents that the resolution of names invented",
        prefilter=WRONG_STATUS,
    ),
    expect_no_rows(
        "a missing parent is not a listed model",
        "SELECT parent_id FROM (SELECT parent_id FROM {batch} WHERE parent_status = 'missing')"
        " LEFT SEMI JOIN {models} ON parent_id = model_id",
        guards_against="listed parents that lose dependants",
        prefilter=WRONG_STATUS,
    ),
    expect_no_rows(
        "no inferred relation exists next to a declared one",
        "SELECT child_id, parent_id FROM {batch} GROUP BY child_id, parent_id HAVING count(DISTINCT is_relation_declared) > 1",
        guards_against="two edges for one base that has a plain and a typed tag",
        prefilter="SELECT count(*) FROM {batch} GROUP BY xxhash64(child_id, parent_id)"
        " HAVING min(is_relation_declared) <> max(is_relation_declared)",
    ),
    expect_no_rows(
        "the name of a parent has the form of a model name",
        "SELECT child_id, parent_id FROM {batch}"
        " WHERE parent_status = 'missing' AND (lower(parent_id) IN ('none', 'null', 'undefined', 'n/a', 'base_model', 'nan')"
        " AND evidence NOT IN ('hub_base_models', 'typed_tag')"
        " OR contains(parent_id, '://') OR startswith(parent_id, '.') OR startswith(parent_id, '/'))",
        guards_against="placeholders that neither the Hub resolved nor the listing contains, URLs and file paths that count as models",
    ),
    expect_no_rows(
        "few quantised models have children",
        "SELECT count(*) AS quantised, count(DISTINCT parent_id) AS with_children FROM"
        " (SELECT DISTINCT child_id FROM {batch} WHERE relation = 'quantized' AND NOT is_self_loop) AS below"
        " LEFT JOIN (SELECT DISTINCT parent_id FROM {batch} WHERE NOT is_self_loop) AS above ON child_id = parent_id"
        " HAVING count(DISTINCT parent_id) > 0.1 * count(*)",
        guards_against="reversed edges: 99.4 % of quantised models are leaves; reported above 10 %",
        severity="warning",
    ),
    expect_share_at_most(
        "few parents are missing",
        "parent_status",
        "parent_status = 'missing'",
        limit=0.5,
        guards_against="unresolved renames of canonical names (gpt2): 17 % of plain edges dangled in 2024, three quarters because of them",
    ),
    expect_share_at_most(
        "self loops are rare",
        "is_self_loop",
        "is_self_loop",
        limit=0.05,
        guards_against="children that name themselves as parents: 0.5 % in 2024",
    ),
    expect_share_at_most(
        "cycles are rare",
        "is_cycle",
        "is_cycle",
        limit=0.05,
        guards_against="reversed edges: 9 edges closed cycles in 2024",
    ),
    expect_share_at_most(
        "most children are younger than their parents",
        "is_child_older",
        "is_child_older",
        limit=0.25,
        guards_against="reversed edges; the dates are those of repositories, not of releases",
    ),
]
