"""What happens to licences from a model to its derivatives. Verdicts are no legal advice."""

from hublake.lake.enums import CLAUSE_READINGS, EVIDENCE, LICENSE_TRANSITIONS, RELATIONS, VERDICT_CLAUSES, VERDICTS
from hublake.lake.schema.columns import BY_SNAPSHOT, CHILD_ID, MODEL_ID, PARENT_ID, SNAPSHOT_DATE, count, country_coverage, flag, share
from hublake.lake.schema.declaration import Column, Table

MAX_PATH = 100  # models of a path that gold.license_chains lists: all of each real one, and no quadratic table from a hostile one

RELATION = Column("relation", "string", "How the child derives from the parent", required=True, values=RELATIONS)
RELATION_OR_ANY = Column("relation", "string", "Relation of the edges; any: all edges", required=True, values=(*RELATIONS, "any"))
VERDICT = Column(
    "verdict", "string", "Whether the child may have its licence, by published rules; no legal advice", required=True, values=VERDICTS
)
CLAUSE = Column("clause", "string", "The rule that decides the verdict", required=True, values=VERDICT_CLAUSES)

LICENSE_EDGES = Table(
    "license_edges",
    layer="gold",
    comment="What happens to the licence on each edge between two listed models; verdicts are no legal advice",
    grain="one row per child, parent and relation",
    key=("snapshot_date", "child_id", "parent_id", "relation"),
    partitioned_by=BY_SNAPSHOT,
    counts_guesses=True,
    columns=(
        SNAPSHOT_DATE,
        CHILD_ID,
        Column("parent_id", "string", PARENT_ID.comment.split(";")[0], required=True),
        RELATION,
        Column("evidence", "string", "Strongest evidence of the edge", required=True, values=EVIDENCE),
        flag("is_guessed", "Whether nobody declared that the child derives from the parent: evidence in_name or bare_tag"),
        Column(
            "parent_licenses",
            "array<string>",
            "Licences of the parent, as comparable_license, empty if none is declared; those at the child's creation where they are known",
            required=True,
        ),
        Column("child_licenses", "array<string>", "Licences of the child", required=True),
        Column("transition", "string", "What happens to the licence", required=True, values=LICENSE_TRANSITIONS),
        VERDICT,
        CLAUSE,
        Column(
            "clause_source",
            "string",
            "How the less certain of the two licences was read; null if one is not in the catalogue",
            values=CLAUSE_READINGS,
        ),
        Column("is_name_clause_met", "boolean", "Whether the child's name begins as the parent's licence demands; null: no such clause"),
        Column(
            "is_notice_mentioned", "boolean", "Whether the child's card names the parent's licence; null unless a verdict depends on it"
        ),
        Column(
            "is_parent_license_current",
            "boolean",
            "Whether the parent's tags have the same licences now as at the child's creation; null: no crawl saw the parent before that",
        ),
        Column(
            "days_between",
            "double",
            "Days from the creation of the parent to that of the child; null if one is unknown or the floor",
            unit="days",
        ),
        count("child_downloads_30d", "Downloads of the child in the last 30 days; null if the Hub sent none", required=False),
    ),
)

LICENSE_TRANSITIONS_TABLE = Table(
    "license_transitions",
    layer="gold",
    comment="How often derivatives of models under one licence have which licence; verdicts are no legal advice",
    grain="one row per relation, licences of the parent and licences of the child",
    key=("snapshot_date", "relation", "parent_license", "child_license"),
    partitioned_by=BY_SNAPSHOT,
    counts_guesses=True,
    columns=(
        SNAPSHOT_DATE,
        RELATION,
        Column("parent_license", "string", "Licence of the parent, several joined by commas; empty if none is declared", required=True),
        Column("child_license", "string", "Licence of the child, likewise", required=True),
        Column("transition", "string", "What happens to the licence", required=True, values=LICENSE_TRANSITIONS),
        count("edges", "Edges between listed models, guessed ones included"),
        count("edges_guessed", "Of these, edges by evidence in_name or bare_tag alone, which nobody declared"),
        share("edges_share_of_parent", "Part of all edges of the relation whose parents have this licence"),
        count("downloads_30d", "Downloads of the children in the last 30 days"),
        Column("verdict", "string", "The strictest verdict on one of the edges; no legal advice", required=True, values=VERDICTS),
        Column("clause", "string", "The rule that decides it", required=True, values=VERDICT_CLAUSES),
        count("published_edges", "Edges of this pair, over all relations, as published by others; null if nobody has", required=False),
        Column("published_date", "date", "Last day of the published data; null if it is not stated"),
        Column("published_denominator", "string", "What was counted"),
        Column("published_source", "string", "Publication"),
    ),
)

