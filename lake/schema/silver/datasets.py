"""Datasets of the Hub, and the datasets that models declare."""

from hublake.lake.enums import DATASET_RESOLUTIONS, DATASET_ROLES, DATASET_STATUS, SOURCES
from hublake.lake.schema.columns import BY_SNAPSHOT, CONFIDENCE, DATASET_ID, HUB_ID, MODEL_ID, REPOSITORY, SNAPSHOT_DATE, flag
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
        DATASET_ID,
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
        Column("resolved_id", "string", "Listed dataset that is meant; null unless dataset_status is present or renamed"),
        Column("dataset_status", "string", "Whether the dataset is listed", required=True, values=DATASET_STATUS),
        Column("resolved_by", "string", "How the intended dataset was found, if dataset_status is renamed", values=DATASET_RESOLUTIONS),
        Column("role", "string", "What the model used the dataset for; eval is no training data", required=True, values=DATASET_ROLES),
        Column("role_evidence", "string", "What decides the role; null if it is unknown"),
        Column(
            "source",
            "string",
            "Strongest source that contains the value; eval_results: only the Hub's list of evaluation results",
            required=True,
            values=(*SOURCES, "eval_results"),
        ),
        CONFIDENCE,
    ),
)

DATASET_EDGES = Table(
    "dataset_edges",
    layer="silver",
    comment="Which dataset derives from which, as the card of the derived one declares in source_datasets",
    grain="one row per derived and source dataset",
    key=("snapshot_date", "child_dataset", "parent_dataset"),
    partitioned_by=BY_SNAPSHOT,
    columns=(
        SNAPSHOT_DATE,
        Column("child_dataset", "string", "dataset_id of the derived dataset", required=True),
        Column("parent_dataset", "string", "dataset_id of its source; as declared if parent_status is missing", required=True),
        Column("evidence", "string", "The entry of source_datasets, as written", required=True),
        Column("parent_status", "string", "Whether the source is listed", required=True, values=("present", "renamed", "missing")),
        Column("resolved_by", "string", "How the intended dataset was found, if parent_status is renamed", values=DATASET_RESOLUTIONS),
    ),
)

DATASET_FACTS = Table(
    "dataset_facts",
    layer="silver",
    comment="How the datasets of the Hub came about, as far as their tags, names and descriptions say it",
    grain="one row per dataset",
    key=("snapshot_date", "dataset_id"),
    partitioned_by=BY_SNAPSHOT,
    columns=(
        SNAPSHOT_DATE,
        Column("dataset_id", "string", "Current name of the dataset", required=True),
        Column("is_synthetic", "boolean", "True if the dataset says that models wrote it; null if it does not, which proves nothing"),
        Column("generated_by", "array<string>", "The models that wrote it, as it names them", required=True),
        Column("evidence", "string", "The statement that decides is_synthetic"),
        Column("licenses", "array<string>", "Licence identifiers, as in silver.datasets", required=True),
    ),
)
