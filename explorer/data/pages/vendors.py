"""Who releases models, who builds on whom, how soon series succeed each other, and where publishers are."""

from dataclasses import replace

from hublake.explorer.data.pages.shown import NO_DATE, Json, Shown, page_of, read_tables
from hublake.lake.schema.gold.origins import CONCENTRATION, COUNTRY_SHARE, INSTITUTION_IMPACT
from hublake.lake.schema.gold.timeline import TIME_TO_DERIVATIVE
from hublake.lake.schema.gold.vendors import MODEL_SERIES, RELEASE_CADENCE, SERIES_SUCCESSION, VENDOR_FLOW, VENDOR_PROFILE, VENDOR_SERIES
from hublake.lake.schema.silver.lineage import LINEAGE_EDGES
from hublake.lake.schema.silver.models import MODELS
from hublake.rules.timeline.survival import Z
from hublake.serving.reader import PublishedTables

TOP_FLOW, LISTED = 12, 20
WINDOW = 30  # days after a release

TITLE = "Vendors"
LEAD = "Which organisations release models, who builds on them, and how soon others move to the next series."
DOES_NOT_SAY = (
    "A series is read from names: a claim, not a proof.",
    "A country is that of the headquarters of the publishing organisation. Persons and unlisted organisations have none, so the share of a"
    " country is a lower bound.",
    "What others build on is not what is best.",
)
# The authors with most models in the exchange; (canonical): names without an owner.
_FLOW = f"""
    WITH flow AS (
        SELECT CASE child_author WHEN '' THEN '(canonical)' ELSE child_author END AS child_author,
               CASE parent_author WHEN '' THEN '(canonical)' ELSE parent_author END AS parent_author,
               sum(models)::BIGINT AS models, sum(models_guessed)::BIGINT AS models_guessed, sum(downloads_30d)::BIGINT AS downloads_30d
        FROM gold.vendor_flow WHERE snapshot_date = $day GROUP BY ALL
    ),
    of_others AS (FROM flow WHERE child_author <> parent_author),
    children AS (SELECT child_author FROM of_others GROUP BY 1 ORDER BY sum(models) DESC, 1 LIMIT {TOP_FLOW}),
    parents AS (SELECT parent_author FROM of_others GROUP BY 1 ORDER BY sum(models) DESC, 1 LIMIT {TOP_FLOW})
"""


def _end(sign: str) -> str:
    """An end of the Wilson interval of followed in releases, in SQL."""
    center, half = f"followed + {Z**2 / 2}", f"{Z} * sqrt(followed * (releases - followed) / releases + {Z**2 / 4})"
    return f"({center} {sign} {half}) / (releases + {Z**2})"


