"""Which models descend from a dataset: those that declare it, or one that derives from it, and all that derive from them."""

from typing import Any

from hublake.explorer.model_index import ModelIndex
from hublake.lake.schema.silver.datasets import DATASET_EDGES, MODEL_DATASETS

MOST_MODELS = 1_000
_DECLARED = "snapshot_date = $day AND role <> 'eval' AND NOT is_placeholder"
DECLARING = f"""
    WITH RECURSIVE derived(dataset_id) AS (
        SELECT $dataset
        UNION SELECT child_dataset FROM derived JOIN silver.dataset_edges ON parent_dataset = dataset_id WHERE snapshot_date = $day
    )
    SELECT DISTINCT model_id FROM silver.model_datasets
    WHERE {_DECLARED} AND (dataset_id IN (FROM derived) OR resolved_id IN (FROM derived))
"""
# Datasets whose name contains a text, in any letter case; that name itself comes first.
NAMED = f"""
    SELECT coalesce(resolved_id, dataset_id) AS dataset, count(DISTINCT model_id) AS models FROM silver.model_datasets
    WHERE {_DECLARED} AND contains(lower(coalesce(resolved_id, dataset_id)), $text)
    GROUP BY dataset ORDER BY lower(dataset) = $text DESC, models DESC, dataset LIMIT 50
"""


def reach(index: ModelIndex, dataset: str) -> dict[str, Any]:
    """`reached`: how many models descend from the dataset; `models`: of the most downloaded the name, whether it declares one, downloads.

    Where no model declares a dataset of that name, `datasets` has those with a similar one, and how many models declare each. A name that
    differs in letter case alone is followed. Raises MissingTable where the datasets are not published.
    """
    published, day = index.published, index.day
    for table in (MODEL_DATASETS, DATASET_EDGES):
        published.require(table)
    named: list[tuple[str, int]] = []
    declaring = [name for (name,) in published.rows(DECLARING, day=day, dataset=dataset)]
    if not declaring:
        text = dataset.lower()
        named = [(name, models) for name, models in published.rows(NAMED, day=day, text=text)]
        same = [name for name, _ in named if name.lower() == text]
        if len(same) == 1:
            (dataset,) = same
            declaring = [name for (name,) in published.rows(DECLARING, day=day, dataset=dataset)]
    ranks = index.ranks(declaring)
    reached = index.descendants(ranks)
    own = set(ranks.tolist())
    models = [[index.name(rank), rank in own, index.downloads(rank)] for rank in reached[:MOST_MODELS].tolist()]
    return {"dataset": dataset, "reached": len(reached), "models": models, "datasets": [] if declaring else named}
