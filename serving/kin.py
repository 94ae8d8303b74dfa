"""All descendants or ancestors of a model, or of the models that name a dataset, straight from the published edges."""

from typing import Literal

from hublake.lake.errors import HublakeError
from hublake.lake.schema.silver.datasets import MODEL_DATASETS
from hublake.lake.schema.silver.lineage import LINEAGE_EDGES
from hublake.lake.schema.silver.models import MODELS
from hublake.serving.reader import PublishedTables

Direction = Literal["descendants", "ancestors"]


def find_kin(published: PublishedTables, root_id: str, direction: Direction) -> int:
    """Fill the table `kin` (model_id, steps: the fewest edges from the root); answers how many. Of the newest snapshot.

    A model is its own kin at 0 steps; models that name a dataset are at 1. Evidence from names alone (in_name) counts like any other.
    Raises HublakeError where no model and no dataset of the snapshot is called so. Cost: one scan of the edges, one join for each step.
    """
    for table in (MODELS, LINEAGE_EDGES):
        published.require(table)
    day = published.value("SELECT max(snapshot_date) FROM silver.lineage_edges")
    near, far = ("parent_id", "child_id") if direction == "descendants" else ("child_id", "parent_id")
    run = published.connection.execute
    run(
        f"CREATE OR REPLACE TEMP TABLE pairs AS SELECT DISTINCT {near} AS near, {far} AS far FROM silver.lineage_edges"
        " WHERE snapshot_date = $day AND parent_status <> 'missing' AND NOT is_self_loop",
        {"day": day},
    )
    run("CREATE OR REPLACE TEMP TABLE kin (model_id VARCHAR, steps BIGINT)")
    run(f"INSERT INTO kin {_beginning(published)}", {"root": root_id, "day": day})
    steps = published.value("SELECT max(steps) FROM kin")
    if steps is None:
        raise HublakeError(f"no model or dataset of {day} is called '{root_id}'. Names are exact; silver.models holds them")
    while published.value("SELECT count(*) FROM kin WHERE steps = $steps", steps=steps):
        run(
            "INSERT INTO kin SELECT DISTINCT far, $steps + 1 FROM pairs JOIN kin ON near = model_id"
            " WHERE steps = $steps AND far NOT IN (SELECT model_id FROM kin)",
            {"steps": steps},
        )
        steps += 1
    return int(published.value("SELECT count(*) FROM kin"))


def _beginning(published: PublishedTables) -> str:
    """A model of that name; where there is none, the models that name a dataset of it."""
    model = "SELECT model_id, 0 FROM silver.models WHERE snapshot_date = $day AND model_id = $root"
    if MODEL_DATASETS.full_name not in published.tables:
        return model
    return (
        f"{model} UNION ALL SELECT DISTINCT model_id, 1 FROM silver.model_datasets WHERE snapshot_date = $day AND dataset_id = $root"
        " AND NOT EXISTS (SELECT 1 FROM silver.models WHERE snapshot_date = $day AND model_id = $root)"
    )
