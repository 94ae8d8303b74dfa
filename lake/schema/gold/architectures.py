"""Architecture and size of models, by month, and how far the sources of parameter counts agree."""

from hublake.lake.enums import ARCHITECTURE_FAMILIES, ARCHITECTURE_SOURCES, COUNT_SOURCES, SIZE_CLASSES
from hublake.lake.schema.columns import BY_SNAPSHOT, MODEL_ID, SNAPSHOT_DATE, count, flag, share
from hublake.lake.schema.declaration import Column, Table

FAMILY = Column(
    "architecture_family",
    "string",
    "Family of the code; other: not in conf/architecture_families.csv; not the family of the weights, which is in gold.model_lineage",
    required=True,
    values=ARCHITECTURE_FAMILIES,
)

MODEL_ARCHITECTURE = Table(
    "model_architecture",
    layer="gold",
    comment="Architecture and number of parameters of each model, stated or inferred, with the evidence",
    grain="one row per model",
    key=("snapshot_date", "model_id"),
    partitioned_by=BY_SNAPSHOT,
    at_least_rows=1,
    has_every_model=True,
    columns=(
        SNAPSHOT_DATE,
        MODEL_ID,
        Column("architecture", "string", "Class or type as found; null if unknown"),
        FAMILY,
        Column("architecture_source", "string", "Where it was found; tag, parent and name are inferred", values=ARCHITECTURE_SOURCES),
        Column(
            "architecture_confidence",
            "double",
            "Measured share of such architectures whose family is right",
            unit="share",
            at_least=0,
            at_most=1,
        ),
        Column("architecture_evidence", "string", "The class, the tag, the parent or the word of the name"),
        count("parameters", "Weights of the model that a user runs, from the strongest source; null if none states it", required=False),
        count("active_parameters", "Weights that one token passes, where a source states it; never guessed", required=False),
        Column("is_moe", "boolean", "Whether it is a mixture of experts; null: unknown"),
        Column("size_class", "string", "Class of parameters (docs/method/architectures.md)", required=True, values=SIZE_CLASSES),
        Column("parameters_from", "string", "Source of parameters in silver.model_parameters", values=COUNT_SOURCES),
        Column("parameters_confidence", "double", "Its confidence", unit="share", at_least=0, at_most=1),
        count("parameter_sources", "Sources that state a whole number of parameters"),
        share("agreement_share", "Part of the other sources within 25 % of parameters; null with fewer than two", required=False),
        flag("is_confirmed", "Whether another source is within 5 % of parameters"),
    ),
)

ARCHITECTURE_EVOLUTION = Table(
    "architecture_evolution",
    layer="gold",
    comment="New models by month, family of architecture and size; the Hub shows only those that still exist",
    grain="one row per month, architecture family and size class, `all` for each of the last two",
    key=("snapshot_date", "month", "architecture_family", "size_class"),
    partitioned_by=BY_SNAPSHOT,
    columns=(
        SNAPSHOT_DATE,
        Column(
            "month",
            "string",
            "Month of creation, such as 2024-07; before-2022-03 for older and unknown-month for undated ones",
            required=True,
        ),
        Column(
            "architecture_family",
            "string",
            "As in gold.model_architecture; all: every family",
            required=True,
            values=("all", *ARCHITECTURE_FAMILIES),
        ),
        Column("size_class", "string", "As in gold.model_architecture; all: every size", required=True, values=("all", *SIZE_CLASSES)),
        count("new_models", "Models created in the month"),
        share("new_models_share", "new_models divided by all models of the month"),
        count("with_parameters", "Of these, models whose parameters are known"),
        share("coverage_share", "with_parameters divided by new_models"),
        count("median_parameters", "Median of the known parameters; null without any", required=False),
        count("p90_parameters", "Their 90th percentile", required=False),
        count("moe_known", "Models of which is_moe is known"),
        share("moe_share", "Mixtures of experts among these; null if there are none", required=False),
        count("downloads_30d", "Downloads of 30 days of the models with known parameters"),
        Column(
            "mean_parameters_downloaded",
            "double",
            "Mean of the known parameters, weighted by downloads of 30 days; null without",
            at_least=0,
        ),
    ),
)

PARAMETER_AGREEMENT = Table(
    "parameter_agreement",
    layer="gold",
    comment="How far two sources of parameter counts agree on the models that have both",
    grain="one row per pair of sources",
    key=("snapshot_date", "source_a", "source_b"),
    partitioned_by=BY_SNAPSHOT,
    columns=(
        SNAPSHOT_DATE,
        Column("source_a", "string", "The stronger source", required=True, values=COUNT_SOURCES),
        Column("source_b", "string", "The weaker one", required=True, values=COUNT_SOURCES),
        count("pairs", "Models with a whole count by both"),
        share("within_5_share", "Part of these where they differ by at most 5 % of the larger"),
        share("within_25_share", "The same for 25 %"),
        Column("median_ratio", "double", "Median of the count of source_b divided by that of source_a", required=True, at_least=0),
    ),
)
