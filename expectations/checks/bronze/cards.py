"""Checks of bronze.cards."""

from hublake.expectations.builders import expect_no_rows

CHECKS = [
    expect_no_rows(
        "a body is present exactly for status 200",
        "SELECT hub_id, status FROM {batch} WHERE (status = 200) <> (body IS NOT NULL)",
        guards_against="error pages stored as cards by a crawler that ignores the status: 12,842 of 29,432 in a public data set of 2022",
    ),
    expect_no_rows(
        "a complete card has as many bytes as announced",
        "SELECT hub_id, card_bytes FROM {batch} WHERE NOT is_truncated AND length(body) <> card_bytes",
        guards_against="a connection that was cut in the middle of a card",
    ),
]
