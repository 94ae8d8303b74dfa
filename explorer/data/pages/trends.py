"""How the Hub grows and changes: models, derivatives, sizes, architectures, techniques, languages, countries, tasks."""

from dataclasses import replace

from hublake.explorer.data.pages.shown import NO_DATE, Json, Shown, page_of, read_tables
from hublake.explorer.data.pages.vendors import SERIES
from hublake.lake.enums import SIZE_CLASSES
from hublake.lake.schema.gold.architectures import ARCHITECTURE_EVOLUTION
from hublake.lake.schema.gold.languages import LANGUAGE_ADAPTATION, LANGUAGE_TRANSFER
from hublake.lake.schema.gold.origins import COUNTRY_SHARE
from hublake.lake.schema.gold.tasks import TASK_TRANSITIONS, TASK_TRENDS
from hublake.lake.schema.gold.techniques import TECHNIQUE_PREVALENCE
from hublake.lake.schema.gold.timeline import FAMILY_LIFESPANS, MONTHLY_GROWTH, SURVIVAL_CURVES
from hublake.serving.reader import PublishedTables

MEASURED_DAYS = "(1, 7, 30, 90, 180, 365, 730)"
POINTS = 120  # of a curve
TOP_ADDED, TOP_COUNTRIES, TOP_TASKS, TOP_TECHNIQUES = 8, 8, 9, 9

