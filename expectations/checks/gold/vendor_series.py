"""Checks of gold.vendor_series."""

from hublake.expectations.builders import expect_no_rows

CHECKS = [
    expect_no_rows(
        "copies and descendants by others are parts of a whole, and a series ends after it begins",
        "SELECT vendor, series FROM {batch} WHERE copies > models OR models = 0"
        " OR descendants_by_others > descendants OR first_at > last_at",
        guards_against="counts with different denominators",
    ),
    expect_no_rows(
        "a successor is a later series of the same brand",
        "SELECT one.vendor, one.series FROM {batch} AS one LEFT JOIN {batch} AS next"
        " ON next.vendor = one.vendor AND next.series = one.successor_series AND next.brand = one.brand"
        " WHERE one.successor_series IS NOT NULL AND (next.first_at IS NULL OR next.first_at < one.first_at)",
        guards_against="successions between products that replace nothing",
    ),
    expect_no_rows(
        "a series has the models that gold.model_series has",
        "SELECT vendor, series FROM {batch} LEFT JOIN (SELECT vendor, series, count(*) AS listed FROM {model_series}"
        " GROUP BY vendor, series) USING (vendor, series) WHERE NOT models <=> listed",
        guards_against="models that count twice, or for two vendors",
    ),
]