LICENSE_CHAINS = Table(
    "license_chains",
    layer="gold",
    comment="The licences from a root down to each derivative, along its longest declared path; verdicts are no legal advice",
    grain="one row per model with a declared, listed parent",
    key=("snapshot_date", "model_id"),
    partitioned_by=BY_SNAPSHOT,
    columns=(
        SNAPSHOT_DATE,
        MODEL_ID,
        count("generation", "Edges of the path, from the root to this model"),
        Column("path", "array<string>", f"The models from the root to this one, of a longer path the last {MAX_PATH}", required=True),
        Column(
            "licenses",
            "array<string>",
            "Their licences as declared now, several of one model joined by commas, empty if none is declared",
            required=True,
        ),
        Column("labels", "array<string>", "What happens on the path (docs/method/licenses.md)", required=True),
        Column("stalnaker_labels", "array<string>", "Labels as a published study computed them; none below three models", required=True),
        count("first_conflict_generation", "Edges from the root to the first model in conflict; null: none", required=False),
        Column("worst_verdict", "string", "Worst verdict on all declared edges of the model and its path", required=True, values=VERDICTS),
    ),
)

LICENSE_PROPAGATION = Table(
    "license_propagation",
    layer="gold",
    comment="How likely a derivative declares a licence, and its parent's licence, by relation and generation",
    grain="one row per relation and generation of the child",
    key=("snapshot_date", "relation", "generation"),
    partitioned_by=BY_SNAPSHOT,
    columns=(
        SNAPSHOT_DATE,
        RELATION_OR_ANY,
        count("generation", "Generation of the child in gold.license_chains, by declared edges only; 0 if all of them are on cycles"),
        count("edges", "Declared edges between listed models"),
        count("parent_declares", "Of these, edges whose parent declares a licence"),
        count("both_declare", "Of these, edges whose child declares one, too"),
        count("same", "Of these, edges with the same licences"),
        share("declared_share", "both_declare divided by parent_declares", required=False),
        share("declared_share_low", "Lower end of its 95 % interval", required=False),
        share("declared_share_high", "Upper end", required=False),
        share("same_share", "same divided by both_declare", required=False),
        share("same_share_low", "Lower end of its 95 % interval", required=False),
        share("same_share_high", "Upper end", required=False),
    ),
)

LICENSE_ADOPTION = Table(
    "license_adoption",
    layer="gold",
    comment="How many models have which licence, how much they are used, and whether others build on them when compared like with like",
    grain="one row per licence or family of licences, and stratum",
    key=("snapshot_date", "license", "stratum"),
    partitioned_by=BY_SNAPSHOT,
    counts_guesses=True,
    columns=(
        SNAPSHOT_DATE,
        Column("license", "string", "comparable_license, or family:<family of the catalogue>", required=True),
        Column("stratum", "string", "Group of models, such as all or year:2024 (docs/method/licenses.md)", required=True),
        count("models", "Models of the stratum with this licence"),
        count("known", "Models of the stratum that declare any licence"),
        share("model_share", "models divided by known"),
        share("share_low", "Lower end of its 95 % interval"),
        share("share_high", "Upper end"),
        share("downloads_share", "Part of the downloads of 30 days of known", required=False),
        *country_coverage("all models that declare a licence"),
        count("dependants", "Direct derivatives of the models"),
        Column("median_downloads_30d", "double", "Median of downloads_30d over models with that number"),
        Column(
            "adjusted_ratio",
            "double",
            "Mantel-Haenszel odds ratio of having a dependant, against other licences; null if undefined",
            at_least=0,
        ),
        Column("adjusted_low", "double", "Lower end of its 95 % interval", at_least=0),
        Column("adjusted_high", "double", "Upper end", at_least=0),
        share("compared_share", "Part of the models in cells where other licences occur, too", required=False),
        Column("adjusted_ratio_without_top", "double", "adjusted_ratio without the ten authors with most models", at_least=0),
        Column("adjusted_low_without_top", "double", "Lower end of its 95 % interval", at_least=0),
        Column("adjusted_high_without_top", "double", "Upper end", at_least=0),
    ),
)