# A curve has a row for each day on which it falls; of more than POINTS rows, every n-th and the measured days are kept.
_CURVES = f"""
    SELECT * EXCLUDE (number, rows) FROM (
        SELECT relation, stratum, day, at_risk, 1 - survival AS derived_share, 1 - survival_high AS derived_share_low,
               1 - survival_low AS derived_share_high,
               row_number() OVER (PARTITION BY relation, stratum ORDER BY day) AS number,
               count(*) OVER (PARTITION BY relation, stratum) AS rows
        FROM gold.survival_curves
        WHERE snapshot_date = $day AND event = 'derivative' AND derived_by = 'others' AND day <= 730
    )
    WHERE (number % (rows // {POINTS} + 1) = 0 OR number = 1 OR number = rows OR day IN {MEASURED_DAYS})
"""
# size:up-to-1b, size:1b-to-4b, ..., size:over-80b; unknown, which has no number, is last.
_BY_SIZE = "TRY_CAST(regexp_extract(stratum, '([0-9]+)', 1) AS INTEGER) + (stratum NOT LIKE 'size:up-to-%')::INTEGER"
ENOUGH = " QUALIFY max(at_risk) OVER (PARTITION BY relation, stratum) >= 30"
_DERIVED_BY_GROUP = {
    "kind": "multiples",
    "says": "A small chart for each group: the estimated share with its 95% band.",
    "by": "stratum",
    "x": "day",
    "y": "derived_share",
    "low": "derived_share_low",
    "high": "derived_share_high",
    "unit": "days",
}
_DERIVED = {
    "day": "Days since the creation of the model",
    "at_risk": "Models under observation from which nobody had derived before",
    "derived_share": "Estimated share of models from which others have derived by the day",
    "derived_share_low": "Lower end of its 95% band",
    "derived_share_high": "Upper end",
}
TITLE = "Trends"
LEAD = "How the Hub grew, how soon others build on a model, and what models have become."
DOES_NOT_SAY = (
    "Only models that still exist are counted: the past looks smaller than it was.",
    "The Hub has no creation dates before March 2022; such models are not new in any month.",
    "Groups differ in more than one respect: a later derivative is no effect of a licence or a size by itself.",
    "The last month may be incomplete.",
)
TABLES = (
    Shown(
        "growth",
        (MONTHLY_GROWTH,),
        "New models by month (n = {cumulative} listed)",
        """
        SELECT month, new_models, new_organisation_models, new_authors, removed, cumulative
        FROM gold.monthly_growth WHERE snapshot_date = $day AND stratum = 'all' ORDER BY month
        """,
        "Listed models by month of creation; those of the Hub's floor date of March 2022 are not new. The last month may be incomplete.",
        chart={
            "kind": "columns",
            "says": "Listed models by month of creation.",
            "x": "month",
            "y": "new_models",
            "unit": "new models a month",
        },
        section="Growth",
        none=NO_DATE,
    ),
    Shown(
        "new_edges",
        (MONTHLY_GROWTH,),
        "New derivatives by month and relation",
        """
        SELECT month, relation, edges FROM (
            UNPIVOT (FROM gold.monthly_growth WHERE snapshot_date = $day AND stratum = 'all')
            ON edges_finetune AS finetune, edges_adapter AS adapter, edges_quantized AS quantized, edges_merge AS merge
            INTO NAME relation VALUE edges
        ) ORDER BY list_position(['finetune', 'adapter', 'quantized', 'merge'], relation), month
        """,
        "Declared edges from models of the month to listed ones.",
        {"relation": "How the new models derive from others", "edges": "Declared edges from models created in the month to listed ones"},
        chart={"kind": "multiples", "says": "A small chart for each relation.", "by": "relation", "x": "month", "y": "edges", "n": "edges"},
        none=NO_DATE,
    ),
    Shown(
        "waiting",
        (SURVIVAL_CURVES,),
        "Share of models from which others have derived, by days since creation",
        f"{_CURVES} AND stratum = 'all' ORDER BY relation <> 'any', relation, day",
        "Kaplan-Meier estimates with 95% bands: models from which nobody has derived yet count until the snapshot. Declared edges only.",
        _DERIVED,
        is_declared_only=True,
        chart={
            "kind": "multiples",
            "says": "A small chart for each group: the estimated share with its 95% band.",
            "by": "relation",
            "x": "day",
            "y": "derived_share",
            "low": "derived_share_low",
            "high": "derived_share_high",
            "unit": "days",
        },
        section="Time to a derivative",
        none=NO_DATE,
    ),
    Shown(
        "waiting_by_license",
        (SURVIVAL_CURVES,),
        "Share of models from which others have derived, by class of licence",
        f"{_CURVES} AND relation = 'any' AND stratum LIKE 'license_class:%'{ENOUGH} ORDER BY stratum, day",
        "Groups differ in much besides the licence. Bands of 95%.",
        _DERIVED,
        is_declared_only=True,
        chart=_DERIVED_BY_GROUP,
        none=NO_DATE,
    ),
    Shown(
        "waiting_by_size",
        (SURVIVAL_CURVES,),
        "Share of models from which others have derived, by size",
        f"{_CURVES} AND relation = 'any' AND stratum LIKE 'size:%'{ENOUGH} ORDER BY {_BY_SIZE}, stratum, day",
        "Classes by billions of parameters, coarser than those under Sizes, to have enough models in each; unknown has its own axis."
        " Bands of 95%.",
        _DERIVED,
        is_declared_only=True,
        chart=_DERIVED_BY_GROUP,
        none=NO_DATE,
    ),
    Shown(
        "lifespans",
        (FAMILY_LIFESPANS,),
        "Families that fell silent, by year of birth",
        """
        SELECT year(birth_at)::VARCHAR AS year, count(*) AS families, count(*) FILTER (members_by_others = 0) AS without_others,
               count(silent_180_days) AS once_silent, count(*) FILTER (is_censored) AS active_now,
               count(*) FILTER (NOT is_censored) AS silent_now,
               median(months_to_half) AS median_months_to_half
        FROM gold.family_lifespans WHERE snapshot_date = $day GROUP BY 1 ORDER BY 1
        """,
        "Silent: no new member by others for 180 days. Young families have had less time to fall silent.",
        {
            "year": "Year in which the root was created",
            "families": "Families of a root with a known time of creation",
            "without_others": "Of these, families without a member by another author",
            "once_silent": "Of families, those with a silence of 180 days so far",
            "active_now": "Of families, those with one, or born then",
            "silent_now": "Of families, those without a member by others in the last 180 days",
            "median_months_to_half": "Median months until half of the members by others had come; of families older than a year",
        },
        chart={
            "kind": "bars",
            "says": "Families of each year, active ones and silent ones.",
            "label": "year",
            "parts": {"active_now": "active in the last 180 days", "silent_now": "silent now"},
            "colours": {"silent now": "--other"},
            "unit": "families by year of birth",
        },
        section="Families",
        none=NO_DATE,
    ),
    Shown(
        "sizes",
        (ARCHITECTURE_EVOLUTION,),
        "Size of new models by month (known for {coverage_share} of those of {month})",
        """
        SELECT month, new_models, with_parameters, coverage_share, median_parameters, p90_parameters, moe_known, moe_share,
               mean_parameters_downloaded
        FROM gold.architecture_evolution WHERE snapshot_date = $day AND architecture_family = 'all' AND size_class = 'all'
            AND month SIMILAR TO '[0-9]{4}-[0-9]{2}' ORDER BY month
        """,
        "Of the models whose number of parameters is known; coverage share says how many these are.",
        chart={
            "kind": "lines",
            "says": "Median and 90th percentile of the number of parameters, on a logarithmic scale.",
            "x": "month",
            "parts": {"median_parameters": "median", "p90_parameters": "90th percentile"},
            "log": True,
            "unit": "parameters",
        },
        section="Sizes",
        none=NO_DATE,
    ),
    Shown(
        "size_classes",
        (ARCHITECTURE_EVOLUTION,),
        "Classes of size among new models",
        """
        SELECT month, size_class, new_models, new_models_share FROM gold.architecture_evolution
        WHERE snapshot_date = $day AND architecture_family = 'all' AND size_class <> 'all' AND month SIMILAR TO '[0-9]{4}-[0-9]{2}'
        ORDER BY month, size_class
        """,
        "Share of all models of the month; unknown is a class.",
        chart={
            "kind": "stacked",
            "says": "Parts of the new models of each month.",
            "x": "month",
            "y": "new_models_share",
            "by": "size_class",
            "ramp": list(SIZE_CLASSES),
            "unit": "of new models",
        },
        none=NO_DATE,
    ),
    Shown(
        "architectures",
        (ARCHITECTURE_EVOLUTION,),
        "Families of architectures among new models",
        f"""
        WITH months AS (
            SELECT * FROM gold.architecture_evolution WHERE snapshot_date = $day AND size_class = 'all' AND architecture_family <> 'all'
            AND month SIMILAR TO '[0-9]{{4}}-[0-9]{{2}}'
        ),
        largest AS (
            SELECT architecture_family FROM months WHERE architecture_family NOT IN ('other', 'unknown')
            GROUP BY 1 ORDER BY sum(new_models) DESC, 1 LIMIT {TOP_ADDED}
        )
        SELECT month, CASE WHEN architecture_family IN (FROM largest) OR architecture_family = 'unknown' THEN architecture_family
                           ELSE 'other' END AS architecture_family,
               sum(new_models)::BIGINT AS new_models, sum(new_models_share) AS new_models_share
        FROM months GROUP BY ALL ORDER BY month, architecture_family
        """,
        f"The {TOP_ADDED} with most models; other: the rest; unknown is a value. Share of all models of the month.",
        chart={
            "kind": "stacked",
            "says": "Parts of the new models of each month.",
            "x": "month",
            "y": "new_models_share",
            "by": "architecture_family",
            "unit": "of new models",
        },
        section="Architectures",
        none=NO_DATE,
    ),
    Shown(
        "techniques",
        (TECHNIQUE_PREVALENCE,),
        "Techniques of new models by month",
        f"""
        WITH months AS (
            SELECT * FROM gold.technique_prevalence
            WHERE snapshot_date = $day AND stratum = 'all' AND month SIMILAR TO '[0-9]{{4}}-[0-9]{{2}}'
        ),
        largest AS (SELECT technique FROM months GROUP BY 1 ORDER BY sum(models) DESC, 1 LIMIT {TOP_TECHNIQUES})
        SELECT technique, month, coalesce(models, 0) AS models, known_models, all_models, coalesce(models, 0) / known_models AS known_share,
               coverage_share
        FROM (SELECT month, max(known_models) AS known_models, max(all_models) AS all_models, max(coverage_share) AS coverage_share
              FROM months GROUP BY 1)
        CROSS JOIN largest LEFT JOIN (SELECT technique, month, models FROM months) USING (technique, month)
        ORDER BY sum(coalesce(models, 0)) OVER (PARTITION BY technique) DESC, technique, month
        """,
        f"The {TOP_TECHNIQUES} techniques with most models; a model may have several. Share of the models of the month with any known"
        " technique. Each chart has its own axis.",
        chart={
            "kind": "multiples",
            "says": "A small chart for each: its share of the models of the month.",
            "by": "technique",
            "x": "month",
            "y": "known_share",
            "n": "models",
            "free": True,
        },
        section="Techniques",
        none=NO_DATE,
    ),
    Shown(
        "languages",
        (LANGUAGE_ADAPTATION,),
        "Models by declared language",
        """
        SELECT language, models, monolingual_models, monolingual_from_multilingual, new_12m, downloads_30d
        FROM gold.language_adaptation WHERE snapshot_date = $day ORDER BY models DESC, language LIMIT 30
        """,
        "At most 30 languages, those with most models. A model may declare several, and most models declare none.",
        chart={
            "kind": "bars",
            "says": "Number of models that declare each language.",
            "value": "models",
            "label": "language",
            "unit": "models",
            "top": 20,
        },
        section="Languages",
    ),
    Shown(
        "language_changes",
        (LANGUAGE_TRANSFER,),
        "Languages of derivatives, compared with their parents'",
        """
        SELECT relation, change, sum(edges)::BIGINT AS edges, sum(edges_guessed)::BIGINT AS edges_guessed,
               sum(edges) / sum(sum(edges)) OVER (PARTITION BY relation) AS edges_share
        FROM gold.language_transfer WHERE snapshot_date = $day GROUP BY relation, change
        ORDER BY relation, list_position(['kept', 'narrowed', 'widened', 'moved', 'unknown'], change)
        """,
        "Edges between listed models; unknown: one of the two declares no language.",
        {"edges_share": "edges divided by all edges of the relation"},
        chart={
            "kind": "bars",
            "says": "Parts of the edges of each relation.",
            "value": "edges_share",
            "label": "relation",
            "by": "change",
            "unit": "of edges",
            "also": ["edges"],
        },
    ),
    Shown(
        "countries",
        (COUNTRY_SHARE,),
        "Countries of publishers by year of creation (known for {coverage_share} of those of {year})",
        f"""
        WITH largest AS (
            SELECT country FROM gold.country_share WHERE snapshot_date = $day AND stratum = 'all'
            AND country NOT IN ('unknown', 'person', 'international') ORDER BY models DESC, country LIMIT {TOP_COUNTRIES}
        )
        SELECT substring(stratum, 6) AS year, country, models, models_share, downloads_by_publisher_share, downloads_by_origin_share,
               coverage_share
        FROM gold.country_share WHERE snapshot_date = $day AND stratum LIKE 'year:2%'
        AND (country IN (FROM largest) OR country IN ('unknown', 'person', 'international'))
        ORDER BY sum(models) OVER (PARTITION BY country) DESC, country, year
        """,
        f"The {TOP_COUNTRIES} countries with most models, and what is no country. A country's share is a lower bound: part of the unknown"
        " belongs to it. Each chart has its own axis.",
        {"year": "Year of creation of the models"},
        chart={
            "kind": "multiples",
            "says": "A small chart for each country: its share of the models of the year.",
            "by": "country",
            "x": "year",
            "y": "models_share",
            "leave": ["person", "unknown", "international"],
            "free": True,
            "dots": True,
        },
        section="Countries",
        none=NO_DATE,
    ),
    Shown(
        "tasks",
        (TASK_TRENDS,),
        "Tasks of new models by month",
        f"""
        WITH largest AS (
            SELECT task FROM gold.task_trends WHERE snapshot_date = $day AND task <> '' GROUP BY 1 ORDER BY sum(new_models) DESC, 1
            LIMIT {TOP_TASKS}
        )
        SELECT task, month, coalesce(new_models, 0) AS new_models, known_models, all_models,
               coalesce(new_models, 0) / known_models AS known_share
        FROM (SELECT month, max(known_models) AS known_models, max(all_models) AS all_models FROM gold.task_trends
              WHERE snapshot_date = $day AND month <> '' GROUP BY 1)
        CROSS JOIN largest
        LEFT JOIN (SELECT task, month, new_models FROM gold.task_trends WHERE snapshot_date = $day) USING (task, month)
        ORDER BY sum(coalesce(new_models, 0)) OVER (PARTITION BY task) DESC, task, month
        """,
        f"The {TOP_TASKS} tasks with most models. Share of the models of the month with a known task. Each chart has its own axis.",
        counts_edges=False,
        chart={
            "kind": "multiples",
            "says": "A small chart for each: its share of the models of the month.",
            "by": "task",
            "x": "month",
            "y": "known_share",
            "n": "new_models",
            "free": True,
        },
        section="Tasks",
        none=NO_DATE,
    ),
    Shown(
        "task_changes",
        (TASK_TRANSITIONS,),
        "Tasks to which derivatives change",
        """
        SELECT relation, parent_task, child_task, edges, edges_guessed, strong_edges, edges_share_of_parent, downloads_30d
        FROM gold.task_transitions WHERE snapshot_date = $day AND is_change ORDER BY edges DESC, relation, parent_task, child_task LIMIT 40
        """,
        "At most 40 changes, those with most edges between listed models.",
    ),
    replace(SERIES, section="Series"),
)


def read(published: PublishedTables) -> Json:
    """The tables of the page."""
    return page_of(globals(), read_tables(published, TABLES))
