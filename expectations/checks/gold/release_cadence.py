"""Checks of gold.release_cadence."""

from hublake.expectations.builders import expect_no_rows

CHECKS = [
    expect_no_rows(
        "there is a time between releases exactly if there are two",
        "SELECT vendor, series FROM {batch} WHERE (releases > 1) <> (median_days_between IS NOT NULL)",
        guards_against="figures of a single release",
    ),
    expect_no_rows(
        "releases are in their period, and the median is at most the longest time",
        "SELECT vendor, series FROM {batch} WHERE first_at > last_at OR releases_12m > releases OR curated_dates > releases"
        " OR median_days_between > longest_days_between",
        guards_against="releases of another vendor or period",
    ),
    expect_no_rows(
        "the series of a vendor have at most the vendor's releases",
        "SELECT vendor FROM {batch} GROUP BY vendor HAVING"
        " coalesce(sum(releases) FILTER (WHERE series <> ''), 0) > coalesce(sum(releases) FILTER (WHERE series = ''), 0)",
        guards_against="releases that count in two series",
    ),
]
