"""Checks of silver.quarantine."""

from hublake.expectations.builders import expect_no_rows

CHECKS = [
    expect_no_rows(
        "a reason begins with its rule",
        "SELECT record_id, rule FROM {batch} WHERE NOT startswith(reason, rule)",
        guards_against="records that are counted under the wrong rule",
    ),
]
