"""Checks of bronze.accounts."""

from hublake.expectations.builders import expect_no_rows

CHECKS = [
    expect_no_rows(
        "kind and body are present exactly for status 200",
        "SELECT account, status FROM {batch} WHERE (status = 200) <> (body IS NOT NULL) OR (status = 200) <> (kind IS NOT NULL)",
        guards_against="an error page stored as an account",
    ),
]
