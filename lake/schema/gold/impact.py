"""Impact of models and contributors."""

from dataclasses import replace

from hublake.lake.enums import IMPACT_PARTS, REPUTATION_PARTS
from hublake.lake.schema.columns import BY_SNAPSHOT, MODEL_ID, SNAPSHOT_DATE, count, share
from hublake.lake.schema.declaration import Column, Table

MODEL_IMPACT = Table(
    "model_impact",
    layer="gold",
    comment="How much others build on a model; impact is not quality",
    grain="one row per model",
    key=("snapshot_date", "model_id"),
    partitioned_by=BY_SNAPSHOT,
    at_least_rows=1,
    has_every_model=True,
    counts_guesses=True,
    columns=(
        SNAPSHOT_DATE,
        MODEL_ID,
        share("pagerank", "PageRank on child-to-parent edges with uniform teleport; sums to 1 in a snapshot"),
        share("pagerank_by_downloads", "PageRank with teleport proportional to downloads_30d; sums to 1 in a snapshot"),
        count("dependants", "Distinct direct children"),
        count("dependants_guessed", "Of these, children by evidence in_name or bare_tag alone, which nobody declared"),
        count("descendants", "Distinct descendants at any depth"),
        Column(
            "downloads_attributed",
            "double",
            "Own downloads of 30 days plus those of descendants, each split evenly over the descendant's roots",
            required=True,
            at_least=0,
        ),
        share("pagerank_part", "pagerank on a log scale from the snapshot's lowest to its highest"),
        share("dependants_part", "dependants on a log scale, relative to the snapshot's highest"),
        share("descendants_part", "descendants on a log scale, relative to the snapshot's highest"),
        share("downloads_part", "downloads_attributed on a log scale, relative to the snapshot's highest"),
        Column(
            "impact_score",
            "double",
            "Weighted sum of the parts; weights in conf/",
            unit="points of 100",
            required=True,
            at_least=0,
            at_most=100,
        ),
    ),
)

MODEL_IMPACT_WITHOUT_GUESSES = replace(
    MODEL_IMPACT,
    name="model_impact_without_guesses",
    counts_guesses=False,
    comment="gold.model_impact without the edges that nobody declared: evidence in_name and bare_tag",
)

CONTRIBUTOR_IMPACT = Table(
    "contributor_impact",
    layer="gold",
    comment="How much others build on an author's models; impact is not quality",
    grain="one row per author with a model",
    key=("snapshot_date", "author"),
    partitioned_by=BY_SNAPSHOT,
    counts_guesses=True,
    columns=(
        SNAPSHOT_DATE,
        Column("author", "string", "User or organisation", required=True),
        count("models", "Models of the author"),
        count("dependants", "Distinct models of other authors that derive directly from one of them"),
        count("dependants_guessed", "Of these, models that do so by evidence in_name or bare_tag alone, which nobody declared"),
        count("lineage_h_index", "Largest h for which h of the models have at least h dependants by other authors"),
        count("downloads_own", "Downloads of 30 days of the author's models"),
        Column(
            "downloads_attributed",
            "double",
            "Sum of downloads_attributed over those models that derive from no other model of the author",
            required=True,
            at_least=0,
        ),
        share("originality_share", "Part of the models that derive from no other author's model"),
        count("likes", "Likes of the author's models"),
        count("releases", "Models that are new work, as in gold.model_series"),
        Column("downloads_per_release", "double", "downloads_own divided by releases; null without one", at_least=0),
        count("tenure_days", "Whole days from the author's first model to the newest of the Hub; null at the Hub's floor", required=False),
        share("built_on_share", "Part of the models from which a model of another author derives directly"),
        count(
            "compared_days", "Days since the previous snapshot, with which the columns …_gained compare; null without one", required=False
        ),
        Column("models_gained", "long", "Change of models since then"),
        Column("likes_gained", "long", "Change of likes since then"),
        Column("downloads_gained", "long", "Change of downloads_own since then"),
        Column("dependants_gained", "long", "Change of dependants since then"),
        *(share(f"{part}_part", f"{what}, from 0 to 1") for part, what in REPUTATION_PARTS.items()),
        Column(
            "reputation_score",
            "double",
            "Weighted sum of likes_part, release_part, tenure_part and built_on_part; docs/method/impact.md has the weights",
            unit="points of 100",
            required=True,
            at_least=0,
            at_most=100,
        ),
    ),
)

IMPACT_SENSITIVITY = Table(
    "impact_sensitivity",
    layer="gold",
    comment="How the ranking by impact_score changes if one of its parts is left out",
    grain="one row per part left out",
    key=("snapshot_date", "dropped_part"),
    partitioned_by=BY_SNAPSHOT,
    at_least_rows=1,
    counts_guesses=True,
    columns=(
        SNAPSHOT_DATE,
        Column(
            "dropped_part", "string", "Part that is left out; the other weights grow proportionally", required=True, values=IMPACT_PARTS
        ),
        count("models", "Models compared: those with dependants"),
        Column(
            "rank_correlation", "double", "Spearman's rank correlation; null if all scores are equal", at_least=-1.000001, at_most=1.000001
        ),
        share("top_100_share", "Part of the top hundred that stays in the top hundred"),
    ),
)
