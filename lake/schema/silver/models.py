"""Models of a snapshot, cleaned and typed."""

from hublake.lake.enums import PARAMETERS_SOURCES, RELATIONS
from hublake.lake.schema.columns import BY_SNAPSHOT, HUB_ID, MODEL_ID, REPOSITORY, SNAPSHOT_DATE, count
from hublake.lake.schema.declaration import Column, Table

MODELS = Table(
    "models",
    layer="silver",
    comment="The models of a snapshot, from the newest full listing",
    grain="one row per model",
    key=("snapshot_date", "hub_id"),
    partitioned_by=BY_SNAPSHOT,
    at_least_rows=1,
    columns=(
        SNAPSHOT_DATE,
        HUB_ID,
        MODEL_ID,
        *REPOSITORY,
        Column("pipeline_tag", "string", "Task, declared or inferred by the Hub"),
        Column("library_name", "string", "Library, declared or inferred by the Hub"),
        Column("architecture", "string", "First of config.architectures, or the diffusers class, or gguf.architecture"),
        Column("model_type", "string", "config.model_type"),
        count(
            "parameters",
            "Number of weights by the model's own files or name, unpacked; gold.model_architecture has more sources",
            required=False,
        ),
        Column("parameters_source", "string", "Source of parameters", values=PARAMETERS_SOURCES),
        count("parameters_raw", "The Hub's own count, of packed numbers and of adapters too; null if it sent none", required=False),
        Column("file_names", "array<string>", "Paths of the listed files", required=True),
        Column("hub_parents", "array<string>", "model_ids in baseModels: the bases that the Hub resolved", required=True),
        Column("hub_relation", "string", "Relation in baseModels", values=RELATIONS),
    ),
)
