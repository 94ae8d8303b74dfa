"""How common techniques are, how models are merged, and in which formats they are quantised."""

from hublake.lake.schema.columns import BY_SNAPSHOT, MODEL_ID, SNAPSHOT_DATE, count, flag, share
from hublake.lake.schema.declaration import Column, Table

_MONTH = Column("month", "string", "Month of creation, YYYY-MM; empty if the time is unknown or the Hub's floor", required=True)

TECHNIQUE_PREVALENCE = Table(
    "technique_prevalence",
    layer="gold",
    comment="Models of each technique by month and relation to their parents; inherited techniques do not count",
    grain="one row per technique, month and stratum with a model",
    key=("snapshot_date", "technique", "month", "stratum"),
    partitioned_by=BY_SNAPSHOT,
    counts_guesses=True,
    columns=(
        SNAPSHOT_DATE,
        Column("technique", "string", "Technique (conf/techniques.csv)", required=True),
        _MONTH,
        Column("stratum", "string", "all, or relation: and a relation of the models to their parents (none: no parent)", required=True),
        count("models", "Models that have the technique themselves"),
        count("known_models", "Models of month and stratum with any technique of their own"),
        count("all_models", "Models of month and stratum"),
        share("known_share", "models divided by known_models"),
        share("coverage_share", "known_models divided by all_models"),
        count("downloads_30d", "Downloads of 30 days of models"),
        Column("top_base_ids", "array<string>", "Up to five roots that most of these models derive from, most first", required=True),
    ),
)

MERGE_RECIPES = Table(
    "merge_recipes",
    layer="gold",
    comment="How each merged model was merged, and from what; merges that a quantised copy repeats are left out",
    grain="one row per merged model",
    key=("snapshot_date", "model_id"),
    partitioned_by=BY_SNAPSHOT,
    counts_guesses=True,
    columns=(
        SNAPSHOT_DATE,
        MODEL_ID,
        Column("method", "string", "mergekit's method by the strongest source that names one; null if none does"),
        Column(
            "parent_ids",
            "array<string>",
            "Parents by edges of relation merge, in alphabetical order",
            required=True,
        ),
        flag("has_config", "Whether the repository has the configuration of mergekit as a file"),
    ),
)

QUANTIZATION_FORMATS = Table(
    "quantization_formats",
    layer="gold",
    comment="Repositories by format and width of their quantised weights, and who publishes them, by month",
    grain="one row per format, width and month with a repository",
    key=("snapshot_date", "format", "bits", "month"),
    partitioned_by=BY_SNAPSHOT,
    columns=(
        SNAPSHOT_DATE,
        Column("format", "string", "Technique of the group quantisation; quantization: method unknown", required=True),
        Column(
            "bits",
            "double",
            "Bits of a weight; 0: unknown. GGUF repositories count once for each width",
            required=True,
            at_least=0,
        ),
        _MONTH,
        count("repos", "Repositories"),
        count("files", "Types of weights that their files state"),
        count("quantisers", "Distinct authors of repos"),
        share("top_author_share", "Part of repos that belongs to the author with most"),
    ),
)
