"""The facts of the report on techniques."""

from datetime import date
from typing import Any

from hublake.lake.schema.gold.techniques import MERGE_RECIPES, QUANTIZATION_FORMATS, TECHNIQUE_PREVALENCE
from hublake.serving.reader import PublishedTables

TOP = 10

# A month has the same number of known models in each of its rows.
TRENDS = """
    WITH months AS (
        SELECT *, date_diff('month', strptime(month, '%Y-%m'), max(strptime(month, '%Y-%m')) OVER ()) AS ago
        FROM gold.technique_prevalence WHERE snapshot_date = $day AND stratum = 'all' AND month <> ''
    ),
    totals AS (
        SELECT sum(known_models) FILTER (ago < 12) AS late, sum(known_models) FILTER (ago BETWEEN 12 AND 23) AS early
        FROM (SELECT DISTINCT ago, known_models FROM months)
    )
    SELECT technique, coalesce(sum(models) FILTER (ago < 12), 0)::BIGINT AS late_models,
           coalesce(sum(models) FILTER (ago BETWEEN 12 AND 23), 0)::BIGINT AS early_models,
           late_models / any_value(late) AS late_share, early_models / any_value(early) AS early_share
    FROM months, totals WHERE ago < 24 GROUP BY technique ORDER BY late_models DESC, technique LIMIT $top
"""
FORMATS = """
    SELECT format, sum(repos)::BIGINT AS repos, list(DISTINCT bits ORDER BY bits) FILTER (bits > 0) AS widths
    FROM gold.quantization_formats WHERE snapshot_date = $day GROUP BY format ORDER BY repos DESC, format LIMIT $top
"""
MERGES = """
    SELECT coalesce(method, '') AS method, count(*) AS models
    FROM gold.merge_recipes WHERE snapshot_date = $day GROUP BY method ORDER BY models DESC, method LIMIT $top
"""
NEEDED = (TECHNIQUE_PREVALENCE, MERGE_RECIPES, QUANTIZATION_FORMATS)


def read_techniques(published: PublishedTables, day: date) -> dict[str, Any]:
    """`techniques`, None if a table that it needs is not published: a warehouse may be older than they are."""
    if not {table.full_name for table in NEEDED} <= set(published.tables):
        return {"techniques": None}
    queries = {"trends": TRENDS, "formats": FORMATS, "merges": MERGES}
    return {"techniques": {name: published.records(query, day=day, top=TOP) for name, query in queries.items()}}
