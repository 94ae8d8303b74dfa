"""Datasets, and those that models declare."""

from hublake.lake.schema.columns import BY_SNAPSHOT, CONFIDENCE, HUB_ID, MODEL_ID, REPOSITORY, SNAPSHOT_DATE, SOURCE, flag
from hublake.lake.schema.declaration import Column, Table

DATASETS = Table(
    "datasets",
    layer="silver",
    comment="The datasets of the Hub, as the newest whole listing of them up to the snapshot gave them; empty where none was crawled",
    grain="one row per dataset",
    key=("snapshot_date", "hub_id"),
    partitioned_by=BY_SNAPSHOT,
    columns=(
        SNAPSHOT_DATE,
        HUB_ID,
        Column("dataset_id", "string", "Current name of the dataset, owner/name (canonical ones have no owner)", required=True),
        *REPOSITORY,
        Column("licenses", "array<string>", "Licence identifiers, as on the Hub's list where they are known", required=True),
        Column("languages", "array<string>", "ISO 639 codes of the languages that the card names", required=True),
        Column("task_categories", "array<string>", "Tasks that the card names", required=True),
        Column("size_category", "string", "Number of examples as the card names it, such as 1K<n<10K"),
        Column("modalities", "array<string>", "Modalities that the Hub found, such as text, image, audio", required=True),
        Column("file_formats", "array<string>", "Formats that the Hub found, such as parquet, json, imagefolder", required=True),
        Column("source_dataset_ids", "array<string>", "Datasets that the card names as its sources, as written", required=True),
        Column("description", "string", "What the Hub shows of the card, its first few hundred characters"),
    ),
)

MODEL_DATASETS = Table(
    "model_datasets",
    layer="silver",
    comment="Datasets that a model declares",
    grain="one row per model and dataset",
    key=("snapshot_date", "model_id", "dataset_id"),
    partitioned_by=BY_SNAPSHOT,
    columns=(
        SNAPSHOT_DATE,
        MODEL_ID,
        Column("dataset_id", "string", "Dataset as declared", required=True),
        flag("is_placeholder", "Whether the name says nothing of the data (generator, imagefolder, None ...)"),
        SOURCE,
        CONFIDENCE,
    ),
)
