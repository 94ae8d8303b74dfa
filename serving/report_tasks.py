"""The facts of the report on tasks."""

from datetime import date
from typing import Any

from hublake.lake.curated import curated
from hublake.lake.schema.gold.tasks import TASK_TRANSITIONS, TASK_TRENDS
from hublake.serving.reader import PublishedTables

TOP = 10
PUBLISHED = ("finetune_task_mutation", "models_with_task")

COVERAGE = """
    SELECT coalesce(sum(new_models), 0)::BIGINT AS models, coalesce(sum(new_models) FILTER (task <> ''), 0)::BIGINT AS known
    FROM gold.task_trends WHERE snapshot_date = $day
"""
# The last twelve months of the table against the twelve before: share of the models with a known task.
TRENDS = """
    WITH months AS (
        SELECT task, new_models, date_diff('month', strptime(month, '%Y-%m'),
               max(strptime(nullif(month, ''), '%Y-%m')) OVER ()) AS ago
        FROM gold.task_trends WHERE snapshot_date = $day AND task <> '' AND month <> ''
    ),
    totals AS (SELECT sum(new_models) FILTER (ago < 12) AS late, sum(new_models) FILTER (ago BETWEEN 12 AND 23) AS early FROM months)
    SELECT task, coalesce(sum(new_models) FILTER (ago < 12), 0)::BIGINT AS late_models,
           coalesce(sum(new_models) FILTER (ago BETWEEN 12 AND 23), 0)::BIGINT AS early_models,
           late_models / any_value(late) AS late_share, early_models / any_value(early) AS early_share,
           coalesce(late_share, 0) - coalesce(early_share, 0) AS difference
    FROM months, totals WHERE ago < 24 GROUP BY task ORDER BY difference DESC, task
"""
CHANGES = """
    SELECT relation, sum(edges) FILTER (parent_task <> '' AND child_task <> '')::BIGINT AS known,
           sum(edges) FILTER (is_change)::BIGINT AS changed, sum(strong_edges)::BIGINT AS strong,
           sum(strong_edges) FILTER (is_change)::BIGINT AS strong_changed
    FROM gold.task_transitions WHERE snapshot_date = $day GROUP BY relation ORDER BY 2 DESC NULLS LAST, relation
"""


def read_tasks(published: PublishedTables, day: date) -> dict[str, Any]:
    """`tasks`, None if a table that it needs is not published: a warehouse may be older than they are."""
    if not {TASK_TRENDS.full_name, TASK_TRANSITIONS.full_name} <= set(published.tables):
        return {"tasks": None}
    trends = published.records(TRENDS, day=day)
    (coverage,) = published.records(COVERAGE, day=day)
    return {
        "tasks": {
            "coverage": coverage,
            "growing": [row for row in trends if row["difference"] > 0][:TOP],
            "shrinking": [row for row in reversed(trends) if row["difference"] < 0][:TOP],
            "changes": published.records(CHANGES, day=day),
            "published": [row for row in curated("published_facets") if row["figure"] in PUBLISHED],
        }
    }
