"""The facts of the report on vendors and their series."""

from datetime import date
from typing import Any

from hublake.lake.schema.gold.vendors import SERIES_SUCCESSION, VENDOR_PROFILE, VENDOR_SERIES
from hublake.serving.reader import PublishedTables

TOP_VENDORS, LATEST = 10, 3

# Each vendor's share in what other vendors build on; a model that descends from two series of a vendor counts in both.
VENDORS = """
    WITH used AS (
        SELECT vendor, sum(descendants_by_others)::BIGINT AS descendants_by_others,
               arg_max(series, (descendants_by_others, series)) AS most_used_series
        FROM gold.vendor_series WHERE snapshot_date = $day GROUP BY vendor
    )
    SELECT vendor, country, releases_12m, median_days_between, released_series, latest_series[1:$latest] AS latest_series, most_used_series,
           descendants_by_others
    FROM gold.vendor_profile JOIN used USING (vendor) WHERE snapshot_date = $day
    ORDER BY descendants_by_others DESC, vendor LIMIT $top
"""
SUCCESSION = """
    SELECT count(*) AS successions, median(days_between) AS median_days, count(moved_share) AS with_share,
           median(moved_share) AS moved_share
    FROM gold.series_succession WHERE snapshot_date = $day AND derivatives_after + derivatives_of_next > 0
"""

Row = dict[str, Any]


def read_vendors(published: PublishedTables, day: date) -> Row:
    """`vendors`, None if a table that it needs is not published: a warehouse may be older than they are."""
    if not {table.full_name for table in (VENDOR_SERIES, VENDOR_PROFILE, SERIES_SUCCESSION)} <= set(published.tables):
        return {"vendors": None}
    (succession,) = published.records(SUCCESSION, day=day)
    return {"vendors": {"by_series": published.records(VENDORS, day=day, top=TOP_VENDORS, latest=LATEST), "succession": succession}}
