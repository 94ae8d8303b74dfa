"""The facts of the report on countries and institutions."""

from datetime import date
from typing import Any

from hublake.lake.schema.gold.origins import CONCENTRATION, COUNTRY_SHARE, INSTITUTION_IMPACT
from hublake.serving.reader import PublishedTables

TOP = 10

COVERAGE = """
    SELECT coverage_share, downloads_coverage_share, origin_coverage_share, organisation_coverage_share
    FROM gold.country_share WHERE snapshot_date = $day AND stratum = 'all' LIMIT 1
"""
# The largest countries, and always what has none.
COUNTRIES = """
    SELECT country, models, models_share, downloads_by_publisher_share, without_top_model_share, downloads_by_origin_share,
           published_share, published_date, published_denominator, published_source
    FROM gold.country_share WHERE snapshot_date = $day AND stratum = 'all'
    QUALIFY length(country) > 2 OR row_number() OVER (PARTITION BY length(country) ORDER BY downloads_by_publisher DESC, country) <= $top
    ORDER BY length(country) > 2, downloads_by_publisher DESC, country
"""
CONCENTRATED = """
    SELECT unit, units, coverage_share, hhi, gini, top_1_share, top_10_share, hhi_without_top_model
    FROM gold.concentration WHERE snapshot_date = $day AND stratum = 'all' AND measure = 'downloads_by_publisher' ORDER BY units, unit
"""
INSTITUTIONS = """
    SELECT institution, country, models, dependants, lineage_h_index, downloads_by_publisher, downloads_by_origin
    FROM gold.institution_impact WHERE snapshot_date = $day ORDER BY dependants DESC, institution LIMIT $top
"""


def read_origins(published: PublishedTables, day: date) -> dict[str, Any]:
    """`origins`, None if a table that it needs is not published: a warehouse may be older than they are."""
    if not {COUNTRY_SHARE.full_name, CONCENTRATION.full_name, INSTITUTION_IMPACT.full_name} <= set(published.tables):
        return {"origins": None}
    return {
        "origins": {
            "coverage": next(iter(published.records(COVERAGE, day=day)), None),
            "countries": published.records(COUNTRIES, day=day, top=TOP),
            "concentration": published.records(CONCENTRATED, day=day),
            "institutions": published.records(INSTITUTIONS, day=day, top=TOP),
        }
    }
