"""Which models datasets reach, directly and through lineage, and who discloses training data."""

from hublake.lake.enums import RELATIONS, VERDICTS
from hublake.lake.schema.columns import BY_SNAPSHOT, SNAPSHOT_DATE, count, country_coverage, flag, share
from hublake.lake.schema.declaration import Column, Table

DATASET_INFLUENCE = Table(
    "dataset_influence",
    layer="gold",
    comment="The models that a dataset reaches: those that declare it, and their descendants; a claim of reach, not of proof",
    grain="one row per dataset that a model declares as more than evaluated",
    key=("snapshot_date", "dataset_id"),
    partitioned_by=BY_SNAPSHOT,
    counts_guesses=True,
    columns=(
        SNAPSHOT_DATE,
        Column("dataset_id", "string", "Listed dataset; as declared if it is not listed", required=True),
        flag("is_listed", "Whether the dataset is listed"),
        count("models_direct", "Models that declare it"),
        count("models_reached", "These and all their descendants"),
        count("models_reached_declared", "The same without guessed edges: evidence in_name or bare_tag"),
        count("authors", "Distinct authors of the models that declare it"),
        count("downloads_direct", "Downloads of 30 days of the models that declare it"),
        Column(
            "downloads_attributed",
            "double",
            "Downloads of 30 days of all models reached, each model's split evenly over the datasets that reach it",
            required=True,
            at_least=0,
        ),
        count("families", "Distinct components of the models reached"),
        count("rank", "Rank by downloads_attributed, then models_reached, then name, from 1"),
        Column("first_used_at", "timestamp", "Creation of the first model that declares it; null if unknown or the floor"),
        *(
            share(f"{name}_share", f"Part of the models reached through lineage that are reached by a {name}", required=False)
            for name in RELATIONS
        ),
        Column("licenses", "array<string>", "Licences that the dataset declares", required=True),
        Column("is_synthetic", "boolean", "True if the dataset says that models wrote it; null: nothing says so"),
    ),
)

TRAINING_DISCLOSURE = Table(
    "training_disclosure",
    layer="gold",
    comment="How many models disclose training data, themselves or through a parent",
    grain="one row per stratum",
    key=("snapshot_date", "stratum"),
    partitioned_by=BY_SNAPSHOT,
    counts_guesses=True,
    columns=(
        SNAPSHOT_DATE,
        Column("stratum", "string", "Group of models, such as all or year:2024 (docs/method/datasets.md)", required=True),
        count("models", "Models of the stratum"),
        count("with_dataset", "Of these, models that declare a dataset that is neither a placeholder nor only evaluated"),
        count("resolved", "Of these, models with at least one such dataset that is listed"),
        count("inherited_only", "Models without one of their own, but with an ancestor that declares one"),
        count("placeholder_only", "Models that declare nothing but placeholders"),
        count("evaluated_only", "Models that declare nothing but evaluated datasets and placeholders"),
        count("downloads_30d", "Downloads of the models in the last 30 days"),
        count("downloads_disclosed", "Downloads of the models in with_dataset"),
        share("disclosed_share", "with_dataset divided by models"),
        share("disclosed_share_low", "Lower end of its 95 % interval"),
        share("disclosed_share_high", "Upper end"),
        share("downloads_disclosed_share", "downloads_disclosed divided by downloads_30d", required=False),
        *country_coverage("all models"),
        share("published_share", "The same share of models or downloads as published by others; null if nobody has", required=False),
        Column("published_date", "date", "Last day of the published data"),
        Column("published_denominator", "string", "What the published share is a share of"),
        Column("published_source", "string", "Publication"),
    ),
)

DATASET_LICENSES = Table(
    "dataset_licenses",
    layer="gold",
    comment="Licences of datasets beside those of the models that declare them; no verdict, as the law is unsettled, and no legal advice",
    grain="one row per licences of a dataset and licences of a model",
    key=("snapshot_date", "dataset_license", "model_license"),
    partitioned_by=BY_SNAPSHOT,
    columns=(
        SNAPSHOT_DATE,
        Column("dataset_license", "string", "Licences of the dataset, joined by commas; empty if none is known", required=True),
        Column("model_license", "string", "Licences of the model, likewise", required=True),
        count("uses", "Pairs of a model and a dataset that it declares as more than evaluated"),
        count("distinct_datasets", "Distinct datasets of these pairs"),
        Column(
            "verdict",
            "string",
            "Always unknown: whether it extends to weights is unsettled",
            required=True,
            values=VERDICTS,
        ),
    ),
)