SERIES = Shown(
    "series",
    (VENDOR_SERIES,),
    "Series of models on which others build most",
    """
    SELECT vendor, series, brand, first_at, last_at, models, copies, sizes, descendants, descendants_by_others,
           first_other_derivative_days, quantised_by_others_share, successor_series, downloads_30d
    FROM gold.vendor_series WHERE snapshot_date = $day ORDER BY descendants_by_others DESC, vendor, series LIMIT 100
    """,
    "At most 100 series, those with most descendants by other vendors. A series is read from names: a claim, not a proof.",
    chart={
        "kind": "scatter",
        "says": "Series by the day of the first release and the number of descendants by other vendors, on a logarithmic scale.",
        "x": "first_at",
        "y": "descendants_by_others",
        "label": "series",
        "unit": "descendants by others",
        "also": ["vendor", "first_other_derivative_days"],
    },
)
TABLES = (
    Shown(
        "profiles",
        (VENDOR_PROFILE,),
        "Vendors on which others build most",
        """
        SELECT vendor, kind, country, models, releases, releases_12m, median_days_between, open_license_share, license_coverage_share,
               gated_share, own_reuse_share, models_by_others, models_from_others, ecosystem, downloads_30d
        FROM gold.vendor_profile WHERE snapshot_date = $day ORDER BY models_by_others DESC, downloads_30d DESC, vendor LIMIT 100
        """,
        "At most 100 vendors, those with most models of others that derive directly from theirs. Releases are new works, without copies."
        " Its families are those whose root is its own.",
        chart={
            "kind": "bars",
            "says": "Models of others that derive directly from the vendor's.",
            "value": "models_by_others",
            "label": "vendor",
            "names": True,
            "unit": "models by others",
            "top": 20,
            "also": ["country", "releases", "downloads_30d"],
        },
        section="Vendors",
    ),
    Shown(
        "followed",
        (TIME_TO_DERIVATIVE, MODEL_SERIES),
        "How soon others build on a vendor's releases",
        f"""
        SELECT vendor, releases, followed, followed / releases AS followed_share, {_end("-")} AS followed_share_low,
               {_end("+")} AS followed_share_high, median_days, fastest_days, fastest_id AS model_id
        FROM (
            SELECT vendor, count(*) FILTER (observed_days >= {WINDOW}) AS releases,
                   count(*) FILTER (observed_days >= {WINDOW} AND days <= {WINDOW}) AS followed, median(days) AS median_days,
                   min(days) AS fastest_days, arg_min(model_id, (days, model_id)) FILTER (days IS NOT NULL) AS fastest_id
            FROM (
                SELECT * REPLACE (CASE WHEN derived_by = 'others' THEN days END AS days) FROM gold.time_to_derivative
                WHERE snapshot_date = $day AND relation = 'any' AND derived_by IN ('others', 'any') AND exclusion IS NULL
                QUALIFY row_number() OVER (PARTITION BY model_id ORDER BY derived_by = 'others' DESC) = 1
            ) JOIN gold.model_series USING (snapshot_date, model_id)
            WHERE is_release AND vendor IS NOT NULL
            GROUP BY vendor
        ) WHERE releases > 0 ORDER BY followed DESC, releases DESC, vendor LIMIT 100
        """,
        f"At most 100 vendors, those with most releases from which others derived within {WINDOW} days, among releases that are at least"
        f" {WINDOW} days old. Declared edges only. A release without any derivative counts as not followed. The table has the"
        " median of days; it leaves out releases that nobody has followed yet. The intervals are 95% Wilson intervals.",
        {
            "releases": f"Releases with a known day, observed for at least {WINDOW} days",
            "followed": f"Of these, releases from which others derived within {WINDOW} days",
            "followed_share": "followed divided by releases",
            "followed_share_low": "Lower end of its 95% Wilson interval",
            "followed_share_high": "Upper end",
            "median_days": "Median days to the first derivative by others, of releases that have one",
            "fastest_days": "Fewest days to the first derivative by others",
            "model_id": "The release that others followed soonest",
        },
        is_declared_only=True,
        chart={
            "kind": "intervals",
            "says": f"Share of each vendor's releases from which others derived within {WINDOW} days.",
            "value": "followed_share",
            "low": "followed_share_low",
            "high": "followed_share_high",
            "label": "vendor",
            "names": True,
            "unit": f"of releases followed within {WINDOW} days",
            "top": 20,
            "also": ["releases", "followed", "median_days", "fastest_days"],
        },
        section="How soon others follow",
        none=f"No vendor has a release that is {WINDOW} days old.",
    ),
    replace(SERIES, section="Series"),
    Shown(
        "succession",
        (SERIES_SUCCESSION,),
        "How soon others move to the next series",
        """
        SELECT series || ' to ' || next_series AS step, vendor, series, next_series, days_between,
               derivatives_before, derivatives_after, derivatives_of_next, moved_share,
               is_window_complete
        FROM gold.series_succession WHERE snapshot_date = $day AND derivatives_before + derivatives_after + derivatives_of_next > 0
        ORDER BY derivatives_after + derivatives_of_next DESC, vendor, series LIMIT 60
        """,
        "Derivatives by other vendors in the 90 days before and after the next series. At most 60 successions, those with most of them.",
        {"step": "The series and its successor"},
        chart={
            "kind": "bars",
            "says": "Derivatives by other vendors in the 90 days from the new series on, of the old and of the new one.",
            "label": "step",
            "names": True,
            "parts": {"derivatives_after": "derive from the old series", "derivatives_of_next": "derive from the new one"},
            "colours": {"derive from the old series": "--other"},
            "unit": "derivatives by others in 90 days",
            "top": 20,
            "also": ["days_between"],
        },
        none="No series of this snapshot has a successor on which others build.",
        section="Next series",
    ),
    Shown(
        "flow",
        (VENDOR_FLOW,),
        "Who builds on whom",
        _FLOW
        + """
        SELECT CASE WHEN parent_author IN (FROM parents) THEN parent_author ELSE '(others)' END AS parent_author,
               CASE WHEN child_author = parent_author THEN '(itself)' WHEN child_author IN (FROM children) THEN child_author
                    ELSE '(others)' END AS child_author,
               sum(models)::BIGINT AS models, sum(models_guessed)::BIGINT AS models_guessed, sum(downloads_30d)::BIGINT AS downloads_30d
        FROM flow GROUP BY ALL ORDER BY models DESC, parent_author, child_author
        """,
        f"The {TOP_FLOW} authors with most derivatives by others, and the {TOP_FLOW} who derive most from others; (others): the rest."
        " A model with two relations counts twice.",
        section="Who builds on whom",
    ),
    Shown(
        "flow_models",
        (VENDOR_FLOW, LINEAGE_EDGES, MODELS),
        "The most downloaded models of each cell",
        _FLOW
        + f"""
        , models AS (
            SELECT model_id, coalesce(nullif(author, ''), '(canonical)') AS author, downloads_30d
            FROM silver.models WHERE snapshot_date = $day
        ), edges AS (
            SELECT parents.author AS parent_author, children.author AS child_author, child_id, parent_id, relation, evidence,
                   evidence IN (SELECT unnest($guessed)) AS is_guessed, children.downloads_30d
            FROM silver.lineage_edges
            JOIN models AS children ON child_id = children.model_id JOIN models AS parents ON parent_id = parents.model_id
            WHERE snapshot_date = $day AND NOT is_self_loop AND parents.author IN (FROM parents)
            AND (children.author IN (FROM children) OR children.author = parents.author)
            QUALIFY row_number() OVER (PARTITION BY parent_author, child_id, relation ORDER BY is_guessed, confidence DESC, parent_id) = 1
        )
        SELECT * REPLACE (CASE WHEN child_author = parent_author THEN '(itself)' ELSE child_author END AS child_author) FROM edges
        WINDOW of_cell AS (
            PARTITION BY parent_author, child_author ORDER BY downloads_30d DESC NULLS LAST, child_id, relation
        ), of_declared AS (
            PARTITION BY parent_author, child_author, is_guessed ORDER BY downloads_30d DESC NULLS LAST, child_id, relation
        )
        QUALIFY row_number() OVER of_cell <= {LISTED} OR NOT is_guessed AND row_number() OVER of_declared <= {LISTED}
        ORDER BY parent_author, child_author, downloads_30d DESC NULLS LAST, child_id, relation
        """,
        f"Of each cell, the {LISTED} models with most downloads, and the {LISTED} with most among those of declared edges.",
        {"is_guessed": "Whether nobody declared the edge"},
    ),
    Shown(
        "cadence",
        (RELEASE_CADENCE,),
        "How often vendors release",
        """
        SELECT vendor, releases, first_at, last_at, median_days_between, iqr_days_between, longest_days_between, releases_12m, is_dormant,
               own_copies_same_day_share, curated_dates
        FROM gold.release_cadence WHERE snapshot_date = $day AND series = '' ORDER BY releases DESC, vendor LIMIT 60
        """,
        "At most 60 vendors, those with most releases of a known day, in this order. Models of one series on one day are one release.",
        chart={
            "kind": "bars",
            "says": "Median days between releases of the vendors with most releases.",
            "value": "median_days_between",
            "label": "vendor",
            "names": True,
            "unit": "median days between releases",
            "top": 20,
            "also": ["releases", "is_dormant"],
        },
        section="Releases",
        none=NO_DATE,
    ),
    Shown(
        "countries",
        (COUNTRY_SHARE,),
        "Countries of publishers (known for {downloads_coverage_share} of downloads; of the roots for {origin_coverage_share})",
        """
        SELECT country, region, models, models_share, downloads_by_publisher_share, downloads_by_origin_share, without_top_model_share,
               coverage_share, downloads_coverage_share, origin_coverage_share, published_share, published_date, published_denominator,
               published_source
        FROM gold.country_share WHERE snapshot_date = $day AND stratum = 'all' ORDER BY downloads_by_publisher DESC, country LIMIT 60
        """,
        "Country of the headquarters of the publishing organisation, from curated lists; person, international and unknown are values."
        " At most 60, those with most downloads.",
        chart={
            "kind": "bars",
            "says": "Share of the downloads of 30 days by the publisher's country.",
            "value": "downloads_by_publisher_share",
            "label": "country",
            "unit": "of downloads of 30 days, by publisher",
            "top": 20,
            "also": ["downloads_by_origin_share", "models_share", "published_share"],
        },
        section="Countries",
    ),
    Shown(
        "concentration",
        (CONCENTRATION,),
        "How concentrated models and downloads are",
        """
        SELECT unit, measure, units, coverage_share, hhi, gini, top_1_share, top_10_share, hhi_without_top_model
        FROM gold.concentration WHERE snapshot_date = $day AND stratum = 'all' ORDER BY measure, unit
        """,
        "Among what is known. HHI is the sum of squared shares: 1 for a single unit, near 0 for many small ones.",
    ),
    Shown(
        "institutions",
        (INSTITUTION_IMPACT,),
        "Institutions on which others build most",
        """
        SELECT institution, kind, country, models, dependants, dependants_guessed, lineage_h_index, downloads_by_publisher,
               downloads_by_origin
        FROM gold.institution_impact WHERE snapshot_date = $day ORDER BY dependants DESC, institution LIMIT 60
        """,
        "At most 60, those with most dependants, over all their namespaces. Impact is not quality.",
        section="Institutions",
    ),
)


def read(published: PublishedTables) -> Json:
    """The tables of the page."""
    return page_of(globals(), read_tables(published, TABLES))
