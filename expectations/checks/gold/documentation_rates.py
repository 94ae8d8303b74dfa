"""Checks of gold.documentation_rates."""

from hublake.expectations.builders import expect_no_rows

CHECKS = [
    expect_no_rows(
        "filled is at most cards, and cards at most models",
        "SELECT section_class, stratum FROM {batch} WHERE filled > cards OR cards > models",
        guards_against="a share above one",
    ),
    expect_no_rows(
        "a share is inside its confidence interval",
        "SELECT section_class, stratum FROM {batch} WHERE filled_share NOT BETWEEN filled_share_low - 1e-9 AND filled_share_high + 1e-9",
        guards_against="the interval of another stratum",
    ),
    expect_no_rows(
        "the stratum 'all' contains all models",
        "SELECT section_class, models FROM {batch} CROSS JOIN (SELECT count(*) AS listed FROM {models})"
        " WHERE stratum = 'all' AND models <> listed",
        guards_against="rates over a number of models that differs from the snapshot",
    ),
]
