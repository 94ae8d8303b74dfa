"""Datasets of the Hub, and the datasets that models declare."""

from hublake.lake.schema.columns import BY_SNAPSHOT, CONFIDENCE, HUB_ID, MODEL_ID, REPOSITORY, SNAPSHOT_DATE, SOURCE, flag
from hublake.lake.schema.declaration import Column, Table

DATASETS = Table(
    "datasets",
    layer="silver",
    comment="The datasets of the Hub, from their newest full listing up to the snapshot; empty if none was crawled",
    grain="one row per dataset",
    key=("snapshot_date", "hub_id"),
    partitioned_by=BY_SNAPSHOT,
    columns=(
        SNAPSHOT_DATE,
        HUB_ID,
        Column("dataset_id", "string", "Current name of the dataset, owner/name (canonical datasets have no owner)", required=True),
        *REPOSITORY,
        Column("licenses", "array<string>", "Licence identifiers, spelled as on the Hub's list if known", required=True),
        Column("languages", "array<string>", "ISO 639 codes of the languages that the card declares", required=True),
        Column("task_categories", "array<string>", "Tasks that the card declares", required=True),
        Column("size_category", "string", "Number of examples as the card declares it, such as 1K<n<10K"),
        Column("modalities", "array<string>", "Modalities that the Hub detected, such as text, image, audio", required=True),
        Column("file_formats", "array<string>", "Formats that the Hub detected, such as parquet, json, imagefolder", required=True),
        Column("source_dataset_ids", "array<string>", "Source datasets that the card declares, as written", required=True),
        Column("description", "string", "First few hundred characters of the card, as the Hub shows them"),
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
        flag("is_placeholder", "Whether the name says nothing about the data (generator, imagefolder, None ...)"),
        SOURCE,
        CONFIDENCE,
    ),
)
