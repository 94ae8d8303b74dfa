"""What models do, and in which field."""

from hublake.lake.enums import DOMAIN_SOURCES, MODALITIES, TASK_SOURCES
from hublake.lake.schema.columns import BY_SNAPSHOT, CONFIDENCE, MODEL_ID, SNAPSHOT_DATE, flag
from hublake.lake.schema.declaration import Column, Table

MODEL_TASKS = Table(
    "model_tasks",
    layer="silver",
    comment="Tasks of a model by every source that names or implies one; sources are not merged",
    grain="one row per model, source and task",
    key=("snapshot_date", "model_id", "source", "task"),
    partitioned_by=BY_SNAPSHOT,
    columns=(
        SNAPSHOT_DATE,
        MODEL_ID,
        Column("task", "string", "Task of the Hub's vocabulary (conf/tasks.csv)", required=True),
        Column("modality", "string", "Modality of the task", required=True, values=MODALITIES),
        Column("source", "string", "Where it was read", required=True, values=TASK_SOURCES),
        Column("evidence", "string", "The value, class, library, dataset, phrase or word that names or implies it", required=True),
        CONFIDENCE,
        flag("is_strongest", "Whether gold tables use it: one row per model (docs/method/tasks.md)"),
    ),
)

MODEL_DOMAINS = Table(
    "model_domains",
    layer="silver",
    comment="Fields in which a model is used, by words of its tags and its name",
    grain="one row per model, domain and source",
    key=("snapshot_date", "model_id", "domain", "source"),
    partitioned_by=BY_SNAPSHOT,
    columns=(
        SNAPSHOT_DATE,
        MODEL_ID,
        Column("domain", "string", "Field (conf/domains.csv)", required=True),
        Column("source", "string", "Where its word was found", required=True, values=DOMAIN_SOURCES),
        Column("evidence", "string", "The word; of several, the first in alphabetical order", required=True),
        CONFIDENCE,
    ),
)
