"""The facts of the report on languages."""

from datetime import date
from typing import Any

from hublake.lake.curated import curated
from hublake.lake.schema.gold.languages import LANGUAGE_TRANSFER, MODEL_LANGUAGE
from hublake.serving.reader import PublishedTables

LARGEST = 10

MEANS = """
    SELECT relation, sum(edges)::BIGINT AS edges, sum(reporting_edges)::BIGINT AS reporting_edges,
           sum(parent_languages) / nullif(sum(reporting_edges), 0) AS mean_parent,
           sum(child_languages) / nullif(sum(reporting_edges), 0) AS mean_child,
           sum(distance) / nullif(sum(reporting_edges), 0) AS mutation
    FROM gold.language_transfer WHERE snapshot_date = $day GROUP BY ROLLUP (relation)
    ORDER BY relation IS NULL DESC, 2 DESC, relation
"""
# The largest by edges at either end; an edge within one language counts once for it.
MATRIX = """
    WITH known AS (
        SELECT parent_language AS parent, child_language AS child, sum(edges)::BIGINT AS edges FROM gold.language_transfer
        WHERE snapshot_date = $day AND change <> 'unknown' GROUP BY ALL
    ),
    largest AS (
        SELECT language FROM (SELECT parent AS language, edges FROM known UNION ALL SELECT child, edges FROM known WHERE child <> parent)
        GROUP BY language ORDER BY sum(edges) DESC, language LIMIT $top
    )
    SELECT parent, child, edges FROM known WHERE parent IN (FROM largest) AND child IN (FROM largest) ORDER BY 3 DESC, 1, 2
"""
COVERAGE = """
    SELECT count(*) AS models, count(is_multilingual) AS declaring, count_if(is_multilingual) AS multilingual,
           count_if(is_english_only) AS english_only, count_if(agreement = 'conflict') AS conflicts
    FROM gold.model_language WHERE snapshot_date = $day
"""
PUBLISHED = ("mean_parent_languages", "mean_child_languages", "finetune_language_mutation")


def read_languages(published: PublishedTables, day: date) -> dict[str, Any]:
    """`languages`, None if a table that it needs is not published: a warehouse may be older than they are."""
    if not {LANGUAGE_TRANSFER.full_name, MODEL_LANGUAGE.full_name} <= set(published.tables):
        return {"languages": None}
    (coverage,) = published.records(COVERAGE, day=day)
    return {
        "languages": {
            "coverage": coverage,
            "means": published.records(MEANS, day=day),
            "transfer": published.records(MATRIX, day=day, top=LARGEST),
            "published": [row for row in curated("published_facets") if row["figure"] in PUBLISHED],
        }
    }
