"""How bases are adapted to tasks, and which tasks grow."""

from hublake.lake.enums import RELATIONS
from hublake.lake.schema.columns import BY_SNAPSHOT, SNAPSHOT_DATE, count, flag, share
from hublake.lake.schema.declaration import Column, Table

_MONTH = Column("month", "string", "Month of creation, YYYY-MM; empty if the time is unknown or the Hub's floor", required=True)

TASK_ADAPTATION = Table(
    "task_adaptation",
    layer="gold",
    comment="What derivatives of each base are for, by month and relation",
    grain="one row per base, task, month, relation and change",
    key=("snapshot_date", "base_id", "task", "month", "relation", "is_change"),
    partitioned_by=BY_SNAPSHOT,
    counts_guesses=True,
    columns=(
        SNAPSHOT_DATE,
        Column("base_id", "string", "Root with 10 descendants or more; (other): all others", required=True),
        Column("task", "string", "Task of the descendants; empty if unknown", required=True),
        _MONTH,
        Column("relation", "string", "How the descendants derive from their parents", required=True, values=RELATIONS),
        flag("is_change", "Whether the base has another task, retired tasks counting as their successors; false if one is unknown"),
        count("models", "Descendants; a model with several roots or relations counts for each"),
        count("authors", "Distinct authors of models"),
        count("downloads_30d", "Downloads of 30 days of models"),
    ),
)

TASK_TRANSITIONS = Table(
    "task_transitions",
    layer="gold",
    comment="Edges by the tasks of parent and child",
    grain="one row per relation, parent task and child task",
    key=("snapshot_date", "relation", "parent_task", "child_task"),
    partitioned_by=BY_SNAPSHOT,
    counts_guesses=True,
    columns=(
        SNAPSHOT_DATE,
        Column("relation", "string", "How the children derive from the parents", required=True, values=RELATIONS),
        Column("parent_task", "string", "Task of the parents; empty if unknown", required=True),
        Column("child_task", "string", "Task of the children; empty if unknown", required=True),
        flag("is_change", "Whether both are known and differ, retired tasks counting as their successors"),
        count("edges", "Edges between listed models"),
        count("edges_guessed", "Of these, guesses: evidence in_name or bare_tag"),
        count("strong_edges", "Of these, edges whose two tasks were declared: source card or hub"),
        count("downloads_30d", "Downloads of 30 days, of the child of each edge"),
        share("edges_share_of_parent", "edges divided by all edges of the relation from this parent task"),
        share("strong_share", "strong_edges divided by edges"),
    ),
)

TASK_TRENDS = Table(
    "task_trends",
    layer="gold",
    comment="New models of each task by month",
    grain="one row per task and month with a new model",
    key=("snapshot_date", "task", "month"),
    partitioned_by=BY_SNAPSHOT,
    counts_guesses=True,
    columns=(
        SNAPSHOT_DATE,
        Column("task", "string", "Task; empty if unknown", required=True),
        _MONTH,
        count("new_models", "Models of the task that were created in the month and are listed"),
        count("known_models", "Models of the month with any task"),
        count("all_models", "Models of the month"),
        share("known_share", "new_models divided by known_models; null for the unknown task", required=False),
        count("cumulative", "Models of the task up to the month, those of unknown month included"),
        Column("top_base_id", "string", "Root that most of new_models descend from; null if none descends from a listed model"),
    ),
)
