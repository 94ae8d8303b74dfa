"""Checks of silver.license_catalogue."""

from hublake.expectations.builders import expect_no_rows

CHECKS = [
    expect_no_rows(
        "a licence that must be kept names what derivatives may have",
        "SELECT license FROM {batch} WHERE share_alike = 'same_license' AND size(share_alike_accepts) = 0",
        guards_against="a copyleft licence that not even itself satisfies",
    ),
    expect_no_rows(
        "the day on which a text was read is known exactly if it was read",
        "SELECT license FROM {batch} WHERE (reading = 'text') <> (text_read_date IS NOT NULL)",
        guards_against="general knowledge that passes for a reading",
    ),
]
