"""Checks of gold.builds."""

from hublake.expectations.builders import expect_no_rows

CHECKS = [
    expect_no_rows(
        "a published table has a version, and only a published one",
        "SELECT run_id FROM {batch} WHERE (state IN ('published', 'dropped')) <> (version IS NOT NULL)",
        guards_against="readers that find no version to open",
    ),
    expect_no_rows(
        "a staged table has a plan of the remaining steps, and only a staged one",
        "SELECT run_id FROM {batch} WHERE (state = 'staged') <> (plan IS NOT NULL)",
        guards_against="an interrupted build that cannot be completed",
    ),
]
