"""The facts of the report on licences and on datasets."""

from datetime import date
from typing import Any

from hublake.lake.schema.gold.datasets import DATASET_INFLUENCE, TRAINING_DISCLOSURE
from hublake.lake.schema.gold.licenses import LICENSE_ADOPTION, LICENSE_EDGES, LICENSE_TRANSITIONS_TABLE
from hublake.serving.reader import PublishedTables

NO_LEGAL_ADVICE = "Verdicts follow published rules on what licences are known to say. They are no legal advice."
TOP = 10
EXAMPLES = 3

# Edges from models under a licence that keep, drop or replace it, and edges to it from another declared one.
DRIFT = """
    WITH moved AS (
        SELECT parent_license, child_license, transition, sum(edges)::BIGINT AS edges FROM gold.license_transitions
        WHERE snapshot_date = $day GROUP BY ALL
    ),
    left_from AS (
        SELECT parent_license AS license, sum(edges) FILTER (transition = 'same') AS kept,
               sum(edges) FILTER (transition = 'dropped') AS dropped, sum(edges) FILTER (transition NOT IN ('same', 'dropped')) AS replaced
        FROM moved GROUP BY 1
    ),
    arrived_at AS (
        SELECT child_license AS license, sum(edges) AS arrived FROM moved
        WHERE transition IN ('narrowed', 'widened', 'changed') GROUP BY 1
    )
    SELECT license, models, coalesce(kept, 0)::BIGINT AS kept, coalesce(dropped, 0)::BIGINT AS dropped,
           coalesce(replaced, 0)::BIGINT AS replaced, coalesce(arrived, 0)::BIGINT AS arrived
    FROM gold.license_adoption LEFT JOIN left_from USING (license) LEFT JOIN arrived_at USING (license)
    WHERE snapshot_date = $day AND stratum = 'all' AND NOT starts_with(license, 'family:')
    ORDER BY models DESC, license LIMIT $top
"""
CONFLICTS = """
    SELECT clause, count(*) AS edges,
           list(child_id || ' from ' || parent_id ORDER BY child_downloads_30d DESC NULLS LAST, child_id, parent_id)[1:$top] AS examples
    FROM gold.license_edges WHERE snapshot_date = $day AND verdict = 'conflict' AND NOT is_guessed GROUP BY clause ORDER BY 2 DESC, clause
"""
UNDECLARED = """
    SELECT relation, sum(edges)::BIGINT AS edges,
           coalesce(sum(edges) FILTER (transition IN ('dropped', 'both_unknown')), 0) / sum(edges) AS undeclared_share,
           coalesce(sum(edges) FILTER (transition = 'dropped'), 0)
               / sum(edges) FILTER (transition NOT IN ('declared', 'both_unknown')) AS dropped_share
    FROM gold.license_transitions WHERE snapshot_date = $day GROUP BY relation ORDER BY 2 DESC, relation
"""
REACH = """
    SELECT dataset_id, models_direct, models_reached, families, downloads_attributed FROM gold.dataset_influence
    WHERE snapshot_date = $day ORDER BY models_reached DESC, rank LIMIT $top
"""
DISCLOSED = "SELECT disclosed_share FROM gold.training_disclosure WHERE snapshot_date = $day AND stratum = 'all'"

Row = dict[str, Any]


def read_rights(published: PublishedTables, day: date) -> Row:
    """`licenses` and `datasets`, each None if a table that it needs is not published: a warehouse may be older than they are."""
    tables = set(published.tables)
    licenses = datasets = None
    if {LICENSE_EDGES.full_name, LICENSE_TRANSITIONS_TABLE.full_name, LICENSE_ADOPTION.full_name} <= tables:
        licenses = {
            "notice": NO_LEGAL_ADVICE,
            "drift": published.records(DRIFT, day=day, top=TOP),
            "undeclared": published.records(UNDECLARED, day=day),
            "conflicts": published.records(CONFLICTS, day=day, top=EXAMPLES),
        }
    if {DATASET_INFLUENCE.full_name, TRAINING_DISCLOSURE.full_name} <= tables:
        reached = published.records(REACH, day=day, top=TOP)
        datasets = {"disclosed_share": published.value(DISCLOSED, day=day), "reach": reached}
    return {"licenses": licenses, "datasets": datasets}
