"""Checks of gold.parameter_agreement."""

from hublake.expectations.builders import expect_no_rows

CHECKS = [
    expect_no_rows(
        "a share grows with the tolerance, and a pair is of two sources",
        "SELECT source_a, source_b, within_5_share, within_25_share FROM {batch} "
        "WHERE within_5_share > within_25_share OR source_a = source_b OR pairs = 0",
        guards_against="shares of different models",
    ),
]
