"""Checks of gold.model_series."""

from hublake.expectations.builders import expect_no_rows

CHECKS = [
    expect_no_rows(
        "a series has a brand, and only a series",
        "SELECT model_id FROM {batch} WHERE (series IS NULL) <> (brand IS NULL)",
        guards_against="brands of other vendors",
    ),
    expect_no_rows(
        "no copy is a release",
        "SELECT model_id FROM {batch} WHERE is_copy AND is_release",
        guards_against="dumps of quantised files that count as releases",
    ),
    expect_no_rows(
        "an origin has a source, and only an origin",
        "SELECT model_id FROM {batch} WHERE (size(origin_series) = 0) <> (origin_source = 'none')",
        guards_against="origins that nothing supports",
    ),
    expect_no_rows(
        "a release has the day of its repository unless a day is curated",
        "SELECT model_id FROM {batch} WHERE NOT has_curated_date AND NOT released_at <=> created_at",
        guards_against="days of release without a source",
    ),
]
