"""Languages of models, and what happens to them on the way from parent to child."""

from hublake.lake.enums import LANGUAGE_AGREEMENT, LANGUAGE_CHANGES, RELATIONS
from hublake.lake.schema.columns import BY_SNAPSHOT, MODEL_ID, SNAPSHOT_DATE, count, share
from hublake.lake.schema.declaration import Column, Table

MODEL_LANGUAGE = Table(
    "model_language",
    layer="gold",
    comment="The languages of each model, by rule (docs/method/languages.md)",
    grain="one row per model",
    key=("snapshot_date", "model_id"),
    partitioned_by=BY_SNAPSHOT,
    at_least_rows=1,
    has_every_model=True,
    columns=(
        SNAPSHOT_DATE,
        MODEL_ID,
        Column("primary_language", "string", "The one declared language; of several, the one that the name has; null: none or unknown"),
        Column("declared", "array<string>", "Declared languages, sorted, standard forms collapsed (cmn is zh)", required=True),
        Column("is_multilingual", "boolean", "Whether it declares two languages or more, or the word; null: it declares none"),
        Column("is_english_only", "boolean", "Whether English is all that it declares; null: it declares none"),
        Column("agreement", "string", "Of what it declares, its name and its datasets", required=True, values=LANGUAGE_AGREEMENT),
    ),
)

LANGUAGE_TRANSFER = Table(
    "language_transfer",
    layer="gold",
    comment="Edges by the declared languages of parent and child",
    grain="one row per relation, parent language, child language and change",
    key=("snapshot_date", "relation", "parent_language", "child_language", "change"),
    partitioned_by=BY_SNAPSHOT,
    counts_guesses=True,
    columns=(
        SNAPSHOT_DATE,
        Column("relation", "string", "How the children derive from the parents", required=True, values=RELATIONS),
        Column("parent_language", "string", "ISO 639 code; multi: several or multilingual; none: nothing declared", required=True),
        Column("child_language", "string", "The same of the child", required=True),
        Column(
            "change",
            "string",
            "kept: the same languages; narrowed: only a part of the parent's; widened: the parent's and more; moved: other ones",
            required=True,
            values=LANGUAGE_CHANGES,
        ),
        count("edges", "Edges between listed models"),
        count("edges_guessed", "Of these, guesses: evidence in_name or bare_tag"),
        count("models", "Distinct children"),
        count("downloads_30d", "Downloads of 30 days, of the child of each edge"),
        share("edges_share_of_parent", "edges divided by all edges of the relation from this parent language"),
        Column(
            "median_days_between",
            "double",
            "Median days from parent to child; null if no edge has two known dates in this order",
            at_least=0,
        ),
        count("reporting_edges", "Edges whose two ends list languages; a mere multilingual lists none"),
        count("parent_languages", "Sum over reporting_edges of the number of languages of the parent"),
        count("child_languages", "Sum over reporting_edges of the number of languages of the child"),
        Column("distance", "double", "Sum over reporting_edges of 1 - Jaccard of both sets of languages", required=True, at_least=0),
    ),
)

LANGUAGE_ADAPTATION = Table(
    "language_adaptation",
    layer="gold",
    comment="Models that declare a language, and the bases that they derive from",
    grain="one row per language",
    key=("snapshot_date", "language"),
    partitioned_by=BY_SNAPSHOT,
    counts_guesses=True,
    columns=(
        SNAPSHOT_DATE,
        Column("language", "string", "ISO 639 code as in model_language.declared", required=True),
        count("models", "Models that declare it"),
        count("monolingual_models", "Of these, models that declare no other"),
        count("monolingual_from_multilingual", "Of these, models with a multilingual parent"),
        count("downloads_30d", "Downloads of 30 days of models"),
        Column("first_model_at", "timestamp", "Creation of the first of models; null if all are unknown or the floor"),
        count("new_12m", "Of models, those created in the 365 days before the newest model of the snapshot"),
        Column("root_ids", "array<string>", "The five roots with most of models among their descendants, most first", required=True),
    ),
)
