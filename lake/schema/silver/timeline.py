"""How models and their counts change between snapshots."""

from hublake.lake.schema.columns import BY_SNAPSHOT, COUNTS, HUB_ID, MODEL_ID, SNAPSHOT_DATE, flag
from hublake.lake.schema.declaration import Column, Table

MODEL_HISTORY = Table(
    "model_history",
    layer="silver",
    comment="Every state that a model has been seen in, with the crawls between which it held (SCD2)",
    grain="one row per model and validity",
    key=("hub_id", "valid_from"),
    at_least_rows=1,
    is_history=True,
    columns=(
        HUB_ID,
        Column("model_id", "string", "Name of the model in that time; of a removed one its last", required=True),
        Column("valid_from", "date", "Day of the first crawl that saw it so", required=True),
        Column("valid_to", "date", "Day of the first crawl that saw it otherwise; null where none has yet"),
        flag("is_current", "Whether the newest crawl saw it so; never true of a removed model"),
        flag("is_removed", "Whether a whole listing lacked it; the other columns then say what was last known"),
        Column("changed", "array<string>", "new, removed, returned, or the columns that differ from what was known before", required=True),
        Column("author", "string", "User or organisation before the slash; null for canonical names"),
        Column("licenses", "array<string>", "Licences as the tags name them, in order of the alphabet", required=True),
        Column("base_models", "array<string>", "Bases as the tags name them: owner/name, relation:owner/name", required=True),
        Column("tags", "array<string>", "All other tags, in order of the alphabet", required=True),
        Column("pipeline_tag", "string", "Task, declared or inferred by the Hub"),
        flag("is_gated", "Whether files need an accepted request"),
        flag("is_disabled", "Whether the Hub has taken the repository down"),
    ),
)

MODEL_METRICS = Table(
    "model_metrics",
    layer="silver",
    comment="What the Hub counted of a model on the day, and whether the counts can be right; the Hub keeps no history of them",
    grain="one row per model and snapshot",
    key=("snapshot_date", "hub_id"),
    partitioned_by=BY_SNAPSHOT,
    at_least_rows=1,
    has_every_model=True,
    columns=(
        SNAPSHOT_DATE,
        HUB_ID,
        MODEL_ID,
        *COUNTS,
        flag("has_fallen", "Whether downloads_all_time, which can only grow, is below that of the snapshot before"),
        Column("glitches", "array<string>", "What cannot be right of the counts; docs/method.md explains each", required=True),
    ),
)
