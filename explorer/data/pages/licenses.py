"""Which licences derivatives have, by their parents' licence, and what the published rules say of it."""

from hublake.explorer.data.pages.shown import NO_DATE, Json, Shown, page_of, read_tables
from hublake.lake.schema.gold.licenses import LICENSE_ADOPTION, LICENSE_CHAINS, LICENSE_EDGES, LICENSE_PROPAGATION
from hublake.lake.schema.silver.licenses import LICENSE_CATALOGUE
from hublake.serving.reader import PublishedTables
from hublake.serving.report_rights import NO_LEGAL_ADVICE

TOP_LICENSES, EXAMPLES = 12, 20

# The licences with most edges at either end; empty: none is declared.
_ENDS = {"parent_license": "Licence of the parent; (none): none is declared", "child_license": "Licence of the derivative, likewise"}
_NAMED = f"""
    WITH edges AS (
        SELECT coalesce(nullif(array_to_string(parent_licenses, ', '), ''), '(none)') AS parent,
               coalesce(nullif(array_to_string(child_licenses, ', '), ''), '(none)') AS child, *
        FROM gold.license_edges WHERE snapshot_date = $day
    ),
    largest AS (
        SELECT license FROM (SELECT parent AS license, child FROM edges UNION ALL SELECT child, child FROM edges WHERE child <> parent)
        GROUP BY license ORDER BY count(*) DESC, license LIMIT {TOP_LICENSES}
    ),
    named AS (
        SELECT CASE WHEN parent IN (FROM largest) THEN parent ELSE '(other)' END AS parent_license,
               CASE WHEN child IN (FROM largest) THEN child ELSE '(other)' END AS child_license, edges.*
        FROM edges
    )
"""
TITLE = "Licences"
LEAD = "What becomes of a model's licence in what others derive from it, by published rules: it fits, is in conflict, or unknown."
DOES_NOT_SAY = (
    "Verdicts follow published rules on what licences are known to say. They are no legal advice.",
    "A licence that nobody declares is unknown: that is not a conflict.",
    "A licence of a dataset is judged nowhere: whether it extends to weights is unsettled.",
)
TABLES = (
    Shown(
        "matrix",
        (LICENSE_EDGES,),
        "Licence of the parent and licence of the derivative",
        _NAMED
        + """
        SELECT parent_license, child_license, relation, count(*) AS edges, count(*) FILTER (verdict = 'conflict') AS conflicts,
               count(*) FILTER (verdict = 'unknown') AS undecided, count(*) FILTER (is_guessed) AS edges_guessed,
               count(*) FILTER (is_guessed AND verdict = 'conflict') AS conflicts_guessed,
               count(*) FILTER (is_guessed AND verdict = 'unknown') AS undecided_guessed, mode(clause) AS clause,
               coalesce(sum(child_downloads_30d), 0)::BIGINT AS downloads_30d
        FROM named GROUP BY ALL ORDER BY edges DESC, parent_license, child_license, relation
        """,
        f"The licences with most edges, at most {TOP_LICENSES}; (other): the rest; (none): none is declared."
        f" Edges between listed models, as on the map. {NO_LEGAL_ADVICE}",
        _ENDS
        | {
            "edges": "Edges between listed models, guessed ones included",
            "conflicts": "Of edges, those with the verdict conflict",
            "undecided": "Of edges, those with the verdict unknown",
            "edges_guessed": "Of edges, those that nobody declared",
            "conflicts_guessed": "Of conflicts, those on guessed edges",
            "undecided_guessed": "Of undecided, those on guessed edges",
            "clause": "The rule that decides most of the edges",
            "downloads_30d": "Downloads of 30 days, of the derivative of each edge",
        },
        section="From parent to derivative",
    ),
    Shown(
        "examples",
        (LICENSE_EDGES,),
        "The most downloaded derivatives of each cell",
        _NAMED
        + f"""
        SELECT parent_license, child_license, child_id, parent_id, relation, verdict, clause, evidence, is_guessed, child_downloads_30d
        FROM named WHERE parent_license <> '(other)' AND child_license <> '(other)'
        WINDOW of_relation AS (
            PARTITION BY parent_license, child_license, relation
            ORDER BY child_downloads_30d DESC NULLS LAST, child_id, parent_id
        ), of_declared AS (
            PARTITION BY parent_license, child_license, relation, is_guessed
            ORDER BY child_downloads_30d DESC NULLS LAST, child_id, parent_id
        )
        QUALIFY row_number() OVER of_relation <= {EXAMPLES} OR NOT is_guessed AND row_number() OVER of_declared <= {EXAMPLES}
        ORDER BY parent_license, child_license, child_downloads_30d DESC NULLS LAST, child_id, parent_id
        """,
        f"Of each cell and relation, the {EXAMPLES} edges with most downloads, and the {EXAMPLES} with most among the declared ones."
        f" {NO_LEGAL_ADVICE}",
        _ENDS,
    ),
    Shown(
        "clauses",
        (LICENSE_EDGES,),
        "Conflicts by the clause that decides",
        """
        SELECT clause, relation, count(*) AS edges, count(DISTINCT parent_id) AS parents,
               coalesce(sum(child_downloads_30d), 0)::BIGINT AS downloads_30d, arg_max(child_id, child_downloads_30d) AS child_id
        FROM gold.license_edges WHERE snapshot_date = $day AND verdict = 'conflict' AND NOT is_guessed
        GROUP BY clause, relation ORDER BY edges DESC, clause, relation
        """,
        f"Declared edges only. {NO_LEGAL_ADVICE}",
        {
            "edges": "Declared edges in conflict",
            "parents": "Distinct parents",
            "downloads_30d": "Downloads of 30 days, of the derivatives",
            "child_id": "The derivative with most downloads",
        },
        is_declared_only=True,
        chart={
            "kind": "bars",
            "says": "Declared edges in conflict, by clause and relation.",
            "value": "edges",
            "label": "clause",
            "by": "relation",
            "unit": "declared edges",
        },
        none="No declared edge is in conflict.",
        section="Conflicts",
    ),
    Shown(
        "propagation",
        (LICENSE_PROPAGATION,),
        "How often a derivative declares a licence, by generation",
        """
        SELECT relation, generation, parent_declares, both_declare, declared_share, declared_share_low, declared_share_high, same,
               same_share, same_share_low, same_share_high
        FROM gold.license_propagation WHERE snapshot_date = $day AND parent_declares > 0 AND generation BETWEEN 1 AND 12
        ORDER BY relation <> 'any', relation, generation
        """,
        "Declared edges whose parent declares a licence. The intervals are 95% Wilson intervals.",
        chart={
            "kind": "multiples",
            "says": "A small chart for each relation: the share of derivatives that declare a licence, with 95% intervals.",
            "by": "relation",
            "x": "generation",
            "y": "declared_share",
            "low": "declared_share_low",
            "high": "declared_share_high",
            "unit": "generation",
            "dots": True,
        },
        section="Declared licences",
    ),
    Shown(
        "adoption",
        (LICENSE_ADOPTION,),
        "Do others build more on models under a licence?",
        """
        SELECT license, models, known, model_share, share_low, share_high, downloads_share, dependants, adjusted_ratio, adjusted_low,
               adjusted_high, compared_share, adjusted_ratio_without_top
        FROM gold.license_adoption WHERE snapshot_date = $day AND stratum = 'all' ORDER BY models DESC, license LIMIT 40
        """,
        "At most 40 licences and families of licences, those with most models, among models that declare one."
        " The ratio compares like with like;"
        " a ratio above 1 means that others build on such models more often.",
        chart={
            "kind": "intervals",
            "says": "Odds of having a derivative, against other licences, like with like, with 95% intervals; 1 is no difference.",
            "value": "adjusted_ratio",
            "low": "adjusted_low",
            "high": "adjusted_high",
            "label": "license",
            "log": True,
            "reference": 1,
            "unit": "adjusted ratio (1: no difference)",
            "also": ["models", "compared_share"],
        },
        section="Who builds on what",
    ),
    Shown(
        "by_year",
        (LICENSE_ADOPTION,),
        "Families of licences by year of creation",
        """
        SELECT substring(stratum, 6) AS year, substring(license, 8) AS family, models, known, model_share, share_low, share_high
        FROM gold.license_adoption WHERE snapshot_date = $day AND stratum LIKE 'year:2%' AND license LIKE 'family:%'
        ORDER BY year, models DESC, family
        """,
        "Share of the year's models that declare any licence.",
        {"year": "Year of creation", "family": "Family of licences"},
        counts_edges=False,
        chart={
            "kind": "lines",
            "says": "Share of each family of licences among the year's models with a licence, with 95% intervals.",
            "x": "year",
            "y": "model_share",
            "low": "share_low",
            "high": "share_high",
            "by": "family",
            "unit": "of models with a licence",
            "dots": True,
        },
        section="By year",
        none=NO_DATE,
    ),
    Shown(
        "first_conflicts",
        (LICENSE_CHAINS,),
        "Models by the worst verdict on the way from their root",
        """
        SELECT CASE WHEN worst_verdict = 'conflict' THEN 'conflict in generation ' || first_conflict_generation
                    ELSE 'no conflict, ' || CASE worst_verdict WHEN 'ok' THEN 'all fit' ELSE 'some unknown' END END AS first_conflict,
               count(*) AS models, count(*) / sum(count(*)) OVER () AS models_share
        FROM gold.license_chains WHERE snapshot_date = $day
        GROUP BY worst_verdict, first_conflict_generation ORDER BY worst_verdict DESC, first_conflict_generation LIMIT 30
        """,
        f"Models with a declared, listed parent. {NO_LEGAL_ADVICE}",
        {
            "first_conflict": "Worst verdict on the way from the root, and edges from the root to the first conflict",
            "models": "Models with a declared, listed parent",
            "models_share": "models divided by all of them",
        },
        chart={
            "kind": "bars",
            "says": "Models by worst verdict and generation of the first conflict.",
            "value": "models",
            "label": "first_conflict",
            "unit": "models with a declared parent",
        },
    ),
    Shown(
        "parents",
        (LICENSE_EDGES,),
        "Models with most derivatives in conflict",
        """
        SELECT parent_id, any_value(array_to_string(parent_licenses, ', ')) AS parent_license, count(*) AS edges,
               count(*) FILTER (verdict = 'conflict') AS conflicts, count(*) FILTER (verdict = 'unknown') AS undecided,
               count(*) FILTER (verdict = 'conflict') / count(*) AS conflict_share, mode(clause) FILTER (verdict = 'conflict') AS clause
        FROM gold.license_edges WHERE snapshot_date = $day AND NOT is_guessed
        GROUP BY parent_id HAVING conflicts > 0 ORDER BY conflicts DESC, parent_id LIMIT 50
        """,
        f"Declared edges only; at most 50 parents, those with most conflicts. {NO_LEGAL_ADVICE}",
        {
            "parent_license": "Licences of the parent",
            "edges": "Declared edges to listed derivatives",
            "conflicts": "Of these, in conflict",
            "undecided": "Of these, undecided",
            "conflict_share": "conflicts divided by edges",
            "clause": "The rule that decides most of the conflicts",
        },
        is_declared_only=True,
        none="No declared edge is in conflict.",
        section="Parents in conflict",
    ),
    Shown(
        "catalogue",
        (LICENSE_CATALOGUE,),
        "What the licences are known to say",
        """
        SELECT license, name, family, commercial_use, derivatives, share_alike, passes_on, use_restrictions,
               coalesce(naming, 'none') AS naming, output_limit, reading
        FROM silver.license_catalogue WHERE snapshot_date = (SELECT max(snapshot_date) FROM silver.license_catalogue)
        ORDER BY license LIMIT 300
        """,
        "Curated clauses, the rules of the verdicts. They are no legal advice.",
        section="What licences say",
    ),
)


def read(published: PublishedTables) -> Json:
    """The tables of the page."""
    return page_of(globals(), read_tables(published, TABLES))
