"""What follows from a snapshot: graph, impact, documentation. Only gold jobs compare."""

from lake.tables.declaration import Column, Table
from lake.tables.shared import MODEL_ID, SNAPSHOT_DATE, count, flag, share
from lake.vocabulary import DOCUMENTED_SECTIONS, SECTION_CLASSES

BY_SNAPSHOT = ("snapshot_date",)

MODEL_IMPACT = Table(
    "model_impact",
    layer="gold",
    comment="How much others build on a model; impact is not quality",
    grain="one row per model",
    key=("snapshot_date", "model_id"),
    partitioned_by=BY_SNAPSHOT,
    at_least_rows=1,
    columns=(
        SNAPSHOT_DATE,
        MODEL_ID,
        share("pagerank", "PageRank on child-to-parent edges, uniform teleport; sums to 1 in a snapshot"),
        share("pagerank_by_downloads", "PageRank with teleport in proportion to downloads_30d; sums to 1 in a snapshot"),
        count("dependants", "Distinct direct children"),
        count("descendants", "Distinct models below, at any depth"),
        Column(
            "downloads_attributed",
            "double",
            "Own downloads of 30 days and those of descendants, each split evenly over the descendant's roots",
            required=True,
            at_least=0,
        ),
        share("pagerank_part", "pagerank on a log scale from the snapshot's lowest to its highest"),
        share("dependants_part", "dependants on a log scale against the snapshot's highest"),
        share("descendants_part", "descendants on a log scale against the snapshot's highest"),
        share("downloads_part", "downloads_attributed on a log scale against the snapshot's highest"),
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

MODEL_LINEAGE = Table(
    "model_lineage",
    layer="gold",
    comment="A model's place in its family",
    grain="one row per model",
    key=("snapshot_date", "model_id"),
    partitioned_by=BY_SNAPSHOT,
    at_least_rows=1,
    columns=(
        SNAPSHOT_DATE,
        MODEL_ID,
        Column("component_id", "string", "Smallest model_id of the weakly connected component", required=True),
        Column("root_ids", "array<string>", "Topmost listed models above it, itself where it has no listed parent", required=True),
        count("generation", "Longest path from a topmost model; edges on cycles left out"),
        flag("is_root", "Whether others derive from it and it declares no parent"),
        flag("is_leaf", "Whether no listed model derives from it"),
        flag("has_unknown_parent", "Whether it declares a parent that is not a listed model"),
    ),
)

NETWORK_METRICS = Table(
    "network_metrics",
    layer="gold",
    comment="The derivation graph as a whole; each metric is explained in docs/method.md",
    grain="one row per metric",
    key=("snapshot_date", "metric"),
    partitioned_by=BY_SNAPSHOT,
    at_least_rows=1,
    columns=(
        SNAPSHOT_DATE,
        Column("metric", "string", "Name of the metric", required=True),
        Column("value", "double", "Its value", required=True),
    ),
)

CARD_DOCUMENTATION = Table(
    "card_documentation",
    layer="gold",
    comment="What a model's card says of limits, bias and risks, in its own words",
    grain="one row per model, with or without a card",
    key=("snapshot_date", "model_id"),
    partitioned_by=BY_SNAPSHOT,
    at_least_rows=1,
    columns=(
        SNAPSHOT_DATE,
        MODEL_ID,
        flag("has_card", "Whether a card with text was fetched"),
        *(
            column
            for name in DOCUMENTED_SECTIONS
            for column in (
                flag(f"has_{name}", f"Whether the card fills {name} with own words: no placeholder, no template sentence"),
                count(f"{name}_own_words", f"Words on {name} that are neither placeholder nor template"),
                flag(f"is_{name}_inherited", f"Whether what it says on {name} is mostly a parent's own text"),
            )
        ),
        Column(
            "depth",
            "integer",
            "Depth of bias documentation, 0 none to 4 specific with results or mitigation",
            required=True,
            at_least=0,
            at_most=4,
        ),
        share(
            "specificity",
            "Part of the sentences on bias, limits, risks and ethics that name a group, language, dataset, failure or figure; "
            "null without any",
            required=False,
        ),
        Column("readability", "double", "Flesch reading ease of those sentences where they are English; null without any"),
    ),
)

DOCUMENTATION_RATES = Table(
    "documentation_rates",
    layer="gold",
    comment="How often cards fill a section",
    grain="one row per section class and stratum",
    key=("snapshot_date", "section_class", "stratum"),
    partitioned_by=BY_SNAPSHOT,
    at_least_rows=1,
    columns=(
        SNAPSHOT_DATE,
        Column("section_class", "string", "What the sections counted are about", required=True, values=SECTION_CLASSES),
        Column("stratum", "string", "Part of the Hub counted: all, or popularity:<value>, task:<value>, relation:<value>", required=True),
        count("models", "Models in the stratum"),
        count("cards", "Of these, models with a card that has text: the denominator"),
        count("filled", "Of these, cards that fill the section with own words"),
        share("filled_share", "filled / cards; null without cards", required=False),
        share("filled_share_low", "Lower end of the Wilson 95 % interval", required=False),
        share("filled_share_high", "Upper end of the Wilson 95 % interval", required=False),
    ),
)
