"""Checks of gold.concentration."""

from hublake.expectations.builders import expect_no_rows

CHECKS = [
    expect_no_rows(
        "the index is between that of equal units and that of a single one, and null without units",
        "SELECT unit, measure, stratum FROM {batch}"
        " WHERE (units = 0) <> (hhi IS NULL) OR hhi NOT BETWEEN 1 / units - 1e-9 AND top_1_share + 1e-9",
        guards_against="squared shares of another total",
    ),
    expect_no_rows(
        "the largest unit has at most what the ten largest have",
        "SELECT unit, measure, stratum FROM {batch} WHERE top_1_share > top_10_share + 1e-9",
        guards_against="units in the wrong order",
    ),
]
