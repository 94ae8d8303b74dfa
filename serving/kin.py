"""The lineage traversal: all descendants or ancestors of a model, or of the models that name a dataset."""

from typing import Literal

from hublake.lake.errors import HublakeError
from hublake.lake.schema.silver.datasets import MODEL_DATASETS
from hublake.lake.schema.silver.lineage import LINEAGE_EDGES
from hublake.lake.schema.silver.models import MODELS
from hublake.serving.reader import PublishedTables

Direction = Literal["descendants", "ancestors"]


def find_kin(published: PublishedTables, root_id: str, direction: Direction) -> int:
    """Fill the temporary table `kin` for the newest snapshot; return its number of rows.

    Its columns are model_id and steps, the fewest edges from the root. The result of a model contains the model itself at 0 steps; models
    that name a dataset are 1 step from it. Guessed edges count like all others, unless `published` leaves them out. Raises HublakeError
    where no model or dataset of the snapshot has the name.
    Cost: one scan of the edges and one join per step.
    """
    for table in (MODELS, LINEAGE_EDGES):
        published.require(table)
    day = published.value("SELECT max(snapshot_date) FROM silver.lineage_edges")
    from_column, to_column = ("parent_id", "child_id") if direction == "descendants" else ("child_id", "parent_id")
    execute = published.execute
    execute(
        f"CREATE OR REPLACE TEMP TABLE edges AS SELECT DISTINCT {from_column} AS from_id, {to_column} AS to_id FROM silver.lineage_edges"
        " WHERE snapshot_date = $day AND parent_status <> 'missing' AND NOT is_self_loop",
        {"day": day},
    )
    execute("CREATE OR REPLACE TEMP TABLE kin (model_id VARCHAR, steps BIGINT)")
    execute(f"INSERT INTO kin {_start_query(published)}", {"root": root_id, "day": day})
    steps = published.value("SELECT max(steps) FROM kin")
    if steps is None:
        raise HublakeError(f"no model or dataset of {day} is called '{root_id}'. Names are case-sensitive; silver.models lists them")
    while published.value("SELECT count(*) FROM kin WHERE steps = $steps", steps=steps):
        execute(
            "INSERT INTO kin SELECT DISTINCT to_id, $steps + 1 FROM edges JOIN kin ON from_id = model_id"
            " WHERE steps = $steps AND to_id NOT IN (SELECT model_id FROM kin)",
            {"steps": steps},
        )
        steps += 1
    return int(published.value("SELECT count(*) FROM kin"))


def _start_query(published: PublishedTables) -> str:
    """The model of that name; if there is none, the models that name the dataset."""
    model = "SELECT model_id, 0 FROM silver.models WHERE snapshot_date = $day AND model_id = $root"
    if MODEL_DATASETS.full_name not in published.tables:
        return model
    return (
        f"{model} UNION ALL SELECT DISTINCT model_id, 1 FROM silver.model_datasets WHERE snapshot_date = $day AND dataset_id = $root"
        " AND NOT EXISTS (SELECT 1 FROM silver.models WHERE snapshot_date = $day AND model_id = $root)"
    )
