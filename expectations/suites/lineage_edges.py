"""Truths of silver.lineage_edges beside its declaration."""

from expectations.wording import never

SUITE = [
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
]
