"""Gold of the derivation graph beyond single models: families, authors, vendors, communities, motifs."""

from lake.tables.declaration import Column, Table
from lake.tables.shared import BY_SNAPSHOT, MODEL_ID, SNAPSHOT_DATE, count, share
from lake.vocabulary import IMPACT_PARTS, MOTIFS, RELATIONS

FAMILIES = Table(
    "families",
    layer="gold",
    comment="Everything that descends from one root; a model with several roots counts in each family",
    grain="one row per root with descendants",
    key=("snapshot_date", "root_id"),
    partitioned_by=BY_SNAPSHOT,
    columns=(
        SNAPSHOT_DATE,
        Column("root_id", "string", "model_id of the topmost model", required=True),
        count("members", "Models of the family, the root included"),
        *(count(f"members_{name}", f"Of these, models with a {name} edge") for name in RELATIONS),
        Column("depth", "integer", "Highest generation of a member", required=True, at_least=0),
        count("authors", "Distinct authors of its members"),
        Column("languages", "array<string>", "Languages that its members declare", required=True),
        Column("downloads", "double", "Downloads of 30 days of all members, each split evenly over its roots", required=True, at_least=0),
        share("downloads_share", "Part of the downloads of all models"),
    ),
)

CONTRIBUTOR_IMPACT = Table(
    "contributor_impact",
    layer="gold",
    comment="How much others build on an author's models; impact is not quality",
    grain="one row per author with a model",
    key=("snapshot_date", "author"),
    partitioned_by=BY_SNAPSHOT,
    columns=(
        SNAPSHOT_DATE,
        Column("author", "string", "User or organisation", required=True),
        count("models", "Models of the author"),
        count("dependants", "Distinct models of others that derive directly from one of them"),
        count("lineage_h_index", "The largest h for which h of them have h dependants by others or more"),
        count("downloads_own", "Downloads of 30 days of the author's models"),
        Column(
            "downloads_attributed",
            "double",
            "Sum of downloads_attributed over those of the models that derive from no other of the author",
            required=True,
            at_least=0,
        ),
        share("originality_share", "Part of the models that derive from no model of another author"),
    ),
)

VENDOR_FLOW = Table(
    "vendor_flow",
    layer="gold",
    comment="Which authors build on which, by relation; an author's own models included",
    grain="one row per child author, parent author and relation",
    key=("snapshot_date", "child_author", "parent_author", "relation"),
    partitioned_by=BY_SNAPSHOT,
    columns=(
        SNAPSHOT_DATE,
        Column("child_author", "string", "Author of the models that derive; empty for canonical names", required=True),
        Column("parent_author", "string", "Author of the models derived from; empty for canonical names", required=True),
        Column("relation", "string", "How they derive", required=True, values=RELATIONS),
        count("models", "Distinct models that derive"),
        count("parents", "Distinct models derived from"),
        count("downloads_30d", "Downloads of 30 days of the models that derive"),
    ),
)

COMMUNITIES = Table(
    "communities",
    layer="gold",
    comment="Communities of the connected models by label propagation (Raghavan et al. 2007)",
    grain="one row per model with a listed parent or child",
    key=("snapshot_date", "model_id"),
    partitioned_by=BY_SNAPSHOT,
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
    comment="Small patterns of derivation that say how people work",
    grain="one row per occurrence of a motif",
    key=("snapshot_date", "motif", "motif_id"),
    partitioned_by=BY_SNAPSHOT,
    columns=(
        SNAPSHOT_DATE,
        Column("motif", "string", "Which pattern; docs/method.md explains each", required=True, values=MOTIFS),
        Column("motif_id", "string", "model_ids, joined by blanks", required=True),
        Column("model_ids", "array<string>", "The models in it, the one that derives first", required=True),
    ),
)

IMPACT_SENSITIVITY = Table(
    "impact_sensitivity",
    layer="gold",
    comment="How the order by impact_score changes when one of its parts is left out",
    grain="one row per part left out",
    key=("snapshot_date", "dropped_part"),
    partitioned_by=BY_SNAPSHOT,
    at_least_rows=1,
    columns=(
        SNAPSHOT_DATE,
        Column("dropped_part", "string", "Part that is left out; the other weights grow in proportion", required=True, values=IMPACT_PARTS),
        count("models", "Models compared: those with dependants"),
        Column("rank_correlation", "double", "Spearman's; null where all are alike", at_least=-1.000001, at_most=1.000001),
        share("top_100_share", "Part of the first hundred that stay among the first hundred"),
    ),
)
