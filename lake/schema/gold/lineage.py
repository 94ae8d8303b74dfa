"""Lineage of models and the derivation graph as a whole."""

from hublake.lake.enums import MOTIFS, RELATIONS
from hublake.lake.schema.columns import BY_SNAPSHOT, MODEL_ID, SNAPSHOT_DATE, count, flag, share
from hublake.lake.schema.declaration import Column, Table

MODEL_LINEAGE = Table(
    "model_lineage",
    layer="gold",
    comment="A model's position in its family",
    grain="one row per model",
    key=("snapshot_date", "model_id"),
    partitioned_by=BY_SNAPSHOT,
    at_least_rows=1,
    has_every_model=True,
    counts_guesses=True,
    columns=(
        SNAPSHOT_DATE,
        MODEL_ID,
        Column("component_id", "string", "Smallest model_id of the weakly connected component", required=True),
        Column("root_ids", "array<string>", "Topmost listed ancestors, edges on cycles left out; else the model itself", required=True),
        count("generation", "Length of the longest path from one of root_ids, without edges on cycles"),
        flag("is_root", "Whether it has no parent, by any evidence, and other models derive from it"),
        flag("is_leaf", "Whether no listed model derives from it, not even on a cycle"),
        flag("has_unknown_parent", "Whether it has a parent, by any evidence, that is not a listed model"),
        flag("has_guessed_parent", "Whether it has a parent by evidence in_name or bare_tag, which nobody declared"),
    ),
)

FAMILIES = Table(
    "families",
    layer="gold",
    comment="All models that descend from one root, without edges on cycles; a model with several roots counts in each family",
    grain="one row per root with other members",
    key=("snapshot_date", "root_id"),
    partitioned_by=BY_SNAPSHOT,
    counts_guesses=True,
    columns=(
        SNAPSHOT_DATE,
        Column("root_id", "string", "model_id of the topmost model", required=True),
        Column("members", "long", "Models whose model_lineage.root_ids have the root, itself included", required=True, at_least=2),
        *(count(f"members_{name}", f"Of these, models with a {name} edge") for name in RELATIONS),
        count("members_guessed", "Of these, models whose listed parents are all guesses: evidence in_name or bare_tag"),
        Column("depth", "integer", "Highest generation of a member", required=True, at_least=0),
        count("authors", "Distinct authors of the members"),
        Column("languages", "array<string>", "Languages that the members declare", required=True),
        Column(
            "downloads",
            "double",
            "Downloads of 30 days of all members, each member's split evenly over its roots",
            required=True,
            at_least=0,
        ),
        share("downloads_share", "Part of the downloads of all models"),
    ),
)

NETWORK_METRICS = Table(
    "network_metrics",
    layer="gold",
    comment="Metrics of the complete derivation graph; docs/method/lineage.md explains each",
    grain="one row per metric",
    key=("snapshot_date", "metric"),
    partitioned_by=BY_SNAPSHOT,
    at_least_rows=1,
    counts_guesses=True,
    columns=(
        SNAPSHOT_DATE,
        Column("metric", "string", "Name of the metric", required=True),
        Column("value", "double", "Value of the metric", required=True),
    ),
)

COMMUNITIES = Table(
    "communities",
    layer="gold",
    comment="Communities of connected models, by label propagation (Raghavan et al. 2007)",
    grain="one row per model with a listed parent or child",
    key=("snapshot_date", "model_id"),
    partitioned_by=BY_SNAPSHOT,
    counts_guesses=True,
    columns=(
        SNAPSHOT_DATE,
        MODEL_ID,
        Column("community_id", "string", "Smallest model_id of the community", required=True),
        count("members", "Models of the community"),
    ),
)

LINEAGE_MOTIFS = Table(
    "lineage_motifs",
    layer="gold",
    comment="Small derivation patterns that show how people work",
    grain="one row per occurrence of a motif",
    key=("snapshot_date", "motif", "motif_id"),
    partitioned_by=BY_SNAPSHOT,
    counts_guesses=True,
    columns=(
        SNAPSHOT_DATE,
        Column("motif", "string", "Name of the pattern; docs/method/lineage.md explains each", required=True, values=MOTIFS),
        Column("motif_id", "string", "model_ids, joined by spaces", required=True),
        Column("model_ids", "array<string>", "Its models, the derived one first", required=True),
    ),
)
