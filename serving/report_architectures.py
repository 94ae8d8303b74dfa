"""The facts of the report on architectures and sizes."""

from datetime import date
from typing import Any

from hublake.lake.schema.gold.architectures import ARCHITECTURE_EVOLUTION, MODEL_ARCHITECTURE
from hublake.serving.reader import PublishedTables

MONTHS, FAMILIES = 12, 5

COVERAGE = """
    SELECT count(*) AS models, count(architecture) AS with_architecture, count(parameters) AS with_parameters,
           count(is_moe) AS moe_known, count_if(is_moe) AS mixtures,
           count_if(architecture_source IN ('tag', 'parent', 'name')) AS inferred
    FROM gold.model_architecture WHERE snapshot_date = $day
"""
# The newest months, and in them the families with most models of known size.
MEDIANS = """
    WITH months AS (
        SELECT DISTINCT month FROM gold.architecture_evolution WHERE snapshot_date = $day AND month SIMILAR TO '[0-9]{4}-[0-9]{2}'
        ORDER BY month DESC LIMIT $months
    ),
    of_months AS (
        SELECT month, architecture_family, new_models, with_parameters, median_parameters FROM gold.architecture_evolution
        WHERE snapshot_date = $day AND size_class = 'all' AND month IN (FROM months)
    ),
    largest AS (
        SELECT architecture_family FROM of_months WHERE architecture_family NOT IN ('all', 'other', 'unknown')
        GROUP BY 1 ORDER BY sum(with_parameters) DESC, 1 LIMIT $families
    )
    SELECT month, architecture_family AS family, new_models, with_parameters, median_parameters FROM of_months
    WHERE architecture_family = 'all' OR architecture_family IN (FROM largest)
    ORDER BY month DESC, sum(with_parameters) OVER (PARTITION BY architecture_family) DESC, family
"""


def read_architectures(published: PublishedTables, day: date) -> dict[str, Any]:
    """`architectures`, None if a table that it needs is not published: a warehouse may be older than they are."""
    if not {MODEL_ARCHITECTURE.full_name, ARCHITECTURE_EVOLUTION.full_name} <= set(published.tables):
        return {"architectures": None}
    (coverage,) = published.records(COVERAGE, day=day)
    medians = published.records(MEDIANS, day=day, months=MONTHS, families=FAMILIES)
    return {"architectures": {"coverage": coverage, "medians": medians}}
