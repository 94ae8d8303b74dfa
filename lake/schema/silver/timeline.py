"""How models and their counts change between snapshots."""

from hublake.lake.schema.columns import BY_SNAPSHOT, COUNTS, HUB_ID, MODEL_ID, SNAPSHOT_DATE, flag
from hublake.lake.schema.declaration import Column, Table

MODEL_HISTORY = Table(
    "model_history",
    layer="silver",
    comment="Every observed state of a model, with the crawls between which it was valid (SCD2)",
    grain="one row per model and validity period",
    key=("hub_id", "valid_from"),
    at_least_rows=1,
    is_history=True,
    columns=(
        HUB_ID,
        Column("model_id", "string", "Name of the model in that period; the last name if it was removed", required=True),
        Column("valid_from", "date", "Day of the first crawl that saw this state", required=True),
        Column("valid_to", "date", "Day of the first crawl that saw another state; null if none has yet"),
        flag("is_current", "Whether the newest crawl saw this state; never true for a removed model"),
        flag("is_removed", "Whether a full listing lacked the model; the other columns then contain its last known values"),
        Column("changed", "array<string>", "new, removed, returned, or the columns that differ from the previous state", required=True),
        Column("author", "string", "User or organisation before the slash; null for canonical names"),
        Column("licenses", "array<string>", "Licences in the tags, in alphabetical order", required=True),
        Column("base_models", "array<string>", "Base models in the tags: owner/name, relation:owner/name", required=True),
        Column("tags", "array<string>", "All other tags, in alphabetical order", required=True),
        Column("pipeline_tag", "string", "Task, declared or inferred by the Hub"),
        flag("is_gated", "Whether access to the files must be requested"),
        flag("is_disabled", "Whether the Hub has disabled the repository"),
    ),
)

MODEL_METRICS = Table(
    "model_metrics",
    layer="silver",
    comment="The Hub's counts of a model on the day, and whether they are plausible; the Hub keeps no history of them",
    grain="one row per model and snapshot",
    key=("snapshot_date", "hub_id"),
    partitioned_by=BY_SNAPSHOT,
    at_least_rows=1,
    has_every_model=True,
    keeps_snapshots=True,
    columns=(
        SNAPSHOT_DATE,
        HUB_ID,
        MODEL_ID,
        *COUNTS,
        flag("has_fallen", "Whether downloads_all_time, which can only grow, is lower than in the previous snapshot"),
        Column("glitches", "array<string>", "Which counts cannot be right; docs/method/timeline.md explains each", required=True),
    ),
)
