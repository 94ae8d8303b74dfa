"""Checks of gold.series_succession."""

from hublake.expectations.builders import expect_no_rows

CHECKS = [
    expect_no_rows(
        "the share that moved is that of the counts, and null until the 90 days are over",
        "SELECT vendor, series FROM {batch} WHERE NOT moved_share <=> if(is_window_complete,"
        " try_divide(derivatives_of_next, derivatives_after + derivatives_of_next), NULL)",
        guards_against="shares of unfinished windows, which favour the old series",
    ),
    expect_no_rows(
        "no series follows itself",
        "SELECT vendor, series FROM {batch} WHERE series = next_series",
        guards_against="successions within one series",
    ),
]
